"""Where the keys were before `kuramori slot move`: still read, and destroyed after the next rotation stands.

slot.json names both ends of a move before anything is written, so a move that was cut short at any step is
finished by whoever rotates next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.slot import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.vault.part_turn import PartTurn
    from kuramori.vault.slot import KeySlot


class Leaving:
    """`slot` and `part`: only what the new set-up uses no more. `left` is called when all of it is gone."""

    def __init__(self, slot: KeySlot | None, part: PartTurn, left: Callable[[], None]) -> None:
        self.slot = slot
        self.part = part
        self._left = left

    def destroy(self) -> bool:
        """Overwrite the slot, drop T; whether all of it was seen destroyed."""
        try:
            if self.slot and any(self.slot.destroy(place).findings for place in PLACES):
                return False
            if not self.part.leave():
                return False
            self._left()
        except (OSError, CannotErase):
            return False
        return True
