"""The live wall: one, four, nine or sixteen cameras; each look its own grant, written down when it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from kuramori import clock
from kuramori.access import grant_check, granting, live_check
from kuramori.access.models import Grant
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Refusal
from kuramori.people import refused
from kuramori.people.consoles import shows_pictures
from kuramori.places import bodies as installing
from kuramori.places import pcs
from kuramori.playback.bodies import shown_live
from kuramori.playback.views import viewer_of
from kuramori.playback.wall_bodies import Wall
from kuramori.policy import gates
from kuramori.web import refusals

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.people.models import Account

SIZES = (1, 4, 9, 16)


@shows_pictures
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a look at each camera of one page of the wall (`size`, `page` from 0), and show them.

    A refusal of one camera is written down and leaves the others alone.
    """
    viewer, size = viewer_of(request), _size(request.POST.get("size", ""))
    grant_check.require_operator(viewer, clock.now_ns())
    cameras, page, _pages = _of_page(size, request.POST.get("page", "0"))
    grants = []
    for camera in cameras:
        try:
            grants.append(granting.grant_live(viewer, camera, pcs.number_of(request)).id)
        except Refusal as refusal:
            refusal.values["camera"] = camera.id
            refused.write(request, refusal)
    shown = urlencode([("size", size), ("page", page), *(("grant", one) for one in grants)])
    return redirect(f"{reverse('live-wall')}?{shown}")


@shows_pictures
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The page of a wall that was begun. A camera without a valid look says why it is dark."""
    viewer, size, now_ns = viewer_of(request), _size(request.GET.get("size", "")), clock.now_ns()
    grant_check.require_operator(viewer, now_ns)
    cameras, page, pages = _of_page(size, request.GET.get("page", "0"))
    grants = _own(request.GET.getlist("grant"), viewer)
    allowed = live_check.still_allowed([one.id for one in grants], viewer, now_ns)
    if grants and not allowed:  # loaded again after it ended: a new look is a new click
        return redirect("live")
    seen = [one for one in grants if one.id in allowed]
    index_of = {grant.camera_id: index for index, grant in enumerate(seen)}
    asked = urlencode({"grant": [one.id for one in seen]}, doseq=True)
    context = {
        "tiles": [
            {"camera": one, "index": index_of.get(one.id), "why": _why_dark(one, request, now_ns)}
            for one in cameras
        ],
        "size": size,
        "sizes": SIZES,
        "page": page,
        "pages": pages,
        "before": (page - 1) % pages,
        "after": (page + 1) % pages,
        "stream": f"{reverse('live-wall-stream')}?{asked}",
        "timezone": installing.timezone(),
    }
    return render(request, "playback/wall.html", context)


@shows_pictures
@require_GET
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The pictures of the named looks in one answer (`wall_bodies`)."""
    if request.headers.get("Sec-Fetch-Dest", "empty") != "empty":
        raise Refusal("no-download", clause="T7", kind="security")
    viewer: Account = await request.auser()  # type: ignore[assignment]
    grants = await sync_to_async(_watchable)(request.GET.getlist("grant"), viewer)
    return StreamingHttpResponse(
        Wall(grants, viewer, request.session, h264="h264" in request.GET).pictures(),
        content_type="application/octet-stream",
    )


def _watchable(ids: list[str], viewer: Account) -> list[Grant]:
    """The named looks, each of them allowed now and under way nowhere else. Raises `Refusal`."""
    grants = _own(ids, viewer)
    if not grants:
        raise Refusal("no-grant", clause="T7")
    for grant in grants:
        grant_check.require_live(grant, viewer, clock.now_ns())
        if grant.id in shown_live:
            raise Refusal("grant-in-use", clause="T7", grant=grant.id)
    return grants


def _why_dark(camera: Camera, request: HttpRequest, now_ns: int) -> str:
    """What keeps this camera dark for whoever asks, in a few words; "" when nothing does."""
    try:
        gates.require_viewable(camera.id, viewer_of(request), now_ns, pc=pcs.number_of(request))
    except Refusal as refusal:
        return str(refusals.words_for(refusal).title)
    return ""


def _own(ids: list[str], viewer: Account) -> list[Grant]:
    """The named live grants in that order. Raises `Refusal` for one that is not there or not theirs."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > max(SIZES):
        raise BadInput("too-many-cameras")
    found = {grant.id: grant for grant in Grant.objects.filter(id__in=wanted, kind="live")}
    if len(found) < len(wanted):
        raise Refusal("no-grant", clause="T7")
    for grant in found.values():
        if grant.account_id != viewer.pk:
            raise Refusal("grant-of-another", clause="T7", grant=grant.id)
    return [found[one] for one in wanted]


def _size(typed: str) -> int:
    if typed not in {str(size) for size in SIZES}:
        raise BadInput("no-such-wall")
    return int(typed)


def _of_page(size: int, typed: str) -> tuple[list[Camera], int, int]:
    """The cameras of one page of the wall, its number (from 0), and how many pages there are."""
    cameras = list(Camera.objects.filter(retired_ns=None).order_by("number"))
    pages = max(1, -(-len(cameras) // size))
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise BadInput("no-such-wall")
    page = min(int(typed), pages - 1)
    return cameras[page * size : (page + 1) * size], page, pages
