"""T13: whoever sold or installed the cameras explains how pictures are protected."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, owed
from kuramori.guideline.clause import AFTER_WARNING, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import InstalledFacts, SiteFacts
from kuramori.web.refusals import RefusalWords


def judge(site: SiteFacts, now_ns: int) -> Finding:
    """Due within fourteen days of each camera; what was explained of the device before it does not count."""
    open_since_ns = [one.since_ns for one in site.installed if not _explained(one, now_ns)]
    if not open_since_ns:
        return HOLDS
    by_ns = min(open_since_ns) + site.rules.explanation_days * DAY_NS
    return owed(by_ns, now_ns, "explanation", "no-export")


def _explained(one: InstalledFacts, now_ns: int) -> bool:
    return one.explained_ns is not None and one.since_ns <= one.explained_ns <= now_ns


CLAUSE = Clause(
    id="T13",
    title=_("Explained by whoever installed it"),
    asks=_(
        "Whoever sells or installs security cameras explains to the body how pictures are to be handled "
        "properly."
    ),
    done_by=_(
        "The sheet is filled from what the machine really is: password changed, days kept, encryption, "
        "erasure, what to do after a leak. Fitter and manager sign it within fourteen days; without it "
        "nothing can be handed out."
    ),
    kind="guideline",
    strength="attested",
    subject="site",
    judge=judge,
    reads=(
        "installed",
        "rules",
    ),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("The signed sheet for each installation and each replacement."),
    forms=("F21",),
    words={
        "explanation-due": RefusalWords(
            title=_("The explanation is not signed yet"),
            why=_("Whoever installed the cameras explains how they are protected, and both sign."),
            cure=_("Print the sheet, go through it together, and sign."),
            who=_("The manager."),
        ),
        "explanation-late": RefusalWords(
            title=_("The explanation was never signed"),
            why=_("Fourteen days have passed since a camera was put up, so nothing can be handed out."),
            cure=_("Print the sheet, go through it together, and sign."),
            who=_("The manager."),
        ),
    },
    cures={
        "explanation-due": Cure("register_new", _("Print and sign"), "explanations"),
        "explanation-late": Cure("register_new", _("Print and sign"), "explanations"),
    },
    passable=("explanation-late",),
)
