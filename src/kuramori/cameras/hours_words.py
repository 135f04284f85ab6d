"""The approved hours of a camera, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kuramori.cameras import hours

if TYPE_CHECKING:
    from kuramori.cameras.hours import Line


def of(rows: object) -> str:
    """All lines in one sentence; "all the time" without any."""
    return _("; ").join(map(_line, hours.parsed(rows))) or _("all the time")


def _line(line: Line) -> str:
    days = _(", ").join(str(WEEKDAYS_ABBR[day]) for day in line.days)
    begins, ends = f"{line.begins:%H:%M}", f"{line.ends:%H:%M}"
    span = _("the whole day") if begins == ends == "00:00" else f"{begins}–{ends}"
    return f"{_('every day') if len(line.days) == 7 else days} {span}"
