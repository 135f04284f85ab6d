"""Which T is in force, when a new one is made, and when the old one is dropped.

T is read when the table is opened and kept in memory: when TPM or token goes away afterwards, erasing must go
on, and its being away is a finding. A new T is made daily in the other place; the old one is dropped after a
table under the new one has been read back. With no T to be had at all the table's key is made without one,
at level 1, until there is one again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.slot import OTHER, PLACES, Place
from kuramori.vault.token_part import PartAway, fresh_part

if TYPE_CHECKING:
    from kuramori.vault.token_part import PartFacts, PartRecord, TokenPart

RENEW_AFTER_NS = 23 * 3600 * 1_000_000_000
"""Rotations come hourly: so at least once in 24 hours."""
AWAY = "token-part-away"
WAITS = "token-part-waits"
STANDS = "old-token-part-stands"
_NONE = bytearray()


class PartTurn:
    """Not thread-safe: the key store's lock is around it."""

    def __init__(self, part: TokenPart | None) -> None:
        self._part = part
        self._held: dict[Place, PartRecord] = {}
        self._live: Place | None = None  # T of the table in force
        self._next: Place | None = None  # T of the table being written
        self._made: Place | None = None  # made in this run and not yet in force: not made again each minute
        self._forced = False  # the one in force is not what the TPM or token has
        self._facts: PartFacts | None = None
        self.in_force = False
        """The table in force needs a T."""

    def candidates(self) -> list[bytearray]:
        """Every T that can be read now, and the empty one."""
        if self._part is not None:
            try:
                self._held = {p: found for p in PLACES if (found := self._part.read(p)) is not None}
                self._facts = self._facts or self._part.facts()
            except PartAway:
                pass  # told of by the next rotation
        return self.values()

    def values(self) -> list[bytearray]:
        """Every T that was read, and the empty one."""
        return [*(record.value for record in self._held.values()), _NONE]

    def settle(self, value: bytes | bytearray) -> None:
        """The table that opened was made with `value`."""
        self._live = next((p for p, held in self._held.items() if value and held.value == value), None)
        self.in_force = self._live is not None

    def choose(self, now_ns: int | None, *, keep: bool) -> tuple[bytearray, list[str]]:
        """T for the next table, made anew when the one in force is a day old. `keep`: overwrite none."""
        self._next = self._live
        if self._part is None:
            return _NONE, []
        live = self._held[self._live].value if self._live else _NONE
        old = now_ns is not None and self._live is not None and _old(self._held[self._live], now_ns)
        if self._live and not old and not self._forced:
            return live, []
        try:
            place = self._room(keep=keep)
            if place is None:
                return live, [WAITS]
            if self._made != place:
                record = fresh_part(now_ns or 0)
                self._part.write(place, record)
                self._held[place], self._made = record, place
                self._facts = self._facts or self._part.facts()
        except PartAway:
            return live, [AWAY]
        self._next = place
        return self._held[place].value, []

    def confirm(self) -> tuple[bytearray, list[str]]:
        """T as the TPM or token has it. Raises `CannotErase` when it is another, or a new one not there."""
        if self._part is None or self._next is None:
            return _NONE, []
        held = self._held[self._next].value
        try:
            found = self._part.read(self._next)
        except PartAway:
            if self._next != self._live:
                raise CannotErase("token-part-unreadable") from None
            return held, [AWAY]
        if found is None or found.value != held:
            # In force or not, a restart could not open what needs it: the next attempt makes another.
            self._made, self._forced = None, True
            raise CannotErase("token-part-changed")
        found.wipe()
        return held, []

    def stand(self) -> None:
        """The table made with the chosen T is in force."""
        self._forced &= self._live == self._next
        self._live, self._made = self._next, None
        self.in_force = self._live is not None

    def drop_old(self, *, keep: bool) -> list[str]:
        """Drop every T but the one in force. What cannot be dropped now is tried again at each rotation."""
        old = [place for place in self._held if place != self._live]
        if self._part is None or not old:
            return []
        if keep:
            return [WAITS]
        try:
            for place in old:
                self._part.drop(place)
                self._held.pop(place).wipe()
        except (PartAway, CannotErase):
            return [STANDS]
        return []

    def facts(self) -> PartFacts | None:
        """What holds the T in force; None when there is none."""
        return self._facts if self.in_force else None

    def leave(self) -> bool:
        """Drop all; whether nothing is left."""
        if self._part is None:
            return True
        try:
            for place in PLACES:
                self._part.drop(place)
            self._part.release()
        except (PartAway, CannotErase):
            return False
        return True

    def _room(self, *, keep: bool) -> Place | None:
        """Where a new T may go; None when each place holds one that may still be needed."""
        if self._live is None and self._part is not None and not self._made:
            self._held = {p: found for p in PLACES if (found := self._part.read(p)) is not None}
        if self._made:
            return self._made
        wanted: list[Place] = [OTHER[self._live]] if self._live else list(PLACES)
        return next((p for p in wanted if p not in self._held), None if keep else wanted[0])


def _old(record: PartRecord, now_ns: int) -> bool:
    return not 0 <= now_ns - record.made_at_ns < RENEW_AFTER_NS
