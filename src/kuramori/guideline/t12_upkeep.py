"""T12: cameras are inspected regularly."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, renewed
from kuramori.guideline.clause import AFTER_WARNING, Clause, Cure, Finding
from kuramori.guideline.facts import SiteFacts
from kuramori.web.refusals import RefusalWords


def judge(site: SiteFacts, now_ns: int) -> Finding:
    """The program looks every day by itself; a person walks round twice a year."""
    period_ns = site.rules.walk_round_days * DAY_NS
    return renewed(site.round_ns, site.began_ns, period_ns, now_ns, "round", "no-export", site.round_again_ns)


CLAUSE = Clause(
    id="T12",
    title=_("Regular inspection"),
    asks=_("Inspect the cameras regularly so that they work properly."),
    done_by=_(
        "Gaps, clock, disks, erasure and the record are examined all the time. Twice a year a person "
        "walks round with one sheet: lens, mount, sign, lock, picture. When nobody has, nothing can be "
        "handed out."
    ),
    kind="guideline",
    strength="detected",
    subject="site",
    judge=judge,
    reads=(
        "round_ns",
        "round_again_ns",
        "began_ns",
        "rules",
    ),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("The daily state, the sheets of each walk-round and the yearly report."),
    forms=("F17",),
    words={
        "round-due": RefusalWords(
            title=_("Walk round and inspect"),
            why=_("The last walk-round is half a year ago."),
            cure=_("Print the sheet, walk round, and enter it."),
            who=_("The manager."),
        ),
        "round-late": RefusalWords(
            title=_("Nobody has walked round"),
            why=_("The last inspection is too long ago, so nothing can be handed out."),
            cure=_("Print the sheet, walk round, and enter it."),
            who=_("The manager."),
        ),
    },
    cures={
        "round-due": Cure("register_new", _("Enter the walk-round"), "rounds"),
        "round-late": Cure("register_new", _("Enter the walk-round"), "rounds"),
    },
    passable=("round-late",),
)
