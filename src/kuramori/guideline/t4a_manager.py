"""T4a: a manager is appointed and has accepted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.guideline.periods import covered_until
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Without a manager nobody looks at anything; recording goes on."""
    until_ns = covered_until(body.managers, now_ns)
    if until_ns == now_ns:
        return Finding("no-view", "manager-missing")
    if until_ns is None:
        return Finding()
    return Finding("", "", until_ns, "no-view", "manager-missing")


CLAUSE = Clause(
    id="T4a",
    title=_("A manager is appointed"),
    asks=_("Appoint a manager who sees to it that pictures are handled and kept properly and do not leak."),
    done_by=_(
        "The manager is a person with an account of their own who has accepted the appointment. From "
        "the second it ends without a successor, nobody can look at pictures. Recording goes on."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("managers",),
    closes="no-view",
    turns=AT_ONCE,
    evidence=_("Appointments with acceptance and period."),
    forms=("F05",),
    words={
        "manager-missing": RefusalWords(
            title=_("There is no manager"),
            why=_("Nobody may look at pictures while no manager is appointed."),
            cure=_("Appoint a manager, who then accepts."),
            who=_("The installing body."),
        )
    },
    cures={"manager-missing": Cure("people", _("Appoint a manager"))},
)
