"""The rows of one key table, found by camera and hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.vault.key_table import HourRow, KeyTable


class TableRows:
    """An index over a table that does not change any more."""

    def __init__(self, table: KeyTable) -> None:
        self._rows: dict[tuple[str, int], list[HourRow]] = {}
        self.provisional = False
        """Is any row not dated yet?"""
        for row in table.hours.values():
            self._rows.setdefault((row.camera, row.hour_start_s), []).append(row)
            self.provisional |= row.provisional

    def of(self, camera: str, start_s: int) -> list[HourRow]:
        """The rows of one camera and hour, newest last made first. More than one after a clock step or
        restart."""
        return self._rows.get((camera, start_s), [])[::-1]
