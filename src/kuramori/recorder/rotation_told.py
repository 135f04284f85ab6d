"""What the journal is told of rotations, and which erased hours it has not been told of yet.

A tombstone stays in the key table until the ledger has it. It is told of at least once: again after every
restart, because nothing says whether the last entry became durable. Whoever reads takes an hour's death
once, by its id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.recorder.hold_plan import is_of_hold
from kuramori.recorder.holds_told import ended, standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kuramori.recorder.holds_told import Ended
    from kuramori.recorder.journal import Journal
    from kuramori.recorder.rotation_plan import RotationPlan
    from kuramori.vault.key_store import RotationResult
    from kuramori.vault.key_table import HoldRow, HourRow, Tombstone

SHORTENED_PER_ENTRY = 500


class RotationsTold:
    """Not thread-safe: used by one rotation at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._untold: set[str] = set()
        self._told_at: dict[str, int] = {}
        """hour → sequence number of the entry that tells of its death."""
        self._holds: set[str] = set()
        """Holds that this run has told of."""
        self._shortened: dict[str, int] = {}
        """hour → the earlier date that was told of."""

    def remind(self, hours: Iterable[str]) -> None:
        """These tombstones are to be told of with the next rotation that stands."""
        self._untold |= set(hours)

    def acknowledged(self, through_seq: int) -> frozenset[str]:
        """Hours whose deaths the ledger has, when it has the journal up to `through_seq`."""
        return frozenset(hour for hour, seq in self._told_at.items() if seq <= through_seq)

    def announce(self, plan: RotationPlan) -> None:
        """Journal the earlier dates of a rotation that comes now, durably: an earlier date that was told and
        does not stand harms nobody, a standing one that was not told would."""
        news = [row for row in plan.shortened if self._shortened.get(row.hour) != row.erase_at_ns]
        for first in range(0, len(news), SHORTENED_PER_ENTRY):
            some = news[first : first + SHORTENED_PER_ENTRY]
            self._journal.append("hours-shortened", hours=[_date(row) for row in some])
        rests = [row for row in plan.holds.shortened if self._shortened.get(row.hold) != row.until_ns]
        if rests:
            told = {row.hold: _rest_date(row) for row in rests}
            self._journal.append("hours-shortened", hours=list(told.values()))
        if news or rests:
            self._journal.sync()
        self._shortened = {row.hour: row.erase_at_ns for row in plan.shortened}
        self._shortened |= {row.hold: row.until_ns for row in plan.holds.shortened}

    def tell(
        self, plan: RotationPlan, result: RotationResult, reason: str, stores: Iterable[Path]
    ) -> tuple[list[Tombstone], list[Ended]]:
        """Journal a rotation that stands, durably; returns the dead hours and the ended holds it tells of."""
        stones = plan.table.tombstones
        self.remind(stone.hour for stone in plan.erased)
        tell = [stone for hour, stone in stones.items() if hour in self._untold]
        over = ended(tell, plan.table, stores)
        seq = self._journal.append_durable(
            "rotation",
            reason=reason,
            epoch=result.epoch,
            level=_level(result),
            verified=result.verified,
            findings=list(result.findings),
            live_hours=len(plan.table.hours),
            erased=[_death(stone) for stone in tell if not is_of_hold(stone)],
            held=standing(plan.table, self._holds),
            holds_ended=[one.told() for one in over],
            dated=[_date(row) for row in plan.dated],
        )
        self._untold = set()
        self._told_at = {hour: at for hour, at in self._told_at.items() if hour in stones}
        self._told_at.update({stone.hour: seq for stone in tell})
        return [stone for stone in tell if not is_of_hold(stone)], over


def _level(result: RotationResult) -> dict[str, object]:
    """The assurance level and why it is no better."""
    reasons = result.assurance.reasons if result.assurance else ()
    return {"level": result.level, "reasons": list(reasons)}


def _death(stone: Tombstone) -> dict[str, object]:
    return {
        "camera": stone.camera,
        "hour_start_s": stone.hour_start_s,
        "hour": stone.hour,
        "erase_at_ns": stone.erase_at_ns,
        "erased_at_ns": stone.erased_at_ns,
        "reason": stone.reason,
    }


def _date(row: HourRow) -> dict[str, object]:
    return {
        "camera": row.camera,
        "hour_start_s": row.hour_start_s,
        "hour": row.hour,
        "erase_at_ns": row.erase_at_ns,
    }


def _rest_date(row: HoldRow) -> dict[str, object]:
    return {
        "camera": row.camera,
        "hour_start_s": row.hour_start_s,
        "hour": row.hold,
        "erase_at_ns": row.until_ns,
    }
