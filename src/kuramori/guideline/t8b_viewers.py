"""T8b: whoever saw or received pictures keeps them to themselves and gives them back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import WARNING_NS, owed
from kuramori.guideline.clause import AFTER_WARNING, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """What was handed out comes back or is erased by its day; late ones stop further handing out."""
    if not body.returns_by_ns:
        return HOLDS
    return owed(min(body.returns_by_ns) + WARNING_NS, now_ns, "return", "no-export")


CLAUSE = Clause(
    id="T8b",
    title=_("Whoever saw keeps it to themselves"),
    asks=_("See to it that people who looked at pictures do not tell or misuse what they learnt."),
    done_by=_(
        "Whoever looks or receives a copy promises first. Their name stands over every picture. What was "
        "handed out has a day by which it is returned or erased, and the program asks until that is done."
    ),
    kind="guideline",
    strength="recorded",
    subject="body",
    judge=judge,
    reads=("returns_by_ns",),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("Receipts, promises and what came back, with dates."),
    forms=("F11",),
    words={
        "return-due": RefusalWords(
            title=_("A copy has not come back"),
            why=_("Its day has come, and nobody has said that it was returned or erased."),
            cure=_("Ask the recipient and enter what they say."),
            who=_("The manager."),
        ),
        "return-late": RefusalWords(
            title=_("A copy is overdue"),
            why=_("A copy has been out for two weeks longer than agreed, so nothing more is handed out."),
            cure=_("Ask the recipient and enter what they say."),
            who=_("The manager."),
        ),
    },
    cures={
        "return-due": Cure("cases", _("Go to the requests")),
        "return-late": Cure("cases", _("Go to the requests")),
    },
    passable=("return-late",),
)
