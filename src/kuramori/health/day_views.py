"""The daily health proof as a page with small plots, and the weekly sheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from django.core.paginator import Paginator
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
    from django.core.paginator import Page
    from django.http import HttpRequest

PLOT_DAYS = 62
A_PAGE = 6
"""Cameras on one page."""
A_STEP = 7
"""Days on one page, so that it does not grow with the years."""


@require_GET
def days_page(request: HttpRequest) -> HttpResponse:
    """/health/ : some cameras' days, newest first; `?page=` turns to other cameras, `?until=` goes back."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    page, until = _page(request), _until(request)
    names = {camera.pk: str(camera) for camera in page}
    first = until - timedelta(days=A_STEP - 1)
    rows = sorted(
        CameraDay.objects.filter(camera__in=names, day__range=(first, until)),
        key=lambda row: (until - row.day, list(names).index(row.camera)),
    )
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
    context = {
        "rows": shown,
        "cameras": list(page),
        "page": page,
        "first": first,
        "until": until,
        "earlier": first - timedelta(days=1),
        "later": later if (later := until + timedelta(days=A_STEP)) <= _today() else None,
    }
    return render(request, "health/days.html", context)


@require_GET
def days_json(request: HttpRequest) -> JsonResponse:
    """What a page's plots draw: for each camera days (seconds since 1970), coverage in per cent, kbit/s."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    found: dict[str, dict[str, list[object]]] = {}
    zone, first = bodies.zone(), _today() - timedelta(days=PLOT_DAYS)
    mine = [camera.pk for camera in _page(request)]
    for row in CameraDay.objects.filter(camera__in=mine, day__gt=first).order_by("day"):
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


def _page(request: HttpRequest) -> Page[Camera]:
    cameras = Camera.objects.filter(retired_ns=None).order_by("number")
    return Paginator(cameras, A_PAGE).get_page(request.GET.get("page"))


def _until(request: HttpRequest) -> date:
    """The last day asked for; today where none is."""
    try:
        return min(date.fromisoformat(request.GET.get("until", "")), _today())
    except ValueError:
        return _today()


def _today() -> date:
    return days.day_of(clock.now_ns())
