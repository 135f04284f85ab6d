"""T2b: the camera sees no more than was approved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """No approved range, or a mask that this version cannot draw into the picture: nothing is recorded."""
    if not camera.range_approved:
        return Finding("no-record", "range-missing")
    if camera.masked:
        return Finding("no-record", "mask-waits")
    return HOLDS


CLAUSE = Clause(
    id="T2b",
    title=_("No more in the picture than needed"),
    asks=_("Keep what the camera films to the smallest area that its purpose needs."),
    done_by=_(
        "A person draws and approves the area on a test picture. A camera without an approved area is "
        "not recorded, and neither is one with a mask: a mask has to be in the picture before it is "
        "stored, which this version cannot do yet."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=(
        "range_approved",
        "masked",
    ),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("The approved drawing of each camera with who approved it and when."),
    forms=("F03",),
    words={
        "range-missing": RefusalWords(
            title=_("Nobody has approved what the camera sees"),
            why=_("The area a camera films has to be decided and kept as small as its purpose allows."),
            cure=_("Look at a test picture and draw the area."),
            who=_("The manager."),
        ),
        "mask-waits": RefusalWords(
            title=_("A mask is drawn, so this camera is not recorded for now"),
            why=_(
                "What is masked must never be stored. This version cannot yet draw masks into the picture."
            ),
            cure=_("Turn the camera so that no mask is needed, and approve its picture without one."),
            who=_("The manager."),
        ),
    },
    cures={
        "range-missing": Cure("setup_range", _("Draw the area")),
        "mask-waits": Cure("setup_range", _("Draw the area without a mask")),
    },
)
