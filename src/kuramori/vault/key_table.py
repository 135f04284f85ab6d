"""The key table in memory: what lives, what is remembered of what died. Copying is how a row survives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kuramori.vault.key_rows import CredentialRow, HoldRow, HourRow, Kind, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CredentialRow", "HoldRow", "HourRow", "KeyTable", "Kind", "Tombstone"]


@dataclass(slots=True, repr=False)
class KeyTable:
    """All rows. `epoch` is the rotation that wrote them; `damaged_chunks` of 4 KiB were lost when reading."""

    hours: dict[str, HourRow] = field(default_factory=dict)  # by hour id
    credentials: dict[str, CredentialRow] = field(default_factory=dict)  # by camera
    tombstones: dict[str, Tombstone] = field(default_factory=dict)  # by hour id
    holds: dict[str, HoldRow] = field(default_factory=dict)  # by `HoldRow.key`
    epoch: int = 0
    damaged_chunks: int = 0

    def bury(self, rows: Iterable[HourRow], erased_at_ns: int, reason: str) -> list[Tombstone]:
        """Drop hour rows, wipe their secrets and leave tombstones. Erased on disk only after a rotation."""
        buried = []
        for row in rows:
            stone = Tombstone(row.camera, row.hour_start_s, row.hour, row.erase_at_ns, erased_at_ns, reason)
            self.hours.pop(row.hour, None)
            row.wipe()
            self.tombstones[row.hour] = stone
            buried.append(stone)
        return buried

    def expired(self, now_ns: int) -> list[HourRow]:
        """Hour rows whose date has come by `now_ns` (the caller's erasure clock)."""
        return [row for row in self.hours.values() if row.erase_at_ns <= now_ns]

    def take_in(self, other: KeyTable, now_ns: int) -> int:
        """Add the live rows of a table that opened late (a token came back); returns how many hours came.

        Rows that have expired by `now_ns`, or were erased meanwhile, are left out and wiped.
        """
        came = 0
        for row in list(other.hours.values()):
            if row.erase_at_ns <= now_ns or row.hour in self.tombstones or row.hour in self.hours:
                row.wipe()
                continue
            self.hours[row.hour] = row
            came += 1
        for camera, credential in other.credentials.items():
            self.credentials.setdefault(camera, credential)
        for segment, hold in other.holds.items():
            self.holds.setdefault(segment, hold)
        for hour, stone in other.tombstones.items():
            self.tombstones.setdefault(hour, stone)
        return came

    def wipe(self) -> None:
        """Overwrite every secret; the table opens nothing after."""
        for rows in (self.hours, self.credentials, self.holds):
            for row in rows.values():
                row.wipe()
            rows.clear()

    def __repr__(self) -> str:
        return f"KeyTable(epoch={self.epoch}, hours={len(self.hours)})"
