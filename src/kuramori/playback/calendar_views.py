"""The calendar of one camera: a piece of page that the timeline's page fetches month by month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from kuramori import clock
from kuramori.access import grant_check
from kuramori.cameras.models import Camera
from kuramori.cameras.state_words import words_for
from kuramori.places import bodies
from kuramori.playback import calendar_days, coverage, marks
from kuramori.playback.views import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

_NS_PER_MS = 1_000_000
YEARS = range(2000, 2200)


@require_GET
def calendar(request: HttpRequest, camera_id: str, year: int, number: int) -> HttpResponse:
    """Month 0 of year 0 is the running one."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(viewer_of(request), now_ns)
    camera = get_object_or_404(Camera, id=camera_id)
    zone = bodies.zone()
    today = clock.utc(now_ns).astimezone(zone).date()
    if (year, number) == (0, 0):
        year, number = today.year, today.month
    if year not in YEARS or not 1 <= number <= 12:
        raise Http404
    known = coverage.of_camera(camera.id, now_ns)
    first_ns = known.covered[0][0] if known.covered else now_ns
    told = marks.of_camera(camera.id, min(first_ns, now_ns), now_ns)
    weeks = calendar_days.month(year, number, known, told, zone, now_ns)
    context = {
        "camera": camera,
        "month": date(year, number, 1),
        "weeks": [[_shown(day, today) for day in week] for week in weeks],
        "before": (year, number - 1) if number > 1 else (year - 1, 12),
        "after": (year, number + 1) if number < 12 else (year + 1, 1),
        "is_last": (year, number) >= (today.year, today.month),
    }
    return render(request, "playback/calendar.html", context)


def _shown(day: calendar_days.Day, today: date) -> dict[str, object]:
    return {
        "is": day,
        "from_ms": day.start_ns // _NS_PER_MS,
        "until_ms": day.end_ns // _NS_PER_MS,
        "today": day.day == today,
        "ahead": day.day > today,
        "reasons": [words_for(reason).name for reason in day.reasons[:3]],
    }
