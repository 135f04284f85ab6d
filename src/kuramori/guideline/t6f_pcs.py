"""T6f: PCs that handle pictures are protected against viruses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, renewed
from kuramori.guideline.clause import AFTER_WARNING, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """The PC that was not checked for longest decides; that PC shows nothing until it is checked."""
    period_ns = body.rules.pc_check_days * DAY_NS
    findings = [renewed(one, body.began_ns, period_ns, now_ns, "pc-check", "warn") for one in body.pc_checks]
    return max(findings, key=lambda one: (one.code, -(one.turns_at_ns or 0)), default=HOLDS)


CLAUSE = Clause(
    id="T6f",
    title=_("Protected PCs"),
    asks=_("Where pictures are handled on a PC, protect it well against computer viruses."),
    done_by=_(
        "The recorder examines itself. Every other PC has a list that takes a minute, four times a year: "
        "virus scanner, updates, screen lock. Without it that PC shows no pictures. What is uploaded is "
        "read in a locked-in process."
    ),
    kind="guideline",
    strength="detected",
    subject="body",
    judge=judge,
    reads=(
        "pc_checks",
        "began_ns",
        "rules",
    ),
    closes="warn",
    turns=AFTER_WARNING,
    evidence=_("The list of each PC with the day it was filled in."),
    forms=("F22",),
    words={
        "pc-check-due": RefusalWords(
            title=_("A PC is due for its check"),
            why=_("The last check of a PC is three months ago."),
            cure=_("Go through the list on that PC."),
            who=_("The manager."),
        ),
        "pc-check-late": RefusalWords(
            title=_("A PC was not checked"),
            why=_("A PC whose check is too long ago shows no pictures."),
            cure=_("Go through the list on that PC."),
            who=_("The manager."),
        ),
    },
    cures={
        "pc-check-due": Cure("pcs", _("Go to the list")),
        "pc-check-late": Cure("pcs", _("Go to the list")),
    },
    passable=(),
)
