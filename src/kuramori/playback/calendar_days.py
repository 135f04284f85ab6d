"""A month of one camera as a calendar: how much of each day was recorded, and what else to know. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.playback.marks import ALARM, HOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from kuramori.playback.coverage import Coverage, Stretch
    from kuramori.playback.marks import Mark


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its first and last instant, the share of it that is recorded (percent), what is marked."""

    day: date
    start_ns: int
    end_ns: int
    percent: int
    gaps: int
    alarms: int = 0
    held: bool = False
    inside: bool = True
    reasons: list[str] = field(default_factory=list)

    @property
    def level(self) -> int:
        """0 nothing … 4 the whole day, for the colour."""
        return 0 if not self.percent else 4 if self.percent >= 99 else 1 + self.percent * 3 // 100


def month(
    year: int, number: int, coverage: Coverage, marks: Sequence[Mark], zone: ZoneInfo, now_ns: int
) -> list[list[Day]]:
    """The weeks of a month, Sunday first, with the neighbouring days that fill them (`inside` False)."""
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(year, number)
    return [[_day(day, number, coverage, marks, zone, now_ns) for day in week] for week in weeks]


def _day(
    day: date, number: int, coverage: Coverage, marks: Iterable[Mark], zone: ZoneInfo, now_ns: int
) -> Day:
    start_ns, end_ns = (
        clock.ns_of(datetime.combine(one, time(), zone)) for one in (day, day + timedelta(days=1))
    )
    over_ns = min(end_ns, now_ns)  # of today only what has passed counts
    covered_ns = sum(_common(stretch, start_ns, over_ns) for stretch in coverage.covered)
    gaps = [gap for gap in coverage.gaps if _common(gap[:2], start_ns, over_ns)]
    near = [one for one in marks if one.at_ns < end_ns and (one.end_ns or one.at_ns + 1) > start_ns]
    return Day(
        day,
        start_ns,
        end_ns,
        percent=max(1, round(100 * covered_ns / (over_ns - start_ns))) if covered_ns else 0,
        gaps=len(gaps),
        alarms=sum(one.kind == ALARM for one in near),
        held=any(one.kind == HOLD for one in near),
        inside=day.month == number,
        reasons=list(dict.fromkeys(gap[2] for gap in gaps)),
    )


def _common(stretch: Stretch, start_ns: int, end_ns: int) -> int:
    return max(0, min(stretch[1], end_ns) - max(stretch[0], start_ns))
