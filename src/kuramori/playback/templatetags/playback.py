"""Moments in the body's time zone, and what a look is for, in words."""

from __future__ import annotations

from django import template
from django.utils import formats

from kuramori.access import purposes
from kuramori.places import bodies

register = template.Library()


@register.simple_tag
def moment(ns: int, style: str) -> str:
    """`ns` (wall nanoseconds) as people read it: `full` with the day, or `time` alone."""
    local = bodies.local(ns)
    time = local.strftime("%H:%M:%S")
    return f"{formats.date_format(local, 'DATE_FORMAT')} {time}" if style == "full" else time


@register.simple_tag
def purpose(code: str) -> str:
    """The words of a purpose code."""
    return str(purposes.ALL.get(code, code))
