"""Moments in the body's time zone, and what a look is for, in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django import template
from django.utils import formats

from kuramori import clock
from kuramori.access import purposes
from kuramori.places.models import Body

register = template.Library()


@register.simple_tag
def moment(ns: int, style: str) -> str:
    """`ns` (wall nanoseconds) as people read it: `full` with the day, or `time` alone."""
    body = Body.objects.first()
    local = clock.utc(ns).astimezone(ZoneInfo(body.timezone if body else "Asia/Tokyo"))
    time = local.strftime("%H:%M:%S")
    return f"{formats.date_format(local, 'DATE_FORMAT')} {time}" if style == "full" else time


@register.simple_tag
def purpose(code: str) -> str:
    """The words of a purpose code."""
    return str(purposes.ALL.get(code, code))
