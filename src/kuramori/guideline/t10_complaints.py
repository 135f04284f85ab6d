"""T10: questions and complaints are answered sincerely and soon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import WARNING_NS, owed
from kuramori.guideline.clause import AFTER_WARNING, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """The open one whose answer is due first decides; two weeks late stops handing out."""
    if not body.answers_by_ns:
        return HOLDS
    return owed(min(body.answers_by_ns) + WARNING_NS, now_ns, "complaint", "no-export")


CLAUSE = Clause(
    id="T10",
    title=_("Questions and complaints"),
    asks=_("Answer questions and complaints sincerely and quickly."),
    done_by=_(
        "Each gets a number, a day for the first answer (three working days) and for the last (fourteen "
        "days), and cannot be closed without saying what was answered and done. What it is about is "
        "looked at again."
    ),
    kind="guideline",
    strength="detected",
    subject="body",
    judge=judge,
    reads=("answers_by_ns",),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("The register of questions and complaints with times and answers."),
    forms=("F18",),
    words={
        "complaint-due": RefusalWords(
            title=_("Somebody waits for an answer"),
            why=_("The day by which a question or complaint was to be answered has come."),
            cure=_("Answer, and enter what was answered."),
            who=_("The manager."),
        ),
        "complaint-late": RefusalWords(
            title=_("Somebody has waited too long for an answer"),
            why=_("An answer is two weeks late, so nothing can be handed out."),
            cure=_("Answer, and enter what was answered."),
            who=_("The manager."),
        ),
    },
    cures={
        "complaint-due": Cure("register", _("Go to the complaint"), "complaints"),
        "complaint-late": Cure("register", _("Go to the complaint"), "complaints"),
    },
    passable=("complaint-late",),
)
