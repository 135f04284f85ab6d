"""T6b: the place of monitors and recorders is locked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, renewed
from kuramori.guideline.clause import AFTER_WARNING, Clause, Cure, Finding
from kuramori.guideline.facts import SiteFacts
from kuramori.web.refusals import RefusalWords


def judge(site: SiteFacts, now_ns: int) -> Finding:
    """Locks and keys are looked at with each walk-round; attested by people, so it ages."""
    period_ns = site.rules.room_check_days * DAY_NS
    return renewed(site.room_check_ns, site.began_ns, period_ns, now_ns, "room-check", "no-export")


CLAUSE = Clause(
    id="T6b",
    title=_("A locked place"),
    asks=_(
        "Where monitors and recorders stand, let nobody in who is not permitted, and lock up, as the "
        "place allows."
    ),
    done_by=_(
        "Who holds which key and who went in is written down. Locks are looked at twice a year; when "
        "nobody has, nothing can be handed out. That a door is locked, people attest; the program cannot "
        "see it."
    ),
    kind="guideline",
    strength="attested",
    subject="site",
    judge=judge,
    reads=(
        "room_check_ns",
        "began_ns",
        "rules",
    ),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("The sheets with the look at locks and keys, and who holds which key."),
    forms=("F14",),
    words={
        "room-check-due": RefusalWords(
            title=_("Look at locks and keys"),
            why=_("The place of the recorder has not been looked at for half a year."),
            cure=_("Go and look, and fill in the sheet."),
            who=_("The manager."),
        ),
        "room-check-late": RefusalWords(
            title=_("Nobody has looked at locks and keys"),
            why=_("The last look is too long ago, so nothing can be handed out."),
            cure=_("Go and look, and fill in the sheet."),
            who=_("The manager."),
        ),
    },
    cures={
        "room-check-due": Cure("register_new", _("Fill in the sheet"), "rounds"),
        "room-check-late": Cure("register_new", _("Fill in the sheet"), "rounds"),
    },
    passable=("room-check-late",),
)
