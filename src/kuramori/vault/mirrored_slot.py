"""One slot on two or more media: written together, overwritten together.

The death of one medium then costs no footage. The price is said aloud: a copy that cannot be overwritten is a
key that still stands, so it is a finding, lowers the level, and is tried again at every rotation.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.slot import Destroyed, Place, SlotRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kuramori.vault.slot import KeySlot

NOT_WRITTEN = "slot-copy-not-written"
STANDS = "slot-copy-stands"


class MirroredSlot:
    """Copies are told apart by number, from 1, in the order of slot.json."""

    def __init__(self, copies: Sequence[KeySlot]) -> None:
        self._copies = list(copies)
        self._standing: dict[int, set[Place]] = {}

    def write(self, place: Place, record: SlotRecord) -> tuple[str, ...]:
        findings, wrong = [], None
        for number, copy in enumerate(self._copies, 1):
            try:
                copy.write(place, record)
                if not any(_same(found, record) for found in copy.read(place)):
                    raise CannotErase("new-slot-unreadable")
                self._standing.get(number, set()).discard(place)
            except (OSError, CannotErase) as problem:
                findings.append(f"{NOT_WRITTEN}:{number}")
                wrong = problem
        if wrong is not None and len(findings) == len(self._copies):
            raise wrong
        return tuple(findings)

    def read(self, place: Place) -> list[SlotRecord]:
        found: list[SlotRecord] = []
        for copy in self._copies:
            with suppress(OSError, CannotErase):  # one medium away must not hide the other
                found += copy.read(place)
        return found

    def destroy(self, place: Place) -> Destroyed:
        """Also what could not be overwritten before, where it is not the place in force."""
        findings, direct, wrong, done = [], True, None, 0
        for number, copy in enumerate(self._copies, 1):
            standing = self._standing.setdefault(number, set())
            try:
                direct &= copy.destroy(place).direct
                standing.discard(place)
                done += 1
            except (OSError, CannotErase) as problem:
                standing.add(place)
                wrong = problem
            if standing:
                findings.append(f"{STANDS}:{number}")
        if wrong is not None and not done:
            raise wrong
        return Destroyed(direct, tuple(findings))

    def put_aside(self, name: str) -> None:
        for copy in self._copies:
            with suppress(OSError, CannotErase):
                copy.put_aside(name)

    def aside(self, name: str) -> MirroredSlot:
        return MirroredSlot([copy.aside(name) for copy in self._copies])

    def forget_aside(self, name: str) -> None:
        for copy in self._copies:
            with suppress(OSError, CannotErase):
                copy.forget_aside(name)

    def doubts(self, root: Path) -> tuple[str, ...]:
        return tuple(dict.fromkeys(doubt for copy in self._copies for doubt in copy.doubts(root)))


def _same(found: SlotRecord, wanted: SlotRecord) -> bool:
    same = found.epoch == wanted.epoch and found.blob == wanted.blob
    found.wipe()
    return same
