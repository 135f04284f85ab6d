"""The regulations in force, what they allow, and what waits for their next version (T14).

Whoever lengthens keeping or changes a purpose asks here first. A change that the adopted version does not
allow is refused, or put into the draft of the next one; it takes effect when that is adopted.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785
from django.db import transaction

from kuramori import clock, local_time
from kuramori.errors import BadInput, Refusal
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.policy.regulation_models import PlannedChange, Regulations

if TYPE_CHECKING:
    from datetime import date

    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

Terms = dict[str, Any]
MONTH_DAYS = 31
"""A calendar month, for comparing with days; both are cut at the month when footage is dated."""


def digest(terms: Terms) -> str:
    """SHA-256 of the terms' canonical JSON (RFC 8785), as 64 hexadecimal digits."""
    return hashlib.sha256(rfc8785.dumps(terms)).hexdigest()


def adopted() -> Regulations | None:
    """The version in force, its paper left out of the query; None before the first."""
    return Regulations.objects.defer("pdf").order_by("-version").first()


def adopted_ns() -> int | None:
    """When the version in force was entered; None before the first."""
    return Regulations.objects.order_by("-version").values_list("entered_ns", flat=True).first()


def waiting() -> list[PlannedChange]:
    """The changes that the next version brings."""
    return list(PlannedChange.objects.filter(settled_ns=None).select_related("camera", "asked_by"))


def require_days(camera_id: str, days: int | None, months: int | None) -> None:
    """Raises Refusal `regulations-shorter` where the adopted version keeps this camera's footage shorter.

    A camera that it does not list yet may be kept as long as the longest of those it lists.
    """
    allowed = longest_allowed(camera_id)
    asked = MONTH_DAYS if months else days or 0
    if allowed is not None and asked > allowed:
        raise Refusal("regulations-shorter", clause="T14", kind="regulations", days=allowed)


def longest_allowed(camera_id: str | None) -> int | None:
    """The days that the adopted version allows this camera; None: there is no version, or it lists none."""
    now = adopted()
    if now is None or not now.terms["cameras"]:
        return None
    listed = {one["id"]: _days(one) for one in now.terms["cameras"]}
    return listed.get(camera_id or "", max(listed.values()))


def require_purpose(camera_id: str, text: str) -> None:
    """Raises Refusal `regulations-other-purpose` where the adopted version has this camera for another one.

    A camera that it does not list yet may have any: the version that lists it is still to come.
    """
    now = adopted()
    listed = {one["id"]: one["purpose"] for one in now.terms["cameras"]} if now else {}
    if listed.get(camera_id, text) != text:
        raise Refusal("regulations-other-purpose", clause="T14", kind="regulations")


def plan(
    camera: Camera, by: Account, *, days: int | None = None, purpose: tuple[str, str] | None = None
) -> PlannedChange:
    """Put a change into the draft of the next version; an older wish for the same thing is given up."""
    require_role(by, clock.now_ns(), MANAGER)
    with transaction.atomic():
        same = PlannedChange.objects.filter(camera=camera, settled_ns=None, days__isnull=days is None)
        same.update(settled_ns=clock.now_ns())
        code, text = purpose or ("", "")
        made = PlannedChange.objects.create(
            camera=camera,
            days=days,
            purpose_code=code,
            purpose_text=text,
            asked_by=by,
            asked_ns=clock.now_ns(),
        )
        detail = {"days": days, "text": text}
        entries.record("regulations-planned", actor=by.actor, obj={"camera": camera.pk}, detail=detail)
    return made


def give_up(pk: int, by: Account) -> None:
    """A waiting change is not wanted any more."""
    require_role(by, clock.now_ns(), MANAGER)
    with transaction.atomic():
        if PlannedChange.objects.filter(pk=pk, settled_ns=None).update(settled_ns=clock.now_ns()):
            entries.record("regulations-plan-dropped", actor=by.actor, obj={"planned": pk})


def enter(
    by: Account, *, terms: Terms, approved_by: str, adopted_on: date, changes: list[str], pdf: bytes
) -> Regulations:
    """Write a version that the body adopted. Raises BadInput `adopted-in-future`, `adopted-by-nobody`.

    What waited for it is settled; the caller applies it in the same transaction.
    """
    require_role(by, clock.now_ns(), MANAGER)
    if not approved_by.strip():
        raise BadInput("adopted-by-nobody")
    if adopted_on > local_time.today():
        raise BadInput("adopted-in-future")
    with transaction.atomic():
        before = adopted()
        made = Regulations.objects.create(
            version=before.version + 1 if before else 1,
            terms=terms,
            sha256=digest(terms),
            approved_by=approved_by.strip(),
            adopted_on=adopted_on,
            changes=changes,
            pdf=pdf,
            entered_by=by,
            entered_ns=clock.now_ns(),
        )
        PlannedChange.objects.filter(settled_ns=None).update(settled_ns=clock.now_ns())
        entries.record(
            "regulations-adopted",
            actor=by.actor,
            obj={"regulations": made.version},
            detail={
                "sha256": made.sha256,
                "paper_sha256": hashlib.sha256(pdf).hexdigest(),
                "approved_by": made.approved_by,
                "adopted_on": adopted_on.isoformat(),
            },
        )
    return made


def _days(camera: dict[str, Any]) -> int:
    return MONTH_DAYS if camera["months"] else camera["days"] or 0
