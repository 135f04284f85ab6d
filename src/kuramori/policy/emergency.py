"""Danger passes what closes a camera to eyes, by itself, for a day: a deviation, marked as own.

What nobody may pass (`deviations.NEVER`) stays closed, and so does a gate of a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.ledger import entries
from kuramori.policy import deviations, gates
from kuramori.policy.deviation_models import Deviation

if TYPE_CHECKING:
    from kuramori.people.models import Account

LASTS_NS = 24 * 3600 * clock.NS_PER_S
PASSES = ("sealed", "no-view")


def pass_gates(by: Account, camera_id: str, case: str, reason: str) -> list[Deviation]:
    """Pass what `PASSES` before one camera now, for one case alone, inside the caller's transaction."""
    now_ns = clock.now_ns()
    passed, made = deviations.all_in_force(now_ns, case), []
    for subject_kind, subject_id in gates.standing_behind("camera", camera_id):
        for row in gates.verdicts([(subject_kind, subject_id)]):
            closed = gates.at(row, now_ns, passed)
            if closed is None or closed.gate not in PASSES or closed.code in deviations.NEVER:
                continue
            deviation = Deviation.objects.create(
                code=closed.code,
                clause=closed.clause,
                subject_kind=subject_kind,
                subject_id=subject_id,
                reason=reason,
                case_number=case,
                asked_by=by,
                asked_at_ns=now_ns,
                approved_by=by,
                approved_at_ns=now_ns,
                self_approved=True,
                ends_ns=now_ns + LASTS_NS,
            )
            made.append(deviation)
            entries.record(
                "deviation-approved",
                actor=by.actor,
                obj={"deviation": str(deviation.pk), subject_kind: subject_id},
                reason=reason,
                detail={"clause": closed.clause, "code": closed.code, "case": case,
                        "ends_ns": str(deviation.ends_ns), "self_approved": True},
            )  # fmt: skip
    return made


def end(by: Account, numbers: list[int], reason: str) -> None:
    """The gates close again at once, inside the caller's transaction."""
    now_ns = clock.now_ns()
    for deviation in Deviation.objects.filter(pk__in=numbers, ended_at_ns=None, ends_ns__gt=now_ns):
        deviation.ended_by, deviation.ended_at_ns, deviation.end_reason = by, now_ns, reason[:200]
        deviation.save(update_fields=["ended_by", "ended_at_ns", "end_reason"])
        entries.record("deviation-ended", actor=by.actor, obj={"deviation": str(deviation.pk)}, reason=reason)
