"""The daily health proof as a page with small plots, and the weekly sheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.cameras.state_words import words_for
from kuramori.errors import BadInput
from kuramori.health import days, weekly
from kuramori.health.models import CameraDay
from kuramori.ledger import entries
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN_DAYS = 62


@require_GET
def days_page(request: HttpRequest) -> HttpResponse:
    """/health/ : each camera's last days, newest first, for the screen and for the printer."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    cameras = list(Camera.objects.filter(retired_ns=None))
    names = {camera.pk: str(camera) for camera in cameras}
    rows = CameraDay.objects.filter(camera__in=names, day__gt=_first()).order_by("-day", "camera")
    shown = [
        {
            "row": row,
            "camera": names[row.camera],
            "percent": days.percent(row),
            "kbps": days.bitrate_kbps(row),
            "gaps": [(str(words_for(why).name), ms // 1000) for why, ms in sorted(row.gaps_ms.items())],
            "free_gib": None if row.disk_free_bytes is None else row.disk_free_bytes // (1 << 30),
        }
        for row in rows
    ]
    return render(request, "health/days.html", {"rows": shown, "cameras": cameras})


@require_GET
def days_json(request: HttpRequest) -> JsonResponse:
    """What the plots draw: for each camera days (seconds since 1970), coverage in per cent, kbit/s."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    found: dict[str, dict[str, list[object]]] = {}
    zone = bodies.zone()
    for row in CameraDay.objects.filter(day__gt=_first()).order_by("day"):
        plot = found.setdefault(row.camera, {"days": [], "percent": [], "kbps": []})
        plot["days"].append(days.bounds(row.day, zone)[0] // clock.NS_PER_S)
        plot["percent"].append(days.percent(row))
        plot["kbps"].append(days.bitrate_kbps(row))
    return JsonResponse(found)


@require_GET
def weekly_pdf(request: HttpRequest) -> HttpResponse:
    """The sheet of the last whole week, or of the seven days from `?from=`. Raises BadInput `date`."""
    account, now_ns = cast(Account, request.user), clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    try:
        asked = request.GET.get("from")
        first = date.fromisoformat(asked) if asked else weekly.last_whole_week(now_ns)
    except ValueError as wrong:
        raise BadInput("date") from wrong
    made = weekly.pdf(first, now_ns)
    entries.record_now("weekly-sheet-printed", actor=account.actor, detail={"from": first.isoformat()})
    return HttpResponse(made, content_type="application/pdf")


def _first() -> date:
    return days.day_of(clock.now_ns()) - timedelta(days=SHOWN_DAYS)
