"""How long things about people last, by the calendar of the place where the body is."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from kuramori import clock

APPOINTMENT_MONTHS = 13
"""A year and the month in which a general assembly's day may move: April must not close the door."""
TRAINING_MONTHS = 12
NOTICE_NS = int(timedelta(days=14).total_seconds()) * clock.NS_PER_S
"""What merely ages says so this long before it closes anything."""


def months_later(at_ns: int, months: int) -> int:
    """The same local time `months` later, on the month's last day where that day does not exist (ns UTC)."""
    local = clock.utc(at_ns).astimezone(ZoneInfo(settings.TIME_ZONE))
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    moved = datetime(year, month + 1, day, local.hour, local.minute, local.second, tzinfo=local.tzinfo)
    return clock.ns_of(moved) + at_ns % clock.NS_PER_S


def longest_appointment_ns(starts_ns: int) -> int:
    """The latest end of an appointment that begins at `starts_ns`."""
    return months_later(starts_ns, APPOINTMENT_MONTHS)
