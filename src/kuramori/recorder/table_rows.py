"""The rows of one key table, found by camera and hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.vault.key_table import HoldRow, HourRow, KeyTable


class TableRows:
    """An index over a table that does not change any more."""

    def __init__(self, table: KeyTable) -> None:
        self._rows: dict[tuple[str, int], list[HourRow]] = {}
        self.provisional = False
        """Is any row not dated yet?"""
        for row in table.hours.values():
            self._rows.setdefault((row.camera, row.hour_start_s), []).append(row)
            self.provisional |= row.provisional
        self._held: dict[str, list[HoldRow]] = {}
        for hold in table.holds.values():
            if hold.sealed:
                self._held.setdefault(hold.segment, []).append(hold)

    def keeping(self, segment: str) -> HoldRow | None:
        """The hold that keeps this segment longest, or None."""
        return max(self._held.get(segment, []), key=lambda row: row.until_ns, default=None)

    def of(self, camera: str, start_s: int) -> list[HourRow]:
        """The rows of one camera and hour, newest last made first. More than one after a clock step or
        restart."""
        return self._rows.get((camera, start_s), [])[::-1]
