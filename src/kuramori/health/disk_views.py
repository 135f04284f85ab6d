"""The page of the disks: how long they suffice, adding one, emptying it, taking it out of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, RecorderUnreachable
from kuramori.footage import disks
from kuramori.footage.models import AddedDisk, WhenShort
from kuramori.health import disk_facts, disk_words
from kuramori.health.disk_picture import picture
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.health.forecast import CameraLoad, Forecast

GIB = 1 << 30
A_PAGE = 15


@require_GET
def disks_page(request: HttpRequest) -> HttpResponse:
    """/disks/"""
    return _shown(request)


@require_POST
def disk_act(request: HttpRequest) -> HttpResponse:
    """/disks/do/ : `act` is add, drain, fill, remove or short; `name` a disk's, `choice` for short."""
    account, act = cast(Account, request.user), request.POST.get("act", "")
    name = request.POST.get("name", "")
    require_role(account, clock.now_ns(), MANAGER)
    try:
        if act == "add":
            disks.add(account, name)
        elif act == "short":
            disks.choose(account, request.POST.get("choice", ""))
        else:
            row = get_object_or_404(AddedDisk, name=name, removed_ns=None)
            if act == "remove":
                disks.remove(account, row)
            elif act in ("drain", "fill"):
                disks.drain(account, row, on=act == "drain")
    except (BadInput, RecorderUnreachable) as wrong:
        return _shown(request, disk_words.plain(wrong), status=422)
    return HttpResponseRedirect(reverse("disks"))


def _shown(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    account, now_ns = cast(Account, request.user), clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    parts = disk_facts.loads(now_ns)
    facts = disk_facts.disk_facts(parts)
    known = disk_facts.now_forecast(parts, facts)
    page = Paginator(parts, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "problem": problem,
        "manages": MANAGER in role_of(account, now_ns),
        "disks": [_disk(one) for one in facts],
        "mounted": disks.mounted(),
        "page": page,
        "cameras": _cameras(list(page), known),
        "sentence": disk_facts.sentence(known),
        "forecast": known,
        "picture": picture(known) if known else None,
        "erases": disks.when_short() == WhenShort.ERASE,
    }
    return render(request, "health/disks.html", context, status=status)


def _disk(one: disk_facts.DiskFact) -> dict[str, object]:
    return {
        "fact": one,
        "own": one.name == disks.OWN,
        "state": disk_words.state(one.state),
        "good": one.state == "ok",
        "free": round(one.free_bytes / GIB, 1),
        "total": round(one.total_bytes / GIB, 1),
        "footage": round(one.footage_bytes / GIB, 1),
        "empty": not one.footage_bytes,
    }


def _cameras(parts: list[CameraLoad], known: Forecast | None) -> list[dict[str, object]]:
    names = {
        camera.pk: str(camera) for camera in Camera.objects.filter(pk__in=[load.camera for load in parts])
    }
    rows = []
    for load in parts:
        fits = known.fits_days.get(load.camera) if known else None
        rows.append(
            {
                "name": names.get(load.camera, load.camera),
                "day": round(load.day_bytes / GIB, 2),
                "kept": round(load.kept_bytes / GIB, 1),
                "need": round(load.need_bytes / GIB, 1),
                "period": load.period_days,
                "fits": fits,
                "short": fits is not None and fits < load.period_days,
            }
        )
    return rows
