"""How long footage is kept: as short as the purpose allows, at most one calendar month.

Longer only while a deviation is in force, and only for what is recorded from its approval on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock, periods
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.policy import deviations, regulations
from kuramori.policy.deviation_models import RETENTION
from kuramori.policy.models import RetentionRule

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

DEFAULT_DAYS = periods.KEEPING_PROPOSED_DAYS
MOST_DAYS = 31
"""A rule of 31 days is still cut at the calendar month: footage of 31 January dies on 28 or 29 February."""


def decide(
    camera: Camera, by: Account, *, days: int | None = None, months: int | None = None, reason: str = ""
) -> RetentionRule:
    """Write a new version of how long `camera`'s footage is kept; footage already there keeps its own date.

    Exactly one of `days` (1 to 31) and `months` (1). Raises BadInput `retention-out-of-range`, and Refusal
    `regulations-shorter` where the adopted regulations keep it shorter.
    """
    fits = (days is not None and months is None and 1 <= days <= MOST_DAYS) or (days is None and months == 1)
    if not fits:
        raise BadInput("retention-out-of-range")
    regulations.require_days(camera.pk, days, months)
    return _write(camera, by, days, months, reason)


def renew(camera: Camera, by: Account, *, reason: str) -> RetentionRule | None:
    """A new version with the ordinary period as it was, because a deviation from it began or ended."""
    rule = current(camera)
    return _write(camera, by, rule.days, rule.months, reason) if rule else None


def current(camera: Camera) -> RetentionRule | None:
    """The rule in force, which is the newest."""
    return current_of(camera.pk)


def current_of(camera_id: str) -> RetentionRule | None:
    """Likewise, by the camera's id."""
    return RetentionRule.objects.filter(camera_id=camera_id).order_by("-version").first()


def current_of_all() -> dict[str, RetentionRule]:
    """Camera's id → the rule in force, in one query."""
    return {rule.camera_id: rule for rule in RetentionRule.objects.order_by("version")}


def _write(camera: Camera, by: Account, days: int | None, months: int | None, reason: str) -> RetentionRule:
    now_ns = clock.now_ns()
    longer = deviations.in_force(RETENTION, "camera", camera.pk, now_ns)
    with transaction.atomic():
        rule = RetentionRule.objects.create(
            camera=camera,
            version=RetentionRule.objects.filter(camera=camera).count() + 1,
            days=days,
            months=months,
            longer_months=longer.longer_months if longer else None,
            deviation=longer,
            reason=reason[:200],
            decided_by=by,
            decided_at_ns=now_ns,
        )
        entries.record(
            "retention-decided",
            actor=by.actor,
            obj={"camera": camera.id},
            detail={
                "version": rule.version,
                "days": days,
                "months": months,
                "longer_months": rule.longer_months,
                "deviation": longer.pk if longer else None,
            },
            reason=reason,
        )
    return rule
