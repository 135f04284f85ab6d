"""T1: every camera has a purpose in writing, and its footage is used for nothing else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """No purpose, no picture; where the city wants cameras filed, none before it is."""
    if not camera.purpose.strip():
        return Finding("no-record", "purpose-missing")
    if camera.rules.filing_needed and (camera.filed_ns is None or camera.filed_ns > now_ns):
        return Finding("no-record", "filing-missing")
    return HOLDS


CLAUSE = Clause(
    id="T1",
    title=_("A clear purpose"),
    asks=_("Say clearly what the camera is there for, and do not use its pictures for anything else."),
    done_by=_(
        "Each camera has a written purpose with a version, and every recorded file carries that "
        "version. Whoever looks states a purpose from a closed list. A camera without a purpose is not"
        " recorded."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=(
        "purpose",
        "filed_ns",
        "rules",
    ),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("Every version of each purpose, and the version in the head of each recorded file."),
    forms=(
        "F01",
        "F10",
    ),
    words={
        "filing-missing": RefusalWords(
            title=_("The camera has not been filed with the city"),
            why=_("Where you are, each camera is filed before it records."),
            cure=_("File it, and enter the day."),
            who=_("The manager."),
        ),
        "purpose-missing": RefusalWords(
            title=_("The camera has no purpose yet"),
            why=_("Nobody has written down what this camera is for."),
            cure=_("Choose or write the camera's purpose."),
            who=_("The manager."),
        ),
    },
    cures={
        "filing-missing": Cure("filing_new", _("Enter the filing")),
        "purpose-missing": Cure("setup_purpose", _("Write the purpose")),
    },
)
