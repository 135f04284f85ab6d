"""Nobody passes without signing in, with a second factor, and with a role.

Whoever is appointed, and whose pledge or training is missing or too old, gets as far as that one page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponseRedirect
from django.urls import reverse

from kuramori import clock
from kuramori.errors import Refusal
from kuramori.people import consoles, idle, knocking, levels, refused, second_factor
from kuramori.people.roles import is_appointed, role_of
from kuramori.web import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "mfa_authenticate",
    "console_sign_in",
    "mfa_login_webauthn",
    "language",
}
"""Named addresses of other packages that need no sign-in. Our own views say so with `login_not_required`."""

ON_THE_WAY = {
    "account_own",
    "account_reauthenticate",
    "account_change_password",
    "idle_state",
    "locked",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "second_factor",
    "second_factor_app",
    "second_factor_passkey",
    "second_factor_card",
    "second_factor_done",
}
"""Where somebody signed in by password alone may go: only towards their second factor."""

PROVABLE = {"console-needed", "console-stale"}
"""Refusals that a console's key may cure by itself."""

WHILE_LOCKED = {"locked", "idle_state"}
"""What an idle, locked sign-in may still ask for: the way to unlock it."""

PLEDGING = {"duties", "usersessions_list"}
"""Where somebody may go besides whose pledge or training is missing."""


def _shown_out(request: HttpRequest) -> HttpResponseBase:
    """The appointment has ended: so does the session, and the person reads why."""
    refusal = Refusal("no-appointment", clause="T6a")
    refused.write(request, refusal)
    logout(request)
    return refusals.page(request, refusal)


def _moved(request: HttpRequest) -> HttpResponseBase:
    """A session of one console came from another machine or program: it is over for both."""
    refusal = Refusal("console-moved", clause="T6a", kind="security", address=knocking.address_of(request))
    refused.write(request, refusal)
    logout(request)
    return refusals.page(request, refusal)


def _at_a_fit_console(request: HttpRequest) -> HttpResponseBase | None:
    """Pictures go to consoles that are registered, proven and checked; a page is led to the proof first."""
    try:
        consoles.require_fit(request)
    except Refusal as refusal:
        if _opens_a_page(request) and refusal.code in PROVABLE:
            return _on_the_way(request, "console_prove")
        return refused.answer(request, refusal)
    return None


def _while_locked(request: HttpRequest, name: str | None) -> HttpResponseBase | None:
    """Nobody has touched this sign-in for a while: pages lead to the lock, whatever else asks is refused."""
    idle.tell(request)
    if name in WHILE_LOCKED:
        return None
    if _opens_a_page(request):
        return _on_the_way(request, "locked")
    request.roles = set()  # type: ignore[attr-defined]
    return refused.answer(request, Refusal("session-locked", clause="T6a", kind="security"))


def _beyond_the_console(request: HttpRequest, now_ns: int) -> HttpResponseBase | None:
    """A sign-in by a console's key alone: the full second factor is asked where that does not suffice."""
    match = request.resolver_match
    own = match is not None and match.url_name in levels.OWN
    if levels.console_suffices(match) and (own or levels.console_stands(request.session, now_ns)):
        return None
    if _opens_a_page(request):
        return _on_the_way(request, "step_up")
    return refused.answer(request, Refusal("full-second-factor", clause="T6a", kind="security"))


def _opens_a_page(request: HttpRequest) -> bool:
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document"


class SignedInOnly(LoginRequiredMiddleware):
    """Every view needs sign-in, second factor and a role in force, unless it is marked otherwise."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.url_name if match else None
        now_ns = clock.now_ns()
        roles = role_of(request.user, now_ns)
        request.roles = roles  # type: ignore[attr-defined]
        if name in OPEN or not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return super().process_view(request, view_func, view_args, view_kwargs)
        if consoles.moved(request):
            return _moved(request)
        if not roles and not is_appointed(request.user, now_ns):
            return _shown_out(request)
        if idle.locked(request.session, now_ns):
            return _while_locked(request, name)
        if name != "idle_state" and (idle.SESSION not in request.session or idle.by_hand(request)):
            idle.touched(request.session)
        if levels.by_console_alone(request.session):
            stopped = _beyond_the_console(request, now_ns)
            if stopped is not None:
                return stopped
        if name in ON_THE_WAY:
            return None
        if not second_factor.has_one(request.user):
            return _on_the_way(request, "second_factor")
        if not roles and name not in PLEDGING:
            return _on_the_way(request, "duties")
        return _at_a_fit_console(request) if getattr(view_func, "shows_pictures", False) else None


def _on_the_way(request: HttpRequest, to: str) -> HttpResponseBase:
    query = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse(to)}{query}")
