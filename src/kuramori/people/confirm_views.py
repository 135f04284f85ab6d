"""Pages on which somebody signed in says once more who they are: unlocking, and the full second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.people import confirming, idle, levels, second_factor
from kuramori.people.asker import manager_of
from kuramori.places import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """/account/locked/: what stands in place of every page until password or second factor was given."""
    going_to = _next(request)
    if not idle.locked(request.session, clock.now_ns()):
        return HttpResponseRedirect(going_to)
    request.roles = set()  # type: ignore[attr-defined]  # no menu: nothing but this page answers
    wrong = ""
    if request.method == "POST":
        by, wrong = confirming.confirmed(request, password_counts=True)
        if by:
            if by == confirming.PASSWORD:
                levels.fall_back(request.session)
            else:
                levels.raise_to_full(request.session)
            idle.unlock(request, by)
            return HttpResponseRedirect(going_to)
    return _page(request, "people/locked.html", going_to, wrong)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """/account/confirm/: the full second factor, then back to where the person was going."""
    going_to = _next(request)
    if not levels.by_console_alone(request.session):
        return HttpResponseRedirect(going_to)
    wrong = ""
    if request.method == "POST":
        by, wrong = confirming.confirmed(request, password_counts=False)
        if by:
            with transaction.atomic():
                levels.raise_to_full(request.session)
                entries.record(
                    "second-factor-given", actor=entries.actor_of(request.user), detail={"way": by}
                )
            return HttpResponseRedirect(going_to)
    return _page(request, "people/step_up.html", going_to, wrong)


@require_http_methods(["GET", "POST"])
def idle_state(request: HttpRequest) -> JsonResponse:
    """For the page's script: POST says that somebody touched it; both say how many seconds are left."""
    if request.method == "POST" and not idle.locked(request.session, clock.now_ns()):
        idle.touched(request.session)
    return JsonResponse({"left_s": idle.left_s(request.session, clock.now_ns())})


@require_POST
def lock_now(request: HttpRequest) -> HttpResponse:
    """Whoever gets up covers the page at once."""
    idle.lock(request)
    return HttpResponseRedirect(f"{reverse('locked')}?{urlencode({'next': _next(request)})}")


@require_POST
def set_minutes(request: HttpRequest) -> HttpResponse:
    """The manager says after how many minutes an untouched page is covered."""
    manager = manager_of(request)
    said = request.POST.get("minutes", "")
    try:
        bodies.set_idle_minutes(int(said) if said.isdecimal() and len(said) < 4 else 0, manager.actor)
    except BadInput:
        messages.error(request, _("Choose a number of minutes from the list."))
    else:
        messages.success(request, _("Counts from the next touch of each page on."))
    return HttpResponseRedirect(reverse("consoles"))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = {reverse("locked"), reverse("step_up")}
    fine = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.partition("?")[0] not in own
    return wanted if fine else "/"


def _page(request: HttpRequest, template: str, going_to: str, wrong: str) -> HttpResponse:
    chosen = second_factor.chosen(request.user)
    passkey = second_factor.PASSKEY in chosen
    context = {
        "next": going_to,
        "wrong": wrong,
        "code": bool(chosen & {second_factor.TOTP, second_factor.CARD}),
        "passkey": passkey,
        "js_data": confirming.passkey_request(request) if passkey else {},
    }
    return render(request, template, context, status=422 if wrong else 200)
