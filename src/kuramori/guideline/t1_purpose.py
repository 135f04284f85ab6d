"""T1: every camera has a purpose in writing, and its footage is used for nothing else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """No purpose, no picture."""
    return HOLDS if camera.purpose.strip() else Finding("no-record", "purpose-missing")


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
    words={
        "purpose-missing": RefusalWords(
            title=_("The camera has no purpose yet"),
            why=_("Nobody has written down what this camera is for."),
            cure=_("Choose or write the camera's purpose."),
            who=_("The manager."),
        )
    },
    cures={"purpose-missing": Cure("setup_purpose", _("Write the purpose"))},
)
