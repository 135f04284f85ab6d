"""The status screen: no pictures, no sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuramori import clock
from kuramori.cameras.state_words import words_for
from kuramori.health import alarms, beats, words
from kuramori.health.facts import collect
from kuramori.health.models import Contact
from kuramori.health.verdict import light, troubles
from kuramori.places.models import Body

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_SCREEN = 20
"""With more cameras only those that are not recorded are listed, and no more of them than this."""


@login_not_required
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """One colour, what to do, whom to call, and a line a camera; htmx asks for the inner part again."""
    beats.heard(beats.SOUND if request.GET.get("sound") == "1" else beats.SCREEN)
    facts = collect()
    found = troubles(facts)
    odd = [camera for camera in facts.cameras if camera.state != "recording"]
    listed = facts.cameras if len(facts.cameras) <= A_SCREEN else odd[:A_SCREEN]
    context = {
        "light": light(found),
        "troubles": [{"trouble": trouble, "words": words.of(trouble)} for trouble in found],
        "cameras": [{"camera": camera, "words": words_for(camera.state)} for camera in listed],
        "recorded": len(facts.cameras) - len(odd) if listed is not facts.cameras else 0,
        "rest": max(0, len(odd) - A_SCREEN),
        "body": Body.objects.first(),
        "contact": Contact.objects.first(),
        "sounds": any(row.light == "red" for row in alarms.waiting()),
        "now": clock.utc(clock.now_ns()),
    }
    inner = getattr(request, "htmx", False)
    return render(request, "health/lights.html" if inner else "health/status.html", context)
