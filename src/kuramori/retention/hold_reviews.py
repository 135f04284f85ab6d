"""Holds are looked at again (見直し): when that is due, saying so, and writing down what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.footage import findings
from kuramori.footage.models import Finding, HeldSegment
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.retention.hold_models import Hold, HoldReview

if TYPE_CHECKING:
    from kuramori.people.models import Account

CODE = "hold-review-due"
REMIND_NS = 3 * 86_400 * clock.NS_PER_S
"""How long before the day of review people are reminded."""


def next_ns(hold: Hold) -> int:
    """The day on which the hold is to be looked at next."""
    reviews = list(hold.reviews.all())  # not `last()`: that would ask anew where they are fetched already
    return reviews[-1].next_ns if reviews else hold.review_at_ns


def review(manager: Account, hold: Hold, reason: str, until_next_ns: int) -> HoldReview:
    """It was looked at and stays as it is until its end; the end itself cannot be moved.

    Raises `Refusal`, `BadInput` (`reason-missing`, `hold-dates`).
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    if not reason.strip():
        raise BadInput("reason-missing")
    if not now_ns < until_next_ns <= hold.ends_at_ns:
        raise BadInput("hold-dates")
    with transaction.atomic():
        made = HoldReview.objects.create(
            hold=hold, by=manager, at_ns=now_ns, reason=reason.strip(), next_ns=until_next_ns
        )
        entries.record(
            "hold-reviewed",
            actor=manager.actor,
            obj={"camera": hold.camera_id, "hold": hold.order},
            outcome="done",
            reason=made.reason,
            detail={"case_text": hold.case_text, "until_ns": until_next_ns},
        )
        findings.clear(CODE, str(hold.pk), actor=manager.actor)
    return made


def due(now_ns: int) -> list[Hold]:
    """Holds that stand and are to be looked at within the next days, or should have been."""
    standing = set(HeldSegment.objects.filter(ended_ns=None).values_list("hold", flat=True))
    held = Hold.objects.filter(order__in=standing, end_order="")
    held = held.select_related("camera").prefetch_related("reviews")
    return [hold for hold in held if next_ns(hold) - REMIND_NS <= now_ns < hold.ends_at_ns]


def look() -> int:
    """Say which holds are due for review; returns how many."""
    found = {str(hold.pk): hold for hold in due(clock.now_ns())}
    for number, hold in found.items():
        findings.stand(CODE, number, camera=hold.camera_id, due=clock.iso(next_ns(hold)))
    for finding in Finding.objects.filter(code=CODE, cleared_ns=None).exclude(subject__in=found):
        findings.clear(CODE, finding.subject)
    return len(found)
