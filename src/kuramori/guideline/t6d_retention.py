"""T6d: kept no longer than needed, in principle at most one month."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords

MOST_DAYS = 31


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """Nobody said how long: not recorded. (31 days are cut at the calendar month when footage is dated.)"""
    if camera.days is None and camera.months is None:
        return Finding("no-record", "retention-missing")
    if (camera.days or 0) > MOST_DAYS or (camera.months or 0) > 1:
        return Finding("no-record", "retention-too-long")
    return HOLDS


CLAUSE = Clause(
    id="T6d",
    title=_("Kept no longer than needed"),
    asks=_("Keep pictures only as long as the purpose needs; in principle no longer than one month."),
    done_by=_(
        "Each camera has a number of days; 14 is proposed and one calendar month is the most. Every "
        "recorded file carries its day of erasure from the start, and is erased on it whether or not "
        "the disk is full."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    words={
        "retention-missing": RefusalWords(
            title=_("Nobody has said how long pictures are kept"),
            why=_("Every picture needs a day of erasure before it is recorded."),
            cure=_("Say how many days the pictures are kept."),
            who=_("The manager."),
        ),
        "retention-too-long": RefusalWords(
            title=_("Pictures would be kept for more than a month"),
            why=_(
                "The guideline asks for the shortest time that the purpose needs, in principle at most"
                " a month."
            ),
            cure=_("Choose fewer days."),
            who=_("The manager."),
        ),
    },
    cures={
        "retention-missing": Cure("setup_days", _("Say how many days")),
        "retention-too-long": Cure("setup_days", _("Choose fewer days")),
    },
)
