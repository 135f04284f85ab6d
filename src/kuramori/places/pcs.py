"""The PCs on which pictures may be looked at, each with its newest check (T6f)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max

from kuramori import local_time, periods
from kuramori.errors import BadInput, Refusal
from kuramori.places.room_models import Pc, PcCheck

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "registered-pc"
"""Which PC the session comes from, by its number; put there when its console proves itself."""


def good(check: PcCheck) -> bool:
    """Whether everything on the list was as it should be."""
    fresh = check.checked_on - check.definitions_on <= timedelta(days=periods.DEFINITIONS_DAYS)
    return check.protected and check.updated and check.screen_lock and fresh


def in_use() -> list[tuple[Pc, PcCheck | None]]:
    """Every PC in use with its newest check; two queries, whatever their history."""
    newest = PcCheck.objects.standing().values("pc_id").annotate(newest=Max("pk")).values("newest")
    checks = {check.pc_id: check for check in PcCheck.objects.filter(pk__in=newest)}
    return [(pc, checks.get(pc.first_pk)) for pc in Pc.objects.standing().filter(out_of_use=False)]


@dataclass(frozen=True, slots=True)
class Posture:
    """How one PC stands: the number of its last check, the day from which on it is shut, why ("" if open)."""

    check: int | None
    shut_on: date | None
    code: str


def judged(check: PcCheck | None, out_of_use: bool, today: date) -> Posture:
    """Pure: open while the newest check is all good and, with the days of warning, young enough."""
    if out_of_use:
        return Posture(None, None, "pc-out-of-use")
    if check is None:
        return Posture(None, None, "pc-unchecked")
    shut_on = check.checked_on + timedelta(days=periods.PC_CHECK_DAYS + periods.WARNING_DAYS)
    if not good(check):
        return Posture(check.number, None, "pc-check-failed")
    return Posture(check.number, shut_on, "pc-check-overdue" if today >= shut_on else "")


def posture(number: int, now_ns: int) -> Posture:
    """The PC of that number; three queries at most, whatever its history. Unknown: shut."""
    pc = Pc.objects.standing().filter(number=number).first()
    if pc is None:
        return Posture(None, None, "pc-unknown")
    newest = PcCheck.objects.standing().filter(pc_id=pc.first_pk).order_by("-number").first()
    return judged(newest, pc.out_of_use, local_time.day_of(now_ns))


def require_fit(number: int, now_ns: int) -> None:
    """Refusal (`no-view`) when that PC is out of use, or its check is missing, bad or overdue."""
    found = posture(number, now_ns)
    if found.code:
        raise Refusal(found.code, clause="T6f", gate="no-view", pc=number)


def at_the_recorder(request: HttpRequest) -> bool:
    """Whether the request comes from the recorder's own screen."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def number_of(request: HttpRequest) -> int | None:
    """The registered PC that asks; None is the recorder's own screen, which judges itself.

    Raises `Refusal` (`pc-unknown`) for another machine that nobody registered.
    """
    number = request.session.get(SESSION_KEY)
    if number is None and not at_the_recorder(request):
        raise Refusal("pc-unknown", clause="T6f", gate="no-view")
    return None if number is None else int(number)


def key_of(number: str) -> str:
    """The row that stands for the PC of that number, as forms name it; "" for none."""
    found = Pc.objects.standing().filter(number=number).values_list("pk", flat=True).first()
    return str(found or "")


def require_past(day: date) -> None:
    """Raises BadInput `day-to-come` for a day after today."""
    if day > local_time.today():
        raise BadInput("day-to-come")
