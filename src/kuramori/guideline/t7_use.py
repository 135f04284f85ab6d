"""T7: used and shown only for a few reasons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import owed
from kuramori.guideline.clause import AFTER_WARNING, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Held by the closed list of reasons and by permissions. What a one-person body allows itself is read by
    somebody outside, month by month; unread for 45 days it stops handing out."""
    return owed(min(body.own_months_by_ns, default=None), now_ns, "own-month", "no-export")


CLAUSE = Clause(
    id="T7",
    title=_("Limits on use and viewing"),
    asks=_(
        "Do not use, show or hand over pictures for other purposes, except where a law says so, where "
        "investigators ask because of a crime or accident, or where life, body, property or the public"
        " good calls for it."
    ),
    done_by=_(
        "Whoever wants to see recorded pictures names the camera, the time, the reason and one purpose"
        " of a short list. The manager decides. The permission ends by itself, and both looks and "
        "refusals are in the record. What a body of one person allows itself is signed each month by a "
        "reader outside."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("own_months_by_ns",),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("Requests with their basis, decision and release, and every refusal."),
    forms=(
        "F07",
        "F08",
        "F09",
        "F10",
        "F23",
    ),
    words={
        "own-month-due": RefusalWords(
            title=_("A month of own approvals waits to be read"),
            why=_(
                "A body of one person approved its own requests. Somebody outside reads and signs each month."
            ),
            cure=_("Print the month's sheet, have it signed, and enter it."),
            who=_("The manager, and a reader who is not of the body."),
        ),
        "own-month-late": RefusalWords(
            title=_("A month of own approvals was never read"),
            why=_("Nobody outside has signed it for 45 days, so nothing can be handed out."),
            cure=_("Print the month's sheet, have it signed, and enter it."),
            who=_("The manager, and a reader who is not of the body."),
        ),
    },
    cures={
        "own-month-due": Cure("register_new", _("Print and sign"), "own-months"),
        "own-month-late": Cure("register_new", _("Print and sign"), "own-months"),
    },
    passable=("own-month-late",),
)
