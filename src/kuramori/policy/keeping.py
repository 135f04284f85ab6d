"""How long footage is kept: as short as the purpose allows, at most one calendar month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.policy.models import RetentionRule

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

DEFAULT_DAYS = 14
MOST_DAYS = 31
"""A rule of 31 days is still cut at the calendar month: footage of 31 January dies on 28 or 29 February."""


def decide(
    camera: Camera, by: Account, *, days: int | None = None, months: int | None = None, reason: str = ""
) -> RetentionRule:
    """Write a new version of how long `camera`'s footage is kept; footage already there keeps its own date.

    Exactly one of `days` (1 to 31) and `months` (1). Raises BadInput `retention-out-of-range`.
    """
    fits = (days is not None and months is None and 1 <= days <= MOST_DAYS) or (days is None and months == 1)
    if not fits:
        raise BadInput("retention-out-of-range")
    with transaction.atomic():
        version = RetentionRule.objects.filter(camera=camera).count() + 1
        rule = RetentionRule.objects.create(
            camera=camera,
            version=version,
            days=days,
            months=months,
            reason=reason,
            decided_by=by,
            decided_at_ns=clock.now_ns(),
        )
        entries.record(
            "retention-decided",
            actor=by.actor,
            obj={"camera": camera.id},
            detail={"version": version, "days": days, "months": months},
            reason=reason,
        )
    return rule


def current(camera: Camera) -> RetentionRule | None:
    """The rule in force, which is the newest."""
    return RetentionRule.objects.filter(camera=camera).order_by("-version").first()
