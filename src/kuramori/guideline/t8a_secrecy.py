"""T8a: what one learns stays where it was learnt."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import PersonFacts
from kuramori.guideline.periods import covered_until
from kuramori.web.refusals import RefusalWords


def judge(person: PersonFacts, now_ns: int) -> Finding:
    """Whoever works here has promised in the words that count now; what they say outside is theirs to "
    "keep."""
    until_ns = covered_until(person.pledges, now_ns)
    if until_ns == now_ns:
        return Finding("no-view", "pledge-missing")
    return HOLDS if until_ns is None else Finding("", "", until_ns, "no-view", "pledge-missing")


CLAUSE = Clause(
    id="T8a",
    title=_("Keeping secrets"),
    asks=_(
        "Do not tell others what you learn about people while running cameras, and do not use it "
        "improperly, also after you leave."
    ),
    done_by=_(
        "The viewer's name and the time stand over every picture, and the record says who looked at "
        "what. Keeping silent is up to people."
    ),
    kind="guideline",
    strength="enforced",
    subject="person",
    judge=judge,
    reads=("pledges",),
    closes="no-view",
    turns=AT_ONCE,
    evidence=_("The pledge of each person with the words they read."),
    forms=("F06",),
    words={
        "pledge-missing": RefusalWords(
            title=_("The pledge is not signed"),
            why=_("Whoever works with the cameras promises to keep what they learn to themselves."),
            cure=_("Read the pledge and sign it."),
            who=_("The person themselves."),
        )
    },
    cures={"pledge-missing": Cure("duties", _("Read and sign"))},
)
