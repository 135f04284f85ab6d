"""When an hour of footage dies: by the calendar of the place, never later than one calendar month.

Only where a deviation says so may it be two or three months, and never past the deviation's own end unless
the ordinary rule would have kept it longer than that: when a deviation is over, nothing lives by it any more.

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


LONGER_MONTHS = (2, 3)
"""How many months a deviation may allow."""


def erase_at_ns(hour_start_s: int, rule: Mapping[str, int], tz: str | tzinfo) -> int:
    """UTC nanoseconds at which the hour starting at `hour_start_s` is erased.

    `rule` is {"days": N} (N calendar days) or {"months": 1}; the month is a ceiling for both. A deviation
    adds "longer_months" (2 or 3) and "longer_until_ns", its end. Raises `BadInput("retention-rule")` for
    anything else.
    """
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    local = datetime.fromtimestamp(hour_start_s, zone).replace(tzinfo=None)
    ends = [_months_after(local, 1)]
    ordinary = {
        name: value for name, value in rule.items() if name not in ("longer_months", "longer_until_ns")
    }
    match ordinary:
        case {"days": int(days), **rest} if not rest and not isinstance(days, bool) and 1 <= days <= 366:
            ends.append(local + timedelta(days=days))
        case {"months": 1, **rest} if not rest:
            pass
        case _:
            raise BadInput("retention-rule", rule=dict(rule))
    ordinary_ns = min(_earliest_s(end, zone) for end in ends) * NS_PER_S
    if len(ordinary) == len(rule):
        return ordinary_ns
    months, until_ns = _longer(rule)
    longer_ns = _earliest_s(_months_after(local, months), zone) * NS_PER_S
    return min(longer_ns, max(ordinary_ns, until_ns))


def _longer(rule: Mapping[str, int]) -> tuple[int, int]:
    months, until_ns = rule.get("longer_months"), rule.get("longer_until_ns")
    if type(months) is not int or months not in LONGER_MONTHS or type(until_ns) is not int:
        raise BadInput("retention-rule", rule=dict(rule))
    return months, until_ns


def _months_after(local: datetime, months: int) -> datetime:
    """The same day and time so many months on; where that month lacks the day, the month's very end."""
    year, month = local.year + (local.month - 1 + months) // 12, (local.month - 1 + months) % 12 + 1
    if local.day <= calendar.monthrange(year, month)[1]:
        return local.replace(year=year, month=month)
    after_year, after_month = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime(after_year, after_month, 1)  # noqa: DTZ001 - a local time without zone, on purpose


def _earliest_s(local: datetime, zone: tzinfo) -> int:
    """The earliest instant that a clock on the wall could call `local` (summer time makes two, or none)."""
    both = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return min(int((moment.astimezone(UTC) - _EPOCH).total_seconds()) for moment in both)
