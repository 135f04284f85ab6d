"""Several cameras of one case on one page, and the time that somebody types there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from kuramori import clock
from kuramori.access import grant_check, viewings
from kuramori.access.models import Grant
from kuramori.errors import BadInput, Refusal
from kuramori.people.consoles import shows_pictures
from kuramori.places import bodies, pcs
from kuramori.playback import said_times
from kuramori.playback.forms import PresentForms
from kuramori.playback.views import desk_context, own_grant, shown_from, viewer_of, wrong_words

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, QueryDict

MOST_TOGETHER = 4
_NS_PER_MS = 1_000_000


@shows_pictures
@require_GET
def player(request: HttpRequest) -> HttpResponse:
    """Up to four cameras of one case, in step; each by its own grant, begun at this console."""
    viewer, grants = viewer_of(request), _chosen(request.GET)
    for grant in grants:
        grant_check.require_playback(grant, viewer, clock.now_ns())
    console = viewings.console_of(request)
    if not all(viewings.open_at(grant, console) for grant in grants):
        return _ask_who_is_there(request, grants, PresentForms())
    return render(request, "playback/player.html", desk_context(grants))


@shows_pictures
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Who sits at the screen is written down once for all cameras; each camera's look is its own."""
    viewer, grants, forms = viewer_of(request), _chosen(request.POST), PresentForms(request.POST)
    for grant in grants:
        grant_check.require_playback(grant, viewer, clock.now_ns())
    if not forms.is_valid():
        return _ask_who_is_there(request, grants, forms, status=422)
    console = viewings.console_of(request)
    waiting = [grant for grant in grants if not viewings.open_at(grant, console)]
    for grant in waiting:
        if not viewings.left(grant):
            raise Refusal("viewings-used-up", clause="T7", grant=grant.id, count=grant.viewing_rows.count())
    for grant in waiting:
        viewings.begin(grant, viewer, console, forms.present(), pcs.number_of(request))
    return redirect(address(grants))


@require_GET
def moment(request: HttpRequest) -> JsonResponse:
    """The moment that a typed time means: {"ms"}, or {"wrong"} in words."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(viewer_of(request), now_ns)
    zone = bodies.zone()
    now = clock.utc(now_ns).astimezone(zone)
    try:
        found = said_times.parse(request.GET.get("say", ""), now, _near(request.GET.get("near", ""), now))
    except BadInput as wrong:
        return JsonResponse({"wrong": str(wrong_words(wrong))})
    return JsonResponse({"ms": clock.ns_of(found) // _NS_PER_MS})


def address(grants: list[Grant]) -> str:
    """The page that shows these grants side by side."""
    return f"{reverse('player-together')}?{urlencode({'grant': [one.id for one in grants]}, doseq=True)}"


def _near(typed: str, now: datetime) -> datetime | None:
    """The moment the page shows, where it says one that makes sense."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 14):
        return None
    return now - timedelta(milliseconds=clock.ns_of(now) // _NS_PER_MS - int(typed))


def _chosen(said: QueryDict) -> list[Grant]:
    """The grants that are named: one to four, different cameras, one case."""
    ids = list(dict.fromkeys(said.getlist("grant")))
    if not 1 <= len(ids) <= MOST_TOGETHER or not all(len(one) == 32 and one.isalnum() for one in ids):
        raise BadInput("grants-together")
    grants = [own_grant(one) for one in ids]
    cases = {grant.case_text for grant in grants}
    if len(cases) > 1 or "" in cases or len({grant.camera_id for grant in grants}) < len(grants):
        raise BadInput("grants-together")
    return grants


def _ask_who_is_there(
    request: HttpRequest, grants: list[Grant], forms: PresentForms, status: int = 200
) -> HttpResponse:
    context = {
        "grant": grants[0],
        "begins": [(grant, shown_from(grant), viewings.left(grant)) for grant in grants],
        "forms": forms,
        "send_to": reverse("player-together-begin"),
        "together": True,
    }
    return render(request, "playback/begin.html", context, status=status)
