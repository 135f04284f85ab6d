"""Days by which something must be done, counted as offices count them. Pure."""

from __future__ import annotations

from datetime import date, timedelta

import jpholiday

YEAR_END = ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))
"""Public offices are closed from 29 December to 3 January."""


def working(day: date) -> bool:
    """Neither Saturday, Sunday, a national holiday, nor the turn of the year."""
    return day.weekday() < 5 and not jpholiday.is_holiday(day) and (day.month, day.day) not in YEAR_END


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= working(day)
    return day


def last_working_day(day: date) -> date:
    """`day`, or the last working day before it."""
    while not working(day):
        day -= timedelta(days=1)
    return day


def nth_day(first: date, count: int) -> date:
    """The `count`-th day where `first` is the first: the strict way of counting, which is never late."""
    return first + timedelta(days=count - 1)
