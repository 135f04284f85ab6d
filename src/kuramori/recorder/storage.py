"""All stores of the recorder with their syncers, and the pens that write to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import sharing
from kuramori.recorder.group_commit import GroupCommit
from kuramori.recorder.pens import LANES_PER_PEN, PENS, Pen
from kuramori.recorder.segment_lane import LaneEar, SegmentLane
from kuramori.recorder.store import Store, pick
from kuramori.vault.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.recorder.journal import Journal
    from kuramori.recorder.key_keeper import KeyKeeper
    from kuramori.recorder.settings_rows import CameraSettings, RecorderSettings, StoreSettings

RESUME_SHARE = 1.05  # a stopped camera comes back only when there is this much more room than made it stop


class Storage:
    """Life: start, apply (settings, again and again), stop, which leaves everything durable and
    journalled."""

    def __init__(self, data_dir: Path, journal: Journal, keeper: KeyKeeper) -> None:
        self.journal = journal
        self.keeper = keeper
        self.covered_until_ns: dict[str, int] = {}
        """camera → end of its newest footage, for the worker that comes after another one."""
        self._data_dir = data_dir
        self._pens = [Pen(f"pen-{number}") for number in range(PENS)]
        self._stores: dict[str, Store] = {}
        self._commits: dict[Store, GroupCommit] = {}
        self._order: list[Store] = []
        self._shed: frozenset[str] = frozenset()
        self._lanes = 0

    def start(self) -> None:
        for pen in self._pens:
            pen.start()

    def beat(self) -> None:
        """From the event loop, after a beat's fragments were put: sync as soon as they are written."""
        for pen in self._pens[: (self._lanes - 1) // LANES_PER_PEN + 1]:
            pen.put_soon(self._sync_soon)

    def stop(self) -> None:
        """Write and sync what is left; blocks until it is durable."""
        for pen in self._pens:
            pen.stop()
        for commit in self._commits.values():
            commit.stop()
        for store in self._commits:
            store.disk.close()

    def apply(self, settings: RecorderSettings) -> None:
        """Take up the stores that the settings name. A store that is no longer named takes no new segment."""
        self._order = [self._store(row) for row in settings.stores]

    def lane(self, camera: str, ear: LaneEar) -> SegmentLane:
        """A new lane for `camera`; it stays on its pen."""
        pen = self._pens[self._lanes // LANES_PER_PEN % len(self._pens)]
        self._lanes += 1
        return SegmentLane(camera, pen, self, ear)

    @property
    def stores(self) -> list[Store]:
        """The stores that the settings name, in their order."""
        return list(self._order)

    def pick(self) -> Store | None:
        """Where the next segment goes; None when no store is trusted."""
        return pick(self._order)

    def commit(self, store: Store) -> GroupCommit:
        return self._commits[store]

    def watch_space(self, cameras: tuple[CameraSettings, ...]) -> dict[str, tuple[str, int]]:
        """Look at the room left; decides which cameras have to stop. Returns store → (state, free bytes)."""
        seen: dict[str, tuple[str, int]] = {}
        share = 0.0
        for store in self._order:
            free = store.free_bytes()
            reserve = max(store.settings.reserve_bytes, 1)
            state = "failed" if store.failed else "ok" if free > reserve else "reserve"
            seen[store.id] = (state, free)
            if state != "failed":
                share = max(share, free / reserve)
        if any(state != "failed" for state, _ in seen.values()):
            self._shed = shed(cameras, share, self._shed)
        return seen

    def must_stop(self, camera: str) -> bool:
        """Whether this camera gives way because the disks are below their reserve."""
        return camera in self._shed

    def _sync_soon(self) -> None:
        for commit in list(self._commits.values()):
            commit.nudge()

    def _store(self, row: StoreSettings) -> Store:
        store = self._stores.get(row.id)
        if store is None or store.settings.path != row.path:
            root = self._data_dir / row.path
            root.mkdir(mode=sharing.FOLDER, parents=True, exist_ok=True)
            store = self._stores[row.id] = Store(row, self._data_dir, Disk(root))
            commit = self._commits[store] = GroupCommit(store, self.journal)
            commit.start()
        store.settings = row
        return store


def shed(
    cameras: tuple[CameraSettings, ...], share: float, stopped: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Ids of the cameras that stop when free space is `share` of the reserve (1.0: exactly the reserve).

    The least important stops at the reserve, the next one when a further n-th of the reserve is used up, and
    so on: the most important of n keeps recording down to the last n-th. A greater `priority` number is less
    important; among equals the newer camera (greater number) stops first. One in `stopped` needs some more
    room to come back than it took to stop it.
    """
    ranked = sorted(cameras, key=lambda row: (-row.priority, -row.number))
    count = len(ranked)
    gone = set()
    for place, row in enumerate(ranked):
        limit = (count - place) / count
        if share <= limit * (RESUME_SHARE if row.id in stopped else 1.0):
            gone.add(row.id)
    return frozenset(gone)
