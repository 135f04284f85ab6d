"""Moving a case on: the machine is asked, the step is written, the ledger has it, all in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kuramori import clock
from kuramori.cases import states
from kuramori.cases.case_models import Case, CaseStep
from kuramori.ledger import entries

if TYPE_CHECKING:
    from kuramori.ledger.entries import OutcomeWord
    from kuramori.people.models import Account

REFUSING = {"refuse", "disapprove", "revoke"}


def take(
    case: Case,
    act: str,
    by: Account | None,
    *,
    words: str = "",
    second_person: str = "",
    said: dict[str, Any] | None = None,
) -> CaseStep:
    """Do `act` on `case` inside the caller's transaction. Raises `Refusal` where its machine says no."""
    kept = Case.objects.select_for_update().get(pk=case.pk)
    before, after = kept.state, states.after(kept.kind, kept.state, act)
    Case.objects.filter(pk=case.pk).update(state=after)
    case.state = after
    return note(case, act, by, before=before, words=words, second_person=second_person, said=said)


def note(
    case: Case,
    act: str,
    by: Account | None,
    *,
    before: str = "",
    words: str = "",
    second_person: str = "",
    said: dict[str, Any] | None = None,
) -> CaseStep:
    """Write a step that does not move the case, or the step of one that was just moved."""
    outcome = "refused" if act in REFUSING else "allowed" if act in ("grant", "open", "confirm") else "done"
    step = CaseStep.objects.create(
        case=case,
        act=act,
        before=before or case.state,
        after=case.state,
        by=by,
        second_person=second_person.strip(),
        at_ns=clock.now_ns(),
        words=words.strip(),
        said=said or {},
    )
    entries.record(
        f"case-{act}",
        actor=by.actor if by else "program:work",
        obj={"case": case.number, "step": step.pk},
        outcome=cast("OutcomeWord", outcome),
        reason=step.words,
        detail={"basis": case.basis, "second": step.second_person, **step.said},
    )
    return step
