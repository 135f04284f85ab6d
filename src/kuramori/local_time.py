"""The body's own calendar: which day an instant falls on where the cameras hang."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone

from . import clock

if TYPE_CHECKING:
    from datetime import date


def day_of(instant_ns: int) -> date:
    """The local day of an instant (nanoseconds since 1970, UTC)."""
    return timezone.localtime(clock.utc(instant_ns)).date()


def begin_ns(day: date) -> int:
    """The beginning of `day` where the body is (nanoseconds since 1970, UTC)."""
    return clock.ns_of(timezone.make_aware(datetime.combine(day, time.min)))


def today() -> date:
    """The local day of now, by the product's clock."""
    return day_of(clock.now_ns())
