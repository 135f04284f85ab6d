"""T14: the body has regulations of its own and follows them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, owed, renewed
from kuramori.guideline.clause import AFTER_WARNING, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Adopted within fourteen days of the first camera; without them nothing can be handed out."""
    if body.rules.annual_report:
        finding = renewed(body.reported_ns, body.began_ns, 365 * DAY_NS, now_ns, "annual-report", "no-export")
        if finding.code:
            return finding
    if body.regulations_ns is not None and body.regulations_ns <= now_ns:
        return HOLDS
    by_ns = body.began_ns + body.rules.regulations_days * DAY_NS
    return owed(by_ns, now_ns, "regulations", "no-export")


CLAUSE = Clause(
    id="T14",
    title=_("Regulations of your own"),
    asks=_("Make regulations on managing and operating the cameras, with the guideline as a model."),
    done_by=_(
        "The regulations are printed from the settings that run, so what they say is what happens. Their "
        "version, approval and day are kept, and a setting that contradicts them is found."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("regulations_ns", "began_ns", "reported_ns", "rules"),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("Every version of the regulations with its approval, and whether what runs agrees."),
    forms=("F24",),
    words={
        "annual-report-due": RefusalWords(
            title=_("The annual report is due"),
            why=_("Where you are, the city is told once a year how the cameras were managed."),
            cure=_("Print the report, send it, and enter the day."),
            who=_("The manager."),
        ),
        "annual-report-late": RefusalWords(
            title=_("The annual report is late"),
            why=_("Where you are, the city is told once a year how the cameras were managed."),
            cure=_("Print the report, send it, and enter the day."),
            who=_("The manager."),
        ),
        "regulations-due": RefusalWords(
            title=_("The regulations are not adopted yet"),
            why=_("Your body should have regulations of its own for the cameras."),
            cure=_("Print the draft, have it adopted, and enter the day."),
            who=_("The installing body."),
        ),
        "regulations-late": RefusalWords(
            title=_("There are no regulations"),
            why=_("Fourteen days have passed since the first camera, so nothing can be handed out."),
            cure=_("Print the draft, have it adopted, and enter the day."),
            who=_("The installing body."),
        ),
    },
    cures={
        "annual-report-due": Cure("filing_new", _("Enter the filing")),
        "annual-report-late": Cure("filing_new", _("Enter the filing")),
        "regulations-due": Cure("regulations", _("Go to the regulations")),
        "regulations-late": Cure("regulations", _("Go to the regulations")),
    },
    passable=("regulations-late",),
)
