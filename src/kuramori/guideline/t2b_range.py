"""T2b: the camera sees no more than was approved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """No approved range, or a mask that was missing in the pictures: nothing is recorded. A movable camera
    that left its approved place, or any that shows something else than was approved: nobody looks."""
    if not camera.range_approved:
        return Finding("no-record", "range-missing")
    if camera.mask_failed:
        return Finding("no-record", "mask-failed")
    if camera.left:
        return Finding("sealed", "place-left")
    if camera.view_moved:
        return Finding("sealed", "view-moved")
    return HOLDS


CLAUSE = Clause(
    id="T2b",
    title=_("No more in the picture than needed"),
    asks=_("Keep what the camera films to the smallest area that its purpose needs."),
    done_by=_(
        "A person draws and approves the area on a test picture. A camera without an approved area is "
        "not recorded. Masks are painted into the picture before anything is stored or shown, and checked "
        "every minute; when one is missing, the camera stops and what may show too much is erased. A camera "
        "that can be turned is approved at one place; when it leaves that, nobody may look. "
        "What each camera sees is compared every few seconds with what was approved; a camera that was "
        "moved or turned shows nothing more to anybody until it is approved anew."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=(
        "range_approved",
        "mask_failed",
        "left",
        "view_moved",
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
        "mask-failed": RefusalWords(
            title=_("A mask was missing in this camera's pictures, so it is not recorded"),
            why=_("What is masked must never be stored. What was recorded since the last check is erased."),
            cure=_("Look at a test picture and approve the masks anew. If it happens again, call for help."),
            who=_("The manager."),
        ),
        "place-left": RefusalWords(
            title=_("This camera left the place that was approved"),
            why=_(
                "Turned or zoomed, it sees what nobody has approved. Also when it has come back by itself."
            ),
            cure=_("Turn it back on its own page, look at a test picture, and approve it anew."),
            who=_("The manager."),
        ),
        "view-moved": RefusalWords(
            title=_("This camera no longer shows what was approved"),
            why=_("It was moved, turned or zoomed, and may see more than its purpose needs."),
            cure=_("Have it turned back if nobody wanted this, look at a test picture, and approve it anew."),
            who=_("The manager."),
        ),
    },
    cures={
        "range-missing": Cure("setup_range", _("Draw the area")),
        "view-moved": Cure("setup_range", _("Look and approve anew")),
        "place-left": Cure("setup_range", _("Look and approve anew")),
        "mask-failed": Cure("setup_range", _("Approve the masks anew")),
    },
)
