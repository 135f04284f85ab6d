"""The start page: is everything there, what is missing, and how each camera is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.cameras import state_words
from kuramori.cameras.models import Camera
from kuramori.desk import steps
from kuramori.footage.models import CameraState
from kuramori.guideline import standing
from kuramori.people.roles import MANAGER
from kuramori.policy import gates
from kuramori.policy.gates import ClosedGate

if TYPE_CHECKING:
    from django.http import HttpRequest

# How a camera's card is coloured, worst first, with the words beside the colour: never colour alone.
STOPPED, LOCKED, FINE = "stopped", "locked", "fine"
A_PAGE = 9


@dataclass(frozen=True, slots=True)
class CameraCard:
    """One camera as the start page shows it."""

    camera: Camera
    light: str
    state: str
    cure: str
    since_ns: int | None
    seen: str


def dashboard(request: HttpRequest) -> HttpResponse:
    """/ : the start page, or the next question while set-up is under way."""
    if MANAGER in _roles(request) and steps.must_go_on():
        return HttpResponseRedirect(steps.next_href())
    return render(request, "desk/dashboard.html", _context(request))


def state(request: HttpRequest) -> HttpResponse:
    """The part of the start page that changes; 204 while it is as it was (`?seen=` is its last mark)."""
    context = _context(request)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "desk/state.html", context)


def _context(request: HttpRequest) -> dict[str, object]:
    now_ns = clock.now_ns()
    missing = standing.missing(now_ns)
    lights = _lights(now_ns)
    page = Paginator(lights, A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, object] = {
        "missing": missing,
        "together": standing.together(missing),
        "shut": [one for one in missing if one.gate != "warn"],
        "page": page,
        "cards": [_card(*one) for one in page],
        "odd": sum(light != FINE for light, *_rest in lights),
        "decides": MANAGER in _roles(request),
    }
    context["body"] = render_to_string("desk/state_body.html", context)
    context["mark"] = hashlib.sha256(str(context["body"]).encode()).hexdigest()[:16]
    return context


def _lights(now_ns: int) -> list[tuple[str, Camera, CameraState | None, list[ClosedGate]]]:
    """Every camera with its light; where they do not fit on one page, those that are not fine come first."""
    states = {row.camera: row for row in CameraState.objects.all()}
    shut = gates.closed_for_cameras(now_ns)
    found = []
    for camera in Camera.objects.filter(retired_ns=None):
        journalled, gates_shut = states.get(camera.pk), shut.get(camera.pk, [])
        found.append((_light(journalled, gates_shut), camera, journalled, gates_shut))
    if len(found) > A_PAGE:
        found.sort(key=lambda one: (STOPPED, LOCKED, FINE).index(one[0]))
    return found


def _light(journalled: CameraState | None, shut: list[ClosedGate]) -> str:
    works = journalled is None or journalled.state in ("recording", "starting")
    if not works or _blocked(shut):
        return STOPPED
    return LOCKED if _hidden(shut) else FINE


def _blocked(shut: list[ClosedGate]) -> bool:
    return any(gate.gate == "no-record" for gate in shut)


def _hidden(shut: list[ClosedGate]) -> bool:
    return any(gate.gate in gates.SHUT_TO_EYES for gate in shut)


def _card(light: str, camera: Camera, journalled: CameraState | None, shut: list[ClosedGate]) -> CameraCard:
    """What the recorder last journalled, and whether the gates let anybody look."""
    words = state_words.words_for(journalled.state if journalled else "starting")
    name, cure = str(words.name), str(words.cure)
    if _blocked(shut):
        name, cure = _("Not recorded, because something is missing"), ""
    seen = _("Nobody can look yet") if _hidden(shut) else _("Appointed people can look")
    return CameraCard(camera, light, name, cure, journalled.since_ns if journalled else None, seen)


def _roles(request: HttpRequest) -> set[str]:
    roles: set[str] = getattr(request, "roles", set())
    return roles
