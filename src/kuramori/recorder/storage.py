"""All stores of the recorder with their syncers, and the pens that write to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import structlog

from kuramori import sharing
from kuramori.recorder import states
from kuramori.recorder.group_commit import GroupCommit
from kuramori.recorder.held_memory import HeldMemory
from kuramori.recorder.pens import LANES_PER_PEN, PENS, Pen
from kuramori.recorder.segment_lane import LaneEar, SegmentLane
from kuramori.recorder.store import Store, pick
from kuramori.recorder.store_watch import StoreWatch
from kuramori.vault.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kuramori.recorder.journal import Journal
    from kuramori.recorder.key_keeper import KeyKeeper
    from kuramori.recorder.settings_rows import CameraSettings, RecorderSettings, StoreSettings

log = structlog.get_logger()
USUAL = "store/0"
SLOW_S = 10.0  # a write or a sync that takes longer: the disk hangs
SILENT_S = 20.0  # so long no answer even to the question for its room
RESUME_SHARE = 1.05  # a stopped camera comes back only when there is this much more room than made it stop


class StoreFact(NamedTuple):
    """`state`: ok, reserve, full, read-only, slow, gone or failed."""

    state: str
    free_bytes: int
    total_bytes: int


class Storage:
    """Life: start, apply (settings, again and again), stop, which leaves everything durable and
    journalled."""

    def __init__(
        self,
        data_dir: Path,
        journal: Journal,
        keeper: KeyKeeper,
        recorder: str = "",
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`recorder`: its id, as on the markers of added disks. `now_s` (monotonic) is for tests."""
        self.journal = journal
        self.keeper = keeper
        self.covered_until_ns: dict[str, int] = {}
        """camera → end of its newest footage, for the worker that comes after another one."""
        self.memory = HeldMemory()
        self.waiting: set[SegmentLane] = set()
        """Lanes that hold footage for which there is no disk."""
        self._data_dir = data_dir
        self._recorder = recorder
        self._now_s = now_s
        self._pens = [Pen(f"pen-{number}") for number in range(PENS)]
        self._watches: dict[str, StoreWatch] = {}
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
        """Write and sync what is left; blocks until it is durable, but not for a disk that has failed."""
        for watch in self._watches.values():
            watch.stop()
        for pen in self._pens:
            pen.stop()
        for store, commit in self._commits.items():
            if store.failed:
                commit.end()
            else:
                commit.stop()
                store.disk.close()

    def apply(self, settings: RecorderSettings) -> None:
        """Take up the stores that the settings name. A store that is no longer named takes no new segment."""
        self._order = [self._store(row) for row in settings.stores]
        named = {row.id for row in settings.stores}
        for name in [name for name in self._watches if name not in named]:
            self._watches.pop(name).stop()

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
        """Where the next segment goes; None when no store is trusted and has room."""
        return pick(self._order)

    def why_none(self) -> str:
        """Why there is no store to pick, as a camera's state."""
        if any(store.full and not store.failed for store in self._order):
            return states.DISK_FULL
        return next((store.why for store in self._order if store.failed), states.DISK_FAILED)

    def commit(self, store: Store) -> GroupCommit:
        return self._commits[store]

    def watch_space(self, cameras: tuple[CameraSettings, ...]) -> dict[str, StoreFact]:
        """Look at what is known of the stores; decides which cameras have to stop. Asks no disk anything.

        A store that hangs is given up, one that answers again is taken up, one that is no longer named is
        let go. Returns store → what is known of it.
        """
        self._give_up_hanging()
        self._take_up_found()
        self._let_go_of_unused()
        if self.waiting and self.pick() is not None:
            for lane in list(self.waiting):
                lane.disk_back()
        seen = {store.id: _fact(store) for store in self._order}
        room = [
            fact.free_bytes / max(store.settings.reserve_bytes, 1)
            for store, fact in ((store, seen[store.id]) for store in self._order)
            if not store.failed and not store.settings.draining
        ]
        if room:
            self._shed = shed(cameras, max(room), self._shed)
        return seen

    def must_stop(self, camera: str) -> bool:
        """Whether this camera gives way because the disks are below their reserve."""
        return camera in self._shed

    def answering(self) -> list[Path]:
        """Roots of the stores that are there and answer: whoever asks another one may wait for ever.

        The usual one always, unless it is known to have failed.
        """
        failed = {store.root for store in self._order if store.failed}
        roots = [self._data_dir / USUAL, *(store.root for store in self._order)]
        return [root for root in dict.fromkeys(roots) if root not in failed]

    def _sync_soon(self) -> None:
        for commit in list(self._commits.values()):
            commit.nudge()

    def _store(self, row: StoreSettings) -> Store:
        watch = self._watches.get(row.id)
        if watch is not None and watch.store.settings.path == row.path:
            watch.store.settings = row
            return watch.store
        if watch is not None:
            watch.stop()
        store = Store(row, self._data_dir, None if row.marked else self._own_folder(row))
        self._watches[row.id] = watch = StoreWatch(store, self._recorder)
        self._open(store)
        watch.start()
        return store

    def _own_folder(self, row: StoreSettings) -> Disk | None:
        root = self._data_dir / row.path
        try:
            root.mkdir(mode=sharing.FOLDER, parents=True, exist_ok=True)
            return Disk(root)
        except OSError as problem:  # the watch takes it up when it answers
            log.error("store-not-opened", root=str(root), errno=problem.errno)
            return None

    def _open(self, store: Store) -> None:
        self._commits[store] = GroupCommit(store, self.journal)
        if not store.failed:
            self._commits[store].start()

    def _give_up_hanging(self) -> None:
        now_s = self._now_s()
        for store in self._order:
            since_s = self._commits[store].syncing_since_s
            silent = now_s - store.answered_s > SILENT_S
            if not store.failed and (silent or (since_s and now_s - since_s > SLOW_S)):
                store.fail(states.DISK_SLOW)
        for pen in self._pens:
            if (touching := pen.touching) is not None and now_s - pen.since_s > SLOW_S:
                touching[1].fail(states.DISK_SLOW)
                pen.overtake(touching[1])
        for store, commit in self._commits.items():
            if store.failed:
                commit.give_back()

    def _take_up_found(self) -> None:
        for at, store in enumerate(self._order):
            fresh = self._watches[store.id].take() if store.failed else None
            if fresh is None:
                continue
            self._commits[store].end()
            self._order[at] = fresh
            self._open(fresh)

    def _let_go_of_unused(self) -> None:
        for store in [store for store in self._commits if store not in self._order]:
            commit = self._commits[store]
            if store.failed or not store.running:
                commit.end()
            if commit.idle and not store.running:
                del self._commits[store]
                store.close()


def _fact(store: Store) -> StoreFact:
    free = store.free_bytes()
    state = store.why.removeprefix("disk-")
    if not state and store.full:
        state = "full"
    elif not state:
        state = "ok" if free > max(store.settings.reserve_bytes, 1) else "reserve"
    return StoreFact(state, free, store.total_bytes())


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
