"""Names and words of closed cases go after three years; that there was a case, and how it ended, stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access.models import Approval, EmergencyOpening, Grant, Onlooker
from kuramori.cases import signed_papers, states
from kuramori.cases.case_models import Case, CaseStep
from kuramori.evidence.models import Package
from kuramori.ledger import entries, forgetting
from kuramori.playback.models import Bookmark
from kuramori.retention.models import Hold, HoldReview

if TYPE_CHECKING:
    from django.db.models import QuerySet

GONE = "—"


def forget_old(years: int = forgetting.YEARS) -> int:
    """Erase who asked and what was said in cases that were closed more than `years` ago; returns how many."""
    before_ns = clock.now_ns() - years * forgetting.YEAR_NS
    count = 0
    for case in _due(before_ns):
        with transaction.atomic():
            _forget(case)
            entries.record("case-forgotten", actor="program:work", obj={"case": case.number})
        count += 1
    if count:
        forgetting.wipe_traces()
    return count


def _due(before_ns: int) -> QuerySet[Case]:
    closed = CaseStep.objects.filter(act="close", at_ns__lt=before_ns).values("case")
    return Case.objects.filter(state=states.CLOSED, pk__in=closed).exclude(asker_name=GONE)


def _forget(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(
        asker_name=GONE,
        asker_body="",
        asker_post="",
        asker_contact="",
        document_number="",
        summary=GONE,
        need=GONE,
    )
    case.steps.update(words="", second_person="", said={})
    holds = Hold.objects.filter(case_text=case.number)
    holds.update(reason=GONE)
    holds.exclude(asked_by="").update(asked_by=GONE)
    holds.exclude(second_person="").update(second_person=GONE)
    HoldReview.objects.filter(hold__in=holds).update(reason=GONE)
    Bookmark.objects.filter(case_number=case.number).delete()
    Approval.objects.filter(case_number=case.number).update(reason=GONE)
    Approval.objects.filter(case_number=case.number).exclude(second_person="").update(second_person=GONE)
    Grant.objects.filter(case_text=case.number).update(reason=GONE)
    EmergencyOpening.objects.filter(case_text=case.number).update(reason=GONE)
    Onlooker.objects.filter(viewing__grant__case_text=case.number).update(name=GONE, office="", paper=GONE)
    signed_papers.forget(case)
    Package.objects.filter(case_number=case.number).update(receiver=GONE, case={})
