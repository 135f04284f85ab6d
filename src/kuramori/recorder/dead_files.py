"""The files of what has died, unlinked disk by disk. One that is away or silent is swept when it is back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog

from kuramori.recorder.footage_files import unlink_dead, unlink_erased
from kuramori.recorder.hold_files import unlink_segments
from kuramori.vault.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from kuramori.recorder.holds_told import Ended
    from kuramori.vault.key_table import Tombstone

log = structlog.get_logger()
HOUR_S = 60.0
"""How long the files of one rotation's dead hours may take on one disk."""
SWEEP_S = 900.0
"""How long a whole disk may take, each of its files looked at: a month of many cameras is a million."""


class DeadFiles:
    """Asked by one thread at a time."""

    def __init__(self, recorder: str) -> None:
        self._recorder = recorder
        self._back: set[Path] = set()

    def came_back(self, roots: Iterable[Path]) -> None:
        """These disks were away: what died meanwhile is still there."""
        self._back |= set(roots)

    def waiting(self, stores: Sequence[Path]) -> bool:
        """Whether one of these is to be swept."""
        return not self._back.isdisjoint(stores)

    def unlink(
        self,
        stores: Sequence[Path],
        erased: Collection[Tombstone],
        ended: Collection[Ended],
        held: Collection[str],
    ) -> list[str]:
        """The files of dead hours and of ended holds; returns the segments' ids."""
        gone: list[str] = []
        for root in stores if erased or ended else ():
            gone += self._asked(root, HOUR_S, partial(_unlink, root, erased, ended, held))
        return gone

    def sweep(self, stores: Sequence[Path], living: Collection[str], held: Collection[str]) -> list[str]:
        """On disks that came back: everything that is not `living`; returns the segments' ids."""
        gone: list[str] = []
        for root in self._back.intersection(stores):
            self._back.remove(root)
            gone += self._asked(root, SWEEP_S, partial(unlink_dead, root, self._recorder, living, held))
        return gone

    def forget(self) -> None:
        """What is dead on them cannot be told yet."""
        self._back.clear()

    def _asked(self, root: Path, limit_s: float, act: Callable[[], list[str]]) -> list[str]:
        """Nothing from a disk that stays silent: its files open for nobody, and go when it is back."""
        try:
            return within(limit_s, act)
        except TimeoutError:
            log.error("store-silent", root=str(root))
            self._back.add(root)
            return []


def _unlink(
    root: Path, erased: Iterable[Tombstone], ended: Iterable[Ended], held: Collection[str]
) -> list[str]:
    gone = unlink_erased([root], erased, held)
    for hold in ended:
        gone += unlink_segments([root], hold.stone.camera, hold.dead)
    return gone
