"""When an hour of footage dies: by the calendar of the place, never later than one calendar month.

A month without the day (31 January) ends with the month itself: its footage dies as February ends, that is
at 00:00 on 1 March. An hour is dated by its *start*, so no frame in it outlives the limit.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def erase_at_ns(hour_start_s: int, rule: Mapping[str, int], tz: str | tzinfo) -> int:
    """UTC nanoseconds at which the hour starting at `hour_start_s` is erased.

    `rule` is {"days": N} (N calendar days) or {"months": 1}; the month is a ceiling for both.
    Raises `BadInput("retention-rule")` for anything else.
    """
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    local = datetime.fromtimestamp(hour_start_s, zone).replace(tzinfo=None)
    ends = [_a_month_after(local)]
    match dict(rule):
        case {"days": int(days), **rest} if not rest and not isinstance(days, bool) and 1 <= days <= 366:
            ends.append(local + timedelta(days=days))
        case {"months": 1, **rest} if not rest:
            pass
        case _:
            raise BadInput("retention-rule", rule=dict(rule))
    return min(_earliest_s(end, zone) for end in ends) * NS_PER_S


def _a_month_after(local: datetime) -> datetime:
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    if local.day <= calendar.monthrange(year, month)[1]:
        return local.replace(year=year, month=month)
    after_year, after_month = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime(after_year, after_month, 1)  # noqa: DTZ001 - a local time without zone, on purpose


def _earliest_s(local: datetime, zone: tzinfo) -> int:
    """The earliest instant that a clock on the wall could call `local` (summer time makes two, or none)."""
    both = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return min(int((moment.astimezone(UTC) - _EPOCH).total_seconds()) for moment in both)
