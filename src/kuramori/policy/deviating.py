"""Asking for a deviation, approving it, ending it. Each is in the record in the same transaction."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Refusal
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places import bodies
from kuramori.places.models import Body, Site
from kuramori.policy import deviations, keeping
from kuramori.policy.deviation_models import LONGER_MONTHS, RETENTION, Deviation

if TYPE_CHECKING:
    from kuramori.people.models import Account


def ask(
    asker: Account, code: str, subject_id: str, reason: str, ends_ns: int, longer_months: int | None = None
) -> Deviation:
    """A deviation that waits for approval; a one-person body's own is approved at once and marked.

    Raises `Refusal` (`never-deviable`, `role-needed`), BadInput (`reason-missing`, `deviation-end` …).
    """
    now_ns = clock.now_ns()
    require_role(asker, now_ns, MANAGER, OPERATOR)
    passable = deviations.passable_by(code)
    if passable is None or code in deviations.NEVER:
        raise Refusal("never-deviable", clause="P2", kind="security")
    _require_sense(passable, subject_id, reason, ends_ns, longer_months, now_ns)
    with transaction.atomic():
        made = Deviation.objects.create(
            code=code,
            clause=passable.clause,
            subject_kind=passable.subject_kind,
            subject_id=subject_id,
            reason=reason.strip(),
            longer_months=longer_months,
            asked_by=asker,
            asked_at_ns=now_ns,
            ends_ns=ends_ns,
        )
        _ledger("deviation-asked", asker, made, made.reason)
        if _one_person():
            require_role(asker, now_ns, MANAGER)
            made.self_approved = True
            _approve(asker, made, now_ns)
    return made


def approve(approver: Account, number: int) -> Deviation:
    """A manager other than the asker approves. Raises `Refusal` (`own-request`, `deviation-over`)."""
    now_ns = clock.now_ns()
    require_role(approver, now_ns, MANAGER)
    with transaction.atomic():
        made = Deviation.objects.select_for_update().get(pk=number)
        if made.approved_at_ns is not None:
            return made
        if approver == made.asked_by:
            raise Refusal("own-request", clause="P2", kind="regulations")
        if made.over_at_ns <= now_ns:
            raise Refusal("deviation-over", clause="P2", kind="regulations")
        _approve(approver, made, now_ns)
    return made


def end(manager: Account, number: int, reason: str) -> Deviation:
    """It is over now (or was never approved): its gate closes again at this instant."""
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    if not reason.strip():
        raise BadInput("reason-missing")
    with transaction.atomic():
        made = Deviation.objects.select_for_update().get(pk=number)
        if made.over_at_ns > now_ns:
            made.ended_by, made.ended_at_ns, made.end_reason = manager, now_ns, reason.strip()
            made.save()
            _ledger("deviation-ended", manager, made, made.end_reason)
            if made.code == RETENTION and made.approved_at_ns is not None:
                keeping.renew(Camera.objects.get(pk=made.subject_id), manager, reason=made.end_reason)
    return made


def a_year_after_ns(now_ns: int) -> int:
    """The last instant at which a deviation asked for now may end: twelve months on, where the body is."""
    local = bodies.local(now_ns)
    day = min(local.day, calendar.monthrange(local.year + 1, local.month)[1])
    return clock.ns_of(local.replace(year=local.year + 1, day=day))


def _approve(approver: Account, made: Deviation, now_ns: int) -> None:
    made.approved_by, made.approved_at_ns = approver, now_ns
    made.save()
    _ledger("deviation-approved", approver, made, made.reason)
    if made.code == RETENTION:
        keeping.renew(Camera.objects.get(pk=made.subject_id), approver, reason=made.reason)


def _require_sense(
    passable: deviations.Passable,
    subject_id: str,
    reason: str,
    ends_ns: int,
    longer_months: int | None,
    now_ns: int,
) -> None:
    if not reason.strip():
        raise BadInput("reason-missing")
    if not now_ns < ends_ns <= a_year_after_ns(now_ns):
        raise BadInput("deviation-end")
    if (longer_months in LONGER_MONTHS) != (passable.code == RETENTION):
        raise BadInput("deviation-months")
    if passable.code == RETENTION and not keeping.current_of(subject_id):
        raise BadInput("deviation-subject")
    if not _exists(passable.subject_kind, subject_id):
        raise BadInput("deviation-subject")


def _exists(kind: str, subject_id: str) -> bool:
    if kind == "camera":
        return Camera.objects.filter(pk=subject_id, retired_ns=None).exists()
    if kind == "site":
        return subject_id.isdecimal() and Site.objects.filter(pk=int(subject_id)).exists()
    return subject_id == "1" and Body.objects.exists()


def _one_person() -> bool:
    body = Body.objects.first()
    return bool(body and body.one_person)


def _ledger(act: str, by: Account, made: Deviation, reason: str) -> None:
    entries.record(
        act,
        actor=by.actor,
        obj={"deviation": str(made.pk), made.subject_kind: made.subject_id},
        outcome="done",
        reason=reason,
        detail={
            "clause": made.clause,
            "code": made.code,
            "ends_ns": str(made.ends_ns),
            "months": made.longer_months,
            "self_approved": made.self_approved,
        },
    )
