"""T6f: PCs that handle pictures are protected against viruses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, renewed
from kuramori.guideline.clause import AFTER_WARNING, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import PcFacts
from kuramori.web.refusals import RefusalWords


def judge(pc: PcFacts, now_ns: int) -> Finding:
    """No check, or one that was not good: that PC shows nothing. An old one warns first.

    The recorder examines itself all the time; what it finds is a notice, since nobody would see the way out
    on a screen that shows nothing.
    """
    if pc.examines_itself:
        return Finding("warn", pc.faults[0]) if pc.faults else HOLDS
    if pc.checked_ns is None or pc.checked_ns > now_ns:
        return Finding("no-view", "pc-unchecked")
    if not pc.good:
        return Finding("no-view", "pc-check-failed")
    period_ns = pc.rules.pc_check_days * DAY_NS
    return renewed(pc.checked_ns, pc.checked_ns, period_ns, now_ns, "pc-check", "no-view")


CHECK = Cure("register_new", _("Go through the list (one minute)"), "pc-checks")
LOOK = Cure("self_check", _("See what the recorder found"))
WHY = _("Pictures are shown only on PCs whose virus protection and updates were looked at.")
WHO = _("The manager or an operator.")
FITTER = _("Whoever looks after the machine.")

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
    subject="pc",
    judge=judge,
    reads=("examines_itself", "faults", "checked_ns", "good", "rules"),
    closes="no-view",
    turns=AFTER_WARNING,
    evidence=_("The list of each PC with the day it was filled in, and the PC in the record of each look."),
    forms=("F22",),
    words={
        "pc-unchecked": RefusalWords(
            title=_("This PC has not been checked"),
            why=WHY,
            cure=_("Do the check of one minute on that PC and enter it."),
            who=WHO,
        ),
        "pc-check-failed": RefusalWords(
            title=_("The last check of this PC was not good"),
            why=_("Something on it was off, waiting, or too old."),
            cure=_("Put it right, then check again."),
            who=WHO,
        ),
        "pc-check-due": RefusalWords(
            title=_("A PC is due for its check"),
            why=_("The last check of a PC is three months ago."),
            cure=_("Go through the list on that PC."),
            who=WHO,
        ),
        "pc-check-late": RefusalWords(
            title=_("A PC was not checked"),
            why=_("A PC whose check is too long ago shows no pictures."),
            cure=_("Go through the list on that PC."),
            who=WHO,
        ),
        "recorder-updates": RefusalWords(
            title=_("The recorder waits for updates"),
            why=_("Known holes in programs are closed by updates."),
            cure=_("Have the updates installed and the recorder restarted."),
            who=FITTER,
        ),
        "recorder-disk": RefusalWords(
            title=_("The recorder's disk is not encrypted"),
            why=_("Recordings are locked all the same; registers and papers on that disk are not."),
            cure=_("Have the disk encrypted when the recorder is next set up anew."),
            who=FITTER,
        ),
        "recorder-ports": RefusalWords(
            title=_("Something on the recorder listens to the network"),
            why=_("Every program that others can reach is a door."),
            cure=_("Find out what it is, and have it switched off if nobody needs it."),
            who=FITTER,
        ),
        "recorder-clock": RefusalWords(
            title=_("The recorder is not sure of the time"),
            why=_("What was recorded when, and when it is erased, hangs on the clock."),
            cure=_("Have a time server set, or confirm the time."),
            who=FITTER,
        ),
        "recorder-unexamined": RefusalWords(
            title=_("The recorder has not examined itself"),
            why=_("It looks at its updates, disk, open doors and clock all the time."),
            cure=_("Wait a few minutes; if this stays, have the machine looked at."),
            who=FITTER,
        ),
    },
    cures={
        "pc-unchecked": CHECK,
        "pc-check-failed": CHECK,
        "pc-check-due": CHECK,
        "pc-check-late": CHECK,
        **dict.fromkeys(
            (
                "recorder-updates",
                "recorder-disk",
                "recorder-ports",
                "recorder-clock",
                "recorder-unexamined",
            ),
            LOOK,
        ),
    },
    passable=(),
)
