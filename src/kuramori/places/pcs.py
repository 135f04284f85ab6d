"""Which PCs may show pictures (T6f): those whose last check was good and is not older than three months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kuramori import clock
from kuramori.errors import BadInput, Refusal
from kuramori.places.room_models import Pc, PcCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECK_DAYS = 90
DEFINITIONS_DAYS = 7
SESSION_KEY = "registered-pc"
"""Which PC the session comes from, by the number of its row; put there by whatever recognises the PC."""


@dataclass(frozen=True, slots=True)
class Posture:
    """How one PC stands: the number of its last check, the day from which on it is shut, why ("" if open)."""

    check: int | None
    shut_on: date | None
    code: str


def judged(check: PcCheck | None, out_of_use: bool, today: date) -> Posture:
    """Pure: open while the newest check is all good and younger than three months."""
    if out_of_use:
        return Posture(None, None, "pc-out-of-use")
    if check is None:
        return Posture(None, None, "pc-unchecked")
    shut_on = check.checked_on + timedelta(days=CHECK_DAYS + 1)
    fresh = check.checked_on - check.definitions_on <= timedelta(days=DEFINITIONS_DAYS)
    if not (check.protected and check.updated and check.screen_lock and fresh):
        return Posture(check.number, None, "pc-check-failed")
    return Posture(check.number, shut_on, "pc-check-overdue" if today >= shut_on else "")


def posture(number: int, now_ns: int) -> Posture:
    """The PC of that number; three queries at most, whatever its history. Unknown: shut."""
    pc = Pc.objects.standing().filter(number=number).first()
    if pc is None:
        return Posture(None, None, "pc-unknown")
    newest = PcCheck.objects.standing().filter(pc_id=pc.first_pk).order_by("-number").first()
    return judged(newest, pc.out_of_use, timezone.localtime(clock.utc(now_ns)).date())


def require_fit(session: Mapping[str, Any], now_ns: int) -> dict[str, int]:
    """What a look's entry says of the PC it comes from; Refusal (`no-view`) when that PC is not fit.

    A session without a PC is at the recorder's own screen, which judges itself.
    """
    number = session.get(SESSION_KEY)
    if number is None:
        return {}
    found = posture(int(number), now_ns)
    if found.code:
        raise Refusal(found.code, clause="T6f", gate="no-view", pc=int(number))
    return {"pc": int(number), "pc_check": found.check or 0}


def require_past(day: date) -> None:
    """Raises BadInput `day-to-come` for a day after today."""
    if day > timezone.localtime(clock.utc(clock.now_ns())).date():
        raise BadInput("day-to-come")
