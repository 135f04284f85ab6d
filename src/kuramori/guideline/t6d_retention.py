"""T6d: kept no longer than needed, in principle at most one month."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """Nobody said how long: not recorded. (31 days are cut at the calendar month when footage is dated.)"""
    if camera.days is None and camera.months is None:
        return Finding("no-record", "retention-missing")
    most_months = 1 if camera.rules.month_is_allowed else 0
    if (camera.days or 0) > camera.rules.most_days or (camera.months or 0) > most_months:
        return Finding("no-record", "retention-too-long")
    if camera.longer_by_deviation:
        return Finding("warn", "retention-longer")
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
    reads=(
        "days",
        "months",
        "longer_by_deviation",
        "rules",
    ),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("The period in the head of each recorded file, the certificates and the list of holds."),
    forms=(
        "F15",
        "F16",
    ),
    words={
        "retention-missing": RefusalWords(
            title=_("Nobody has said how long pictures are kept"),
            why=_("Every picture needs a day of erasure before it is recorded."),
            cure=_("Say how many days the pictures are kept."),
            who=_("The manager."),
        ),
        "retention-longer": RefusalWords(
            title=_("Pictures are kept longer by a deviation"),
            why=_("A deviation that is in force lets them be kept for more than a month."),
            cure=_("End the deviation when its reason is gone."),
            who=_("The manager."),
        ),
        "retention-too-long": RefusalWords(
            title=_("Pictures would be kept for too long"),
            why=_(
                "The guideline asks for the shortest time that the purpose needs, in principle at most"
                " a month."
            ),
            cure=_("Choose fewer days."),
            who=_("The manager."),
        ),
    },
    cures={
        "retention-longer": Cure("deviations", _("See the deviations"), about_camera=False),
        "retention-missing": Cure("setup_days", _("Say how many days")),
        "retention-too-long": Cure("setup_days", _("Choose fewer days")),
    },
)
