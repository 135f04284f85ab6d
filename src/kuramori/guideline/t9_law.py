"""T9: the law on personal information is followed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import owed
from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """A leak is reported by its day; a report that is late stops handing out at once."""
    if not body.reports_by_ns:
        return HOLDS
    return owed(min(body.reports_by_ns), now_ns, "leak-report", "no-export")


CLAUSE = Clause(
    id="T9",
    title=_("The law on personal information"),
    asks=_("Handle pictures by which people can be recognised as the law on personal information says."),
    done_by=_(
        "What a person filmed may ask, how a leak is reported and when, stands in the requests and the "
        "incidents, each with its day counted from the moment somebody first knew. Whether the law is "
        "met, people judge."
    ),
    kind="law",
    strength="recorded",
    subject="body",
    judge=judge,
    reads=("reports_by_ns",),
    closes="no-export",
    turns=AT_ONCE,
    evidence=_("Incidents with the moment somebody first knew, and when each report was sent."),
    forms=(
        "F20",
        "F23",
    ),
    words={
        "leak-report-due": RefusalWords(
            title=_("A leak must be reported"),
            why=_("The days to report it are running since somebody first knew."),
            cure=_("Write the report and send it."),
            who=_("The manager."),
        ),
        "leak-report-late": RefusalWords(
            title=_("The report of a leak is late"),
            why=_("The day to report it has passed."),
            cure=_("Send the report now and enter when it was sent."),
            who=_("The manager."),
        ),
    },
    cures={
        "leak-report-due": Cure("register", _("Go to the incident"), "incidents"),
        "leak-report-late": Cure("register", _("Go to the incident"), "incidents"),
    },
    passable=(),
)
