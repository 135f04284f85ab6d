"""The stretch of time that a bundle tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from kuramori import clock


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, where the body is."""

    first: date
    last: date

    @property
    def begin_ns(self) -> int:
        return _midnight_ns(self.first)

    @property
    def end_ns(self) -> int:
        """The instant after the last day."""
        return _midnight_ns(self.last + timedelta(days=1))


def _midnight_ns(day: date) -> int:
    return clock.ns_of(timezone.make_aware(datetime.combine(day, time.min)))
