"""Beginning a package and choosing what goes into it: never more than was approved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check
from kuramori.access.models import Approval
from kuramori.errors import BadInput, Refusal
from kuramori.evidence.models import CHOSEN, Package, PackagePart
from kuramori.evidence.stills import MOST_STILLS
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.places import numbering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kuramori.people.models import Account


@dataclass(frozen=True, slots=True)
class Choice:
    """What is taken of one part."""

    part: PackagePart
    start_ns: int
    end_ns: int
    stills_ns: list[int] = field(default_factory=list)
    as_recorded_because: str = ""


def begin(
    manager: Account, case_number: str, case: dict[str, Any], *, receiver: str, return_by: date
) -> Package:
    """A package for one receiver over everything the case's decision lets be copied; at first all of it.

    Inside the caller's transaction. Raises `Refusal` where no copy was approved.
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    standing = Approval.objects.filter(case_number=case_number, withdrawn_ns=None, expires_at_ns__gt=now_ns)
    approvals = list(standing.filter(may_copy=True))
    if not approvals:
        raise Refusal("copy-not-approved", clause="T6a")
    if not receiver.strip():
        raise BadInput("handed-incomplete")
    package = Package.objects.create(
        number=numbering.following(Package, now_ns, digits=6, before="EXP-"),
        case_number=case_number,
        case=case,
        receiver=receiver.strip(),
        return_by=return_by,
        made_by=manager,
        created_ns=now_ns,
    )
    for approval in sorted(approvals, key=lambda one: (one.camera.number, one.start_ns)):
        PackagePart.objects.create(
            package=package, approval=approval, start_ns=approval.start_ns, end_ns=approval.end_ns
        )
    entries.record(
        "package-begun",
        actor=manager.actor,
        obj={"package": package.number, "case": case_number},
        detail={"receiver": package.receiver, "return_by": return_by.isoformat()},
    )
    return package


def choose(manager: Account, package: Package, choices: Sequence[Choice]) -> None:
    """Take over the chosen seconds and moments. Raises `Refusal` beyond the approval, `BadInput`."""
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    if package.state != CHOSEN:
        raise BadInput("package-already-packed")
    if not choices:
        raise BadInput("no-camera-named")
    with transaction.atomic():
        for choice in choices:
            approval = choice.part.approval
            grant_check.require_copy(approval, now_ns)
            if not approval.start_ns <= choice.start_ns < choice.end_ns <= approval.end_ns:
                raise Refusal("grant-other-interval", clause="T7")
            if len(choice.stills_ns) > MOST_STILLS:
                raise BadInput("too-many-stills")
            if any(not choice.start_ns <= at_ns <= choice.end_ns for at_ns in choice.stills_ns):
                raise BadInput("still-outside")
            PackagePart.objects.filter(pk=choice.part.pk, package=package).update(
                start_ns=choice.start_ns,
                end_ns=choice.end_ns,
                stills_ns=sorted(choice.stills_ns),
                as_recorded_because=choice.as_recorded_because.strip(),
            )
            _record_why(manager, package, choice)
        package.parts.exclude(pk__in=[choice.part.pk for choice in choices]).delete()


def _record_why(manager: Account, package: Package, choice: Choice) -> None:
    why = choice.as_recorded_because.strip()
    if why and why != choice.part.as_recorded_because:
        entries.record(
            "redaction-left-out",
            actor=manager.actor,
            obj={"package": package.number, "camera": choice.part.approval.camera_id},
            reason=why,
        )
