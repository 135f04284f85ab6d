"""Alarms about a camera, for the timeline and the calendar of its footage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from kuramori.health.models import Alarm
from kuramori.health.words import TROUBLES
from kuramori.playback.marks import ALARM, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator


def of_camera(camera: str, start_ns: int, end_ns: int) -> Iterator[Mark]:
    """Every alarm about this camera that lasted into the stretch."""
    rows = Alarm.objects.filter(
        Q(over_ns=None) | Q(over_ns__gt=start_ns), subject=camera, since_ns__lt=end_ns
    )
    for row in rows:
        words = TROUBLES.get(row.code)
        yield Mark(ALARM, row.since_ns, row.over_ns, str(words.name) if words else row.code)
