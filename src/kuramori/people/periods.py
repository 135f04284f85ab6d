"""How long things about people last, by the calendar of the place where the body is."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from kuramori import clock
from kuramori.periods import APPOINTMENT_MONTHS, TRAINING_MONTHS, WARNING_DAYS

NOTICE_NS = int(timedelta(days=WARNING_DAYS).total_seconds()) * clock.NS_PER_S
"""What merely ages says so this long before it closes anything."""


def months_later(at_ns: int, months: int) -> int:
    """The same local time `months` later, on the month's last day where that day does not exist (ns UTC)."""
    local = clock.utc(at_ns).astimezone(ZoneInfo(settings.TIME_ZONE))
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    moved = datetime(year, month + 1, day, local.hour, local.minute, local.second, tzinfo=local.tzinfo)
    return clock.ns_of(moved) + at_ns % clock.NS_PER_S


def training_until_ns(done_ns: int) -> int:
    """Until when a training done at `done_ns` counts."""
    return months_later(done_ns, TRAINING_MONTHS)


def longest_appointment_ns(starts_ns: int) -> int:
    """The latest end of an appointment that begins at `starts_ns`."""
    return months_later(starts_ns, APPOINTMENT_MONTHS)
