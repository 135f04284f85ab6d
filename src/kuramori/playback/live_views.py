"""Watching live: one click, one grant, one streamed answer."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from kuramori import clock
from kuramori.access import grant_check, granting
from kuramori.access.models import Grant
from kuramori.cameras.models import Camera
from kuramori.cameras.state_words import words_for
from kuramori.errors import KuramoriError, Refusal
from kuramori.footage import recorder_socket
from kuramori.footage.models import CameraState
from kuramori.people.consoles import shows_pictures
from kuramori.people.roles import OPERATOR, role_of
from kuramori.places import bodies as installing
from kuramori.places import pcs
from kuramori.playback import bodies, conversion
from kuramori.playback.wall_views import SIZES

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.people.models import Account

A_PAGE = 24


@shows_pictures
@require_GET
def cameras(request: HttpRequest) -> HttpResponse:
    """The cameras in use, each with its state and a button."""
    states = dict(CameraState.objects.values_list("camera", "state"))
    known = Camera.objects.filter(retired_ns=None).select_related("site")
    page = Paginator(known, A_PAGE).get_page(request.GET.get("page"))
    listed = [
        {
            "camera": camera,
            "state": states.get(camera.id, "starting"),
            "words": words_for(states.get(camera.id, "starting")),
        }
        for camera in page
    ]
    may = OPERATOR in role_of(request.user, clock.now_ns())
    context = {"cameras": listed, "page": page, "may": may, "sizes": SIZES}
    return render(request, "playback/cameras.html", context)


@shows_pictures
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, camera_id: str) -> HttpResponse:
    """POST begins a look (grant and ledger row) and shows it; GET asks for that one click."""
    camera = get_object_or_404(Camera, id=camera_id, retired_ns=None)
    if request.method == "POST":
        grant = granting.grant_live(_viewer(request), camera, pcs.number_of(request))
        return redirect("live-look", camera_id=camera.id, grant_id=grant.id)
    return render(request, "playback/live_ask.html", {"camera": camera})


@shows_pictures
@require_GET
def watch(request: HttpRequest, camera_id: str, grant_id: str) -> HttpResponse:
    """The page that shows one look. After its end it only offers a new one."""
    camera = get_object_or_404(Camera, id=camera_id, retired_ns=None)
    try:
        grant = _allowed(_viewer(request), camera_id, grant_id)
    except Refusal as refusal:
        if refusal.code == "grant-ended":
            return redirect("live-camera", camera_id=camera_id)
        raise
    shown = {"camera": camera, "grant": grant, "timezone": installing.timezone()}
    return render(request, "playback/live.html", shown)


@shows_pictures
@require_GET
async def stream(request: HttpRequest, camera_id: str, grant_id: str) -> HttpResponse | StreamingHttpResponse:
    """The fragments of one look: init segment, then one fragment a picture, while it lasts."""
    if request.headers.get("Sec-Fetch-Dest", "empty") != "empty":
        raise Refusal("no-download", clause="T7", kind="security", grant=grant_id)
    viewer: Account = await request.auser()  # type: ignore[assignment]
    grant = await sync_to_async(_allowed)(viewer, camera_id, grant_id)
    if grant.id in bodies.shown_live:  # each look has its own grant and its own row in the record
        raise Refusal("grant-in-use", clause="T7", grant=grant.id)
    stack = AsyncExitStack()
    try:
        line = recorder_socket.live(grant=grant.id, camera=camera_id, viewing=viewer.actor)
        found = await stack.enter_async_context(line)
        pictures, codec = aiter(found), found.codec
        converted = "h264" in request.GET and conversion.needs_converting(codec)
        if converted:
            pictures, codec = await conversion.for_browser(stack, pictures)
    except KuramoriError as error:
        await stack.aclose()
        if isinstance(error, Refusal):
            raise
        return HttpResponse(error.code, status=503, content_type="text/plain")
    except BaseException:
        await stack.aclose()
        raise
    return StreamingHttpResponse(
        bodies.live(stack, pictures, grant, viewer, request.session),
        content_type=f'video/mp4; codecs="{codec}"',
        headers=conversion.MARK if converted else None,
    )


def _allowed(viewer: Account, camera_id: str, grant_id: str) -> Grant:
    grant = Grant.objects.filter(id=grant_id, camera_id=camera_id).first()
    if grant is None:
        raise Refusal("no-grant", clause="T7")
    grant_check.require_live(grant, viewer, clock.now_ns())
    return grant


def _viewer(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]
