"""What comes after a yes: handing over, receipt, return; and reminders while one is outstanding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import approving
from kuramori.access.models import Approval
from kuramori.cases import packages, signed_papers, states, steps
from kuramori.cases.case_models import Case
from kuramori.cases.deciding import CONFIRM_WITHIN_NS
from kuramori.errors import BadInput
from kuramori.footage import findings
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places import bodies
from kuramori.retention import holds

if TYPE_CHECKING:
    from kuramori.people.models import Account

RECEIPT_WITHIN_DAYS = 7
RECEIPT, RETURN, UNAPPROVED = "receipt-missing", "return-overdue", "emergency-unapproved"


def hand_over(by: Account, case: Case, *, medium: str, receiver: str, return_by: date, package: str) -> None:
    """A package (its number) left the house: on which medium, to whom, and by when it comes back or is
    erased. Footage leaves in no other way. Raises `BadInput` for one that was not written, or is out.
    """
    require_role(by, clock.now_ns(), MANAGER, OPERATOR)
    if not medium.strip() or not receiver.strip():
        raise BadInput("handed-incomplete")
    with transaction.atomic():
        said = {"medium": medium.strip(), "receiver": receiver.strip(), "return_by": return_by.isoformat()}
        said |= packages.handed(case, package)
        steps.take(case, "hand-over", by, said=said)
        Case.objects.filter(pk=case.pk).update(return_by=return_by)
        case.return_by = return_by


def receipt(by: Account, case: Case, *, signed_by: str, signed_on: date) -> None:
    """The signed receipt with its promises is here (F11)."""
    require_role(by, clock.now_ns(), MANAGER, OPERATOR)
    with transaction.atomic():
        steps.take(case, "receipt", by, said={"signed_by": signed_by, "signed_on": signed_on.isoformat()})
        findings.clear(RECEIPT, case.number)


def returned(by: Account, case: Case, *, how: str, done_on: date, told_by: str) -> None:
    """The copy came back, or its holder says that it was erased."""
    require_role(by, clock.now_ns(), MANAGER, OPERATOR)
    with transaction.atomic():
        steps.take(case, "return", by, words=how, said={"done_on": done_on.isoformat(), "told_by": told_by})
        findings.clear(RETURN, case.number)


def close(manager: Account, case: Case, words: str = "") -> None:
    """The case is over: approvals end, and what only it kept is erased."""
    require_role(manager, clock.now_ns(), MANAGER)
    with transaction.atomic():
        steps.take(case, "close", manager, words=words)
        for approval in Approval.objects.filter(case_number=case.number, withdrawn_ns=None):
            approving.take_back(approval, manager)
        for scope in case.scopes.exclude(hold=None).select_related("hold"):
            if scope.hold is not None and holds.state(scope.hold) not in ("ended", "refused"):
                holds.end(manager, scope.hold, case.number)


def remind() -> int:
    """Findings for what is outstanding, and their end when it is not any more. Returns how many are new."""
    now_ns, today = clock.now_ns(), _today()
    new = 0
    for case in Case.objects.filter(state=states.HANDED):
        handed = case.steps.filter(act="hand-over").last()
        late_ns = RECEIPT_WITHIN_DAYS * 24 * 3600 * clock.NS_PER_S
        if handed is not None and now_ns > handed.at_ns + late_ns:
            new += findings.stand(RECEIPT, case.number, case=case.number)
    for case in Case.objects.filter(state__in=(states.HANDED, states.RECEIPTED), return_by__lt=today):
        new += findings.stand(RETURN, case.number, case=case.number)
    new += signed_papers.follow()
    for case in Case.objects.filter(kind=states.DANGER):
        new += _unapproved(case, now_ns)
    return new


def _unapproved(case: Case, now_ns: int) -> bool:
    """After three days without approval it stays a finding: approval that comes later does not undo it."""
    opened = case.steps.filter(act="open").first()
    if opened is None:
        return False
    decided = case.steps.filter(act="confirm").first()
    over_ns = opened.at_ns + CONFIRM_WITHIN_NS
    late = now_ns > over_ns and (decided is None or decided.at_ns > over_ns)
    return late and findings.stand(UNAPPROVED, case.number, case=case.number)


def _today() -> date:
    return bodies.local(clock.now_ns()).date()
