"""What the journal is told of holds: each that stands, at least once a run, and each that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.recorder.hold_files import living_among
from kuramori.recorder.hold_plan import held_segments, is_of_hold, segments_of
from kuramori.recorder.part_erasure import rest_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kuramori.vault.key_table import KeyTable, Tombstone


@dataclass(frozen=True, slots=True)
class Ended:
    """A hold that is over. `dead` are the segments that lived by it alone."""

    stone: Tombstone
    segments: list[str]
    dead: list[str]
    rest: str = ""
    """Under what id it was told to stay, when its hour was erased in part; empty for a hold."""

    def told(self) -> dict[str, object]:
        """As the journal writes it."""
        return {
            "hold": self.stone.hour,
            "camera": self.stone.camera,
            "erase_at_ns": self.stone.erase_at_ns,
            "erased_at_ns": self.stone.erased_at_ns,
            "reason": self.stone.reason,
            "segments": self.segments,
            "erased": self.dead,
        } | ({"rest": self.rest} if self.rest else {})


def ended(stones: Iterable[Tombstone], table: KeyTable, stores: Iterable[Path]) -> list[Ended]:
    """What these tombstones, as far as they are of holds, mean under the table in force. Looks at files."""
    found, held, stores = [], held_segments(table), list(stores)
    for stone in stones:
        if is_of_hold(stone):
            segments = segments_of(table.holds, stone.hour)
            alive = held | living_among(stores, stone.camera, segments, table.hours)
            rests = [row.reason for row in table.holds.values() if row.hold == stone.hour and row.rest]
            of = rest_id(rests[0]) if rests else ""
            found.append(Ended(stone, segments, [one for one in segments if one not in alive], of))
    return found


def standing(table: KeyTable, told: set[str]) -> list[dict[str, object]]:
    """The holds that stand and are not in `told`, as the journal writes them; their ids go into `told`."""
    found = []
    for hold, row in {row.hold: row for row in table.holds.values() if row.sealed}.items():
        if hold in told:
            continue
        told.add(hold)
        found.append(
            {
                "hold": hold,
                "camera": row.camera,
                "until_ns": row.until_ns,
                "review_ns": row.review_ns,
                "segments": segments_of(table.holds, hold),
            }
            | ({"rest_of": row.reason} if row.rest else {})
        )
    return found
