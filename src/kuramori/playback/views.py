"""Playing back: ask, be granted, choose a moment, see it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuramori import clock
from kuramori.access import grant_check, granting, storehouse_session
from kuramori.access.models import Grant, PlaybackRequest
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Refusal
from kuramori.people.roles import MANAGER, role_of
from kuramori.places.models import Body
from kuramori.playback import coverage
from kuramori.playback.forms import RequestForm
from kuramori.playback.opened import interval

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.people.models import Account

HOUR_NS = 3600 * clock.NS_PER_S
_NS_PER_MS = 1_000_000


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Ask for an interval. A manager is granted at once; anybody else's wish waits for a manager."""
    viewer, now_ns = viewer_of(request), clock.now_ns()
    grant_check.require_appointed(viewer, now_ns)
    zone = timezone()
    first = Camera.objects.order_by("number").first()
    before = clock.utc(now_ns - 2 * 60 * clock.NS_PER_S).astimezone(ZoneInfo(zone))
    initial = {"start": before.replace(tzinfo=None), "camera": first.id if first else None}
    form = RequestForm(request.POST or None, timezone=zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, form, viewer, now_ns)
        except BadInput as wrong:
            form.add_error(None, _wrong_words(wrong))
    is_manager = MANAGER in role_of(viewer, now_ns)
    return render(
        request,
        "playback/index.html",
        {
            "form": form,
            "timezone": zone,
            "from_ms": (now_ns - HOUR_NS) // _NS_PER_MS,
            "until_ms": now_ns // _NS_PER_MS,
            "unlocked": storehouse_session.is_unlocked(),
            "is_manager": is_manager,
            "waiting": PlaybackRequest.objects.filter(decided_ns=None) if is_manager else [],
            "own_waiting": PlaybackRequest.objects.filter(account=viewer, decided_ns=None),
            "grants": _open_grants(viewer, now_ns),
        },
        status=422 if form.errors else 200,
    )


def _ask(request: HttpRequest, form: RequestForm, viewer: Account, now_ns: int) -> HttpResponse:
    start_ns, end_ns = form.interval_ns(now_ns)
    said = form.cleaned_data
    words = {"purpose_code": said["purpose"], "reason": said["reason"], "case_text": said["case_text"]}
    if MANAGER in role_of(viewer, now_ns):
        grant = granting.grant_playback(viewer, viewer, said["camera"], start_ns, end_ns, **words)
        return redirect("player", grant_id=grant.id)
    granting.ask_playback(viewer, said["camera"], start_ns, end_ns, **words)
    messages.success(request, _("The manager will see your request and decide."))
    return redirect("playback")


@require_POST
def decide(request: HttpRequest, request_id: str) -> HttpResponse:
    """A manager says yes or no to somebody's request."""
    asked = get_object_or_404(PlaybackRequest, id=request_id)
    try:
        if "approve" in request.POST:
            granting.approve(asked, viewer_of(request))
            messages.success(request, _("Allowed. The asker finds it on this page."))
        else:
            granting.decline(asked, viewer_of(request), request.POST.get("why", ""))
            messages.success(request, _("Declined, and written into the record."))
    except BadInput as wrong:
        messages.error(request, _wrong_words(wrong))
    return redirect("playback")


@require_GET
def camera_coverage(request: HttpRequest, camera_id: str) -> HttpResponse:
    """What the timeline draws for one camera."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(viewer_of(request), now_ns)
    camera = get_object_or_404(Camera, id=camera_id)
    return JsonResponse(coverage.of_camera(camera.id, now_ns).as_json())


@require_GET
def player(request: HttpRequest, grant_id: str) -> HttpResponse:
    """The page that plays a granted interval; in the ledger before the first byte."""
    viewer = viewer_of(request)
    grant = own_grant(grant_id)
    start_ns, end_ns = interval(grant)
    granting.begin_look(grant, viewer, start_ns)
    context = {"grant": grant, "camera": grant.camera, "timezone": timezone(),
               "from_ms": start_ns // _NS_PER_MS, "until_ms": end_ns // _NS_PER_MS,
               "starts": clock.utc(start_ns), "ends": clock.utc(end_ns),
               "expires": clock.utc(grant.expires_at_ns)}  # fmt: skip
    return render(request, "playback/player.html", context)


@require_GET
def status(request: HttpRequest, grant_id: str) -> HttpResponse:
    """Whether the look is still allowed: the player asks every second and drops its buffer on a no."""
    try:
        grant_check.require_playback(own_grant(grant_id), viewer_of(request), clock.now_ns())
    except Refusal as refusal:
        return JsonResponse({"open": False, "code": refusal.code})
    return JsonResponse({"open": True})


@require_POST
def end(request: HttpRequest, grant_id: str) -> HttpResponse:
    """The viewer is done before the grant's time."""
    grant = own_grant(grant_id)
    if grant.account_id != viewer_of(request).pk:
        raise Refusal("grant-of-another", clause="T7", grant=grant.id)
    granting.end(grant)
    return redirect("playback")


def own_grant(grant_id: str) -> Grant:
    """The playback grant of that id; whose it is, is asked by `grant_check`."""
    grant = Grant.objects.filter(id=grant_id, kind="playback").select_related("camera", "account").first()
    if grant is None:
        raise Refusal("no-grant", clause="T7")
    return grant


def viewer_of(request: HttpRequest) -> Account:
    """Whoever asks (the sign-in door lets nobody else through)."""
    return request.user  # type: ignore[return-value]


def timezone() -> str:
    """The body's time zone."""
    body = Body.objects.first()
    return body.timezone if body else "Asia/Tokyo"


def _open_grants(viewer: Account, now_ns: int) -> list[Grant]:
    mine = Grant.objects.filter(kind="playback", account=viewer, expires_at_ns__gt=now_ns)
    return list(mine.filter(ended_ns=None, withdrawn_ns=None).select_related("camera")[:5])


def _wrong_words(wrong: BadInput) -> str:
    return {
        "interval-not-in-the-past": _("Choose a time that has already passed."),
        "interval-too-long": _("At most 24 hours at once."),
        "no-footage": _("Nothing was recorded in that time. The timeline shows why."),
        "already-decided": _("This was decided already."),
        "reason-missing": _("Please say why."),
    }.get(wrong.code, _("This cannot be used as it is."))
