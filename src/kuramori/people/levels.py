"""How far a sign-in reaches: with a full second factor everywhere, by a console's own key to the daily pages.

A registered console's key says which PC it is, and that suffices for what is done there every day: live,
status, complaints and inspections. Playback, handing out, settings and people ask for the full second factor.
What is not named here needs it, so that a new page is closed until somebody has thought about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.paper import register
from kuramori.people.console_models import Console
from kuramori.places import pcs

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest
    from django.urls import ResolverMatch

SESSION = "by-console-alone"
FIRST = "signed-in-by-console"
"""The console (its key in our table) with which the sign-in began; stays when the second factor is added."""
LIVE = {
    "live", "live-camera", "live-look", "live-stream", "live-wall", "live-wall-begin", "live-wall-stream",
}  # fmt: skip
STATUS = {
    "dashboard", "dashboard_state", "status", "alarms", "alarm_seen", "health_days", "health_days_json",
    "self_check", "weekly_sheet",
}  # fmt: skip
OWN = {"account_own", "console_prove", "idle_state", "locked", "lock_now", "step_up"}
REGISTERS = {
    "register", "register_new", "register_row", "register_correct", "register_step", "register_scan",
    "register_pdf", "register_row_pdf", "register_blank",
}  # fmt: skip
AT_A_CONSOLE = LIVE | STATUS | OWN | {"registers"}


def console_suffices(match: ResolverMatch | None) -> bool:
    """Whether a console's key is second factor enough for this address."""
    if match is None:
        return False
    if match.url_name in REGISTERS:
        one = register.get(str(match.kwargs.get("key", "")))
        return one is not None and one.at_console
    return match.url_name in AT_A_CONSOLE


def begin(request: HttpRequest) -> int | None:
    """A sign-in has just succeeded: by a console's key where `console_views.sign_in` put it into the request.

    Returns the number of its PC, None for a full sign-in.
    """
    console: Console | None = getattr(request, "signed_by_console", None)
    request.session.pop(SESSION, None)
    request.session.pop(FIRST, None)
    if console is None:
        return None
    request.session[SESSION] = True
    request.session[FIRST] = console.pk
    return int(console.pc)


def by_console_alone(session: SessionBase) -> bool:
    return bool(session.get(SESSION))


def console_stands(session: SessionBase, now_ns: int) -> bool:
    """The console by which this sign-in began is still registered, and its PC is in order."""
    console = Console.objects.filter(pk=session.get(FIRST, 0), revoked_ns=None).first()
    return console is not None and not pcs.posture(console.pc, now_ns).code


def raise_to_full(session: SessionBase) -> None:
    """The full second factor was given."""
    session.pop(SESSION, None)


def fall_back(session: SessionBase) -> None:
    """Unlocked by password alone: a sign-in that began by a console's key is that again."""
    if session.get(FIRST) is not None:
        session[SESSION] = True
