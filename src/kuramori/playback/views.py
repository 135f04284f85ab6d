"""Playing back what was allowed: say who is there, choose a moment, see it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuramori import clock
from kuramori.access import grant_check, granting, storehouse_session, viewings
from kuramori.access.granted_footage import interval
from kuramori.access.models import Grant
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Refusal
from kuramori.people.consoles import shows_pictures
from kuramori.people.roles import MANAGER, role_of
from kuramori.places import bodies, pcs
from kuramori.playback import bookmarks, coverage, key_frames, marks
from kuramori.playback.forms import CheckForm, PresentForms

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from kuramori.people.models import Account

HOUR_NS = 3600 * clock.NS_PER_S
_NS_PER_MS = 1_000_000
SPEEDS = ("0.25", "0.5", "1", "2", "4", "8", "16")


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What the person may see now; and the one look without a case: a minute, to check a camera."""
    viewer, now_ns = viewer_of(request), clock.now_ns()
    grant_check.require_appointed(viewer, now_ns)
    zone = bodies.timezone()
    first = Camera.objects.order_by("number").first()
    before = clock.utc(now_ns - 2 * 60 * clock.NS_PER_S).astimezone(ZoneInfo(zone))
    initial = {"start": before.replace(tzinfo=None), "camera": first.id if first else None}
    form = CheckForm(request.POST or None, timezone=zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            grant = granting.grant_equipment_check(viewer, form.cleaned_data["camera"], form.start_ns())
            return redirect("player", grant_id=grant.id)
        except BadInput as wrong:
            form.add_error(None, wrong_words(wrong))
    return render(
        request,
        "playback/index.html",
        {
            "form": form,
            "timezone": zone,
            "from_ms": (now_ns - HOUR_NS) // _NS_PER_MS,
            "until_ms": now_ns // _NS_PER_MS,
            "unlocked": storehouse_session.is_unlocked(),
            "is_manager": MANAGER in role_of(viewer, now_ns),
            "grants": open_grants(viewer, now_ns)[:8],
        },
        status=422 if form.errors else 200,
    )


@require_GET
def camera_coverage(request: HttpRequest, camera_id: str) -> HttpResponse:
    """What the timeline draws for one camera."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(viewer_of(request), now_ns)
    camera = get_object_or_404(Camera, id=camera_id)
    known = coverage.of_camera(camera.id, now_ns)
    first_ns = known.covered[0][0] if known.covered else now_ns
    told = [mark.as_json() for mark in marks.of_camera(camera.id, first_ns, now_ns)]
    return JsonResponse(known.as_json() | {"marks": told})


@shows_pictures
@require_GET
def player(request: HttpRequest, grant_id: str) -> HttpResponse:
    """The page that plays a granted interval, once its look has begun here; else who is there is asked."""
    viewer = viewer_of(request)
    grant = own_grant(grant_id)
    grant_check.require_playback(grant, viewer, clock.now_ns(), pcs.number_of(request))
    if not viewings.open_at(grant, viewings.console_of(request)):
        return _ask_who_is_there(request, grant, PresentForms())
    context = desk_context([grant]) | {"others": _of_the_same_case(grant, viewer)}
    return render(request, "playback/player.html", context)


def desk_context(grants: list[Grant]) -> dict[str, object]:
    """What the page with the pictures needs: one grant a camera, from the first start to the last end."""
    spans = [interval(grant) for grant in grants]
    return {
        "grant": grants[0],
        "grants": grants,
        "together": len(grants) > 1,
        "timezone": bodies.timezone(),
        "from_ms": min(start for start, _end in spans) // _NS_PER_MS,
        "until_ms": max(end for _start, end in spans) // _NS_PER_MS,
        "coverage": " ".join(reverse("coverage", args=[grant.camera_id]) for grant in grants),
        "bookmarks": [(grant, bookmarks.of_grant(grant)) for grant in grants],
        "speeds": SPEEDS,
        "labels": " ".join(str(grant.camera.number) for grant in grants),
    }


def _of_the_same_case(grant: Grant, viewer: Account) -> list[Grant]:
    """The viewer's other grants of the case, one a camera: they can be seen together."""
    if not grant.case_text:
        return []
    mine = open_grants(viewer, clock.now_ns()).filter(case_text=grant.case_text)
    others = {one.camera_id: one for one in mine.exclude(camera=grant.camera_id)}
    return sorted(others.values(), key=lambda one: one.camera.number)[:3]


@shows_pictures
@require_POST
def begin(request: HttpRequest, grant_id: str) -> HttpResponse:
    """Who sits at the screen is written down; then the look begins, before its first picture."""
    grant = own_grant(grant_id)
    forms = PresentForms(request.POST)
    if not forms.is_valid():
        grant_check.require_playback(grant, viewer_of(request), clock.now_ns())
        return _ask_who_is_there(request, grant, forms, status=422)
    viewings.begin(
        grant, viewer_of(request), viewings.console_of(request), forms.present(), pcs.number_of(request)
    )
    return redirect("player", grant_id=grant.id)


def _ask_who_is_there(
    request: HttpRequest, grant: Grant, forms: PresentForms, status: int = 200
) -> HttpResponse:
    context = {
        "grant": grant,
        "begins": [(grant, shown_from(grant), viewings.left(grant))],
        "forms": forms,
        "send_to": reverse("player-begin", args=[grant.id]),
    }
    return render(request, "playback/begin.html", context, status=status)


def shown_from(grant: Grant) -> int:
    """From which key frame the picture really begins (wall nanoseconds)."""
    start_ns, end_ns = interval(grant)
    return key_frames.shown_from_ns(grant.camera_id, start_ns, end_ns, clock.now_ns()) or start_ns


@require_GET
def status(request: HttpRequest, grant_id: str) -> HttpResponse:
    """Whether the look is still allowed: the player asks every second and drops its buffer on a no."""
    try:
        grant = own_grant(grant_id)
        grant_check.require_playback(grant, viewer_of(request), clock.now_ns())
        viewings.require(grant, viewings.console_of(request))
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
    grant = (
        Grant.objects.filter(id=grant_id, kind="playback")
        .select_related("camera", "account", "approval")
        .first()
    )
    if grant is None:
        raise Refusal("no-grant", clause="T7")
    return grant


def viewer_of(request: HttpRequest) -> Account:
    """Whoever asks (the sign-in door lets nobody else through)."""
    return request.user  # type: ignore[return-value]


def open_grants(viewer: Account, now_ns: int) -> QuerySet[Grant]:
    """What the viewer may see now, newest first."""
    mine = Grant.objects.filter(kind="playback", account=viewer, expires_at_ns__gt=now_ns)
    return mine.filter(ended_ns=None, withdrawn_ns=None).select_related("camera")


def wrong_words(wrong: BadInput) -> str:
    """What is said of input that no form caught."""
    return {
        "interval-not-in-the-past": _("Choose a time that has already passed."),
        "interval-too-long": _("At most 24 hours at once."),
        "no-footage": _("Nothing was recorded in that time. The timeline shows why."),
        "already-decided": _("This was decided already."),
        "reason-missing": _("Please say why."),
        "package-not-written": _("This package was not written to a medium yet."),
        "package-is-out": _("This package was entered as handed over already. Each receiver gets their own."),
        "grants-together": _("These cannot be shown together: one to four cameras of one case."),
        "bookmark-outside": _("A bookmark needs a few words and a moment that may be seen."),
        "part-too-small": _("Draw a larger part of the picture."),
        "pictures-busy": _("Somebody else is searching. Try again in a minute."),
        "too-many-bookmarks": _("This case has as many bookmarks as it may have."),
        "time-not-understood": _(
            "This time was not understood. Try 14:30, yesterday 14:30 or 5 minutes ago."
        ),
    }.get(wrong.code, _("This cannot be used as it is."))
