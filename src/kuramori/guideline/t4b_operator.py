"""T4b: nobody but the appointed operates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.guideline.periods import covered_until
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Somebody should be able to operate; that nobody else can is held by every page by itself."""
    if covered_until(body.operators, now_ns) == now_ns:
        return Finding("warn", "operator-missing")
    return HOLDS


CLAUSE = Clause(
    id="T4b",
    title=_("Only appointed people operate"),
    asks=_(
        "A manager who cannot operate the cameras appoints an operator. Nobody else operates them: not"
        " an administrator, not the firm that installed them."
    ),
    done_by=_(
        "Each person signs in with an account and a second factor of their own. What they may do "
        "follows from their appointment alone and ends with it. Every look, allowed or refused, is "
        "written into the record."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("operators",),
    closes="warn",
    turns=AT_ONCE,
    evidence=_("The record of every look, allowed and refused, by person."),
    forms=(
        "F05",
        "F25",
    ),
    words={
        "operator-missing": RefusalWords(
            title=_("Nobody is appointed to operate"),
            why=_("Without an operator nobody can watch live pictures."),
            cure=_("Appoint an operator; the manager may be the operator too."),
            who=_("The manager."),
        )
    },
    cures={"operator-missing": Cure("people", _("Appoint an operator"))},
)
