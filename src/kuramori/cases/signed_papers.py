"""Papers of a case that were signed by hand, as scans: above all the form that the second person signed.

The second person needs no account, so their signature stands on paper only. Its scan is asked for until it is
here; what is missing after two weeks is a finding, also of a case that was closed before: closing one is no
way around the paper. When a closed case is forgotten, so is its second person, and nothing is owed any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.cases.case_models import Case, CaseStep
from kuramori.footage import findings
from kuramori.paper import scans
from kuramori.people.roles import MANAGER, OPERATOR, require_role

if TYPE_CHECKING:
    from kuramori.paper.models import Scan
    from kuramori.people.models import Account

KIND = "case-paper"
MISSING = "second-signature-missing"
WITHIN_DAYS = 14


def of(case: Case) -> list[Scan]:
    """The scans of a case, oldest first."""
    return scans.of(KIND, case.number)


def keep(by: Account, case: Case, upload: bytes) -> Scan:
    """A signed paper is here. Raises `BadInput` with a code of `scans.WORDS`, `Refusal`."""
    require_role(by, clock.now_ns(), MANAGER, OPERATOR)
    kept = scans.keep(upload, kind=KIND, subject=case.number, by=by, from_paper=True)
    findings.clear(MISSING, case.number, actor=by.actor)
    return kept


def owed(case: Case, papers: list[Scan]) -> CaseStep | None:
    """The newest step that a second person signed, while none of the case's `papers` was scanned since."""
    step = case.steps.exclude(second_person="").last()
    return step if step and not (papers and papers[-1].entered_ns >= step.at_ns) else None


def forget(case: Case) -> None:
    """The case's words went after their time: its scans with them, and nobody is asked for one any more."""
    scans.forget(KIND, case.number)
    findings.clear(MISSING, case.number)


def follow() -> int:
    """A finding for each case whose second signature is nowhere after two weeks; how many are new."""
    before_ns = clock.now_ns() - WITHIN_DAYS * 24 * 3600 * clock.NS_PER_S
    signed = CaseStep.objects.exclude(second_person="").filter(at_ns__lt=before_ns).values("case")
    new = 0
    for case in Case.objects.filter(pk__in=signed):
        step = owed(case, of(case))
        if step is not None and step.at_ns < before_ns:
            new += findings.stand(MISSING, case.number, case=case.number)
    return new
