"""T6g: a camera on a network has a password of its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """A camera whose password was never checked is not recorded."""
    return HOLDS if camera.password_checked_ns is not None else Finding("no-record", "password-unchecked")


CLAUSE = Clause(
    id="T6g",
    title=_("Proper passwords on the network"),
    asks=_(
        "Where a camera is on the internet or uses radio, protect it against leaks, for example with a"
        " proper password."
    ),
    done_by=_(
        "A camera is registered only with a password of its own: an empty one, one that cameras are "
        "shipped with, and a very short one are refused. The password is kept by the recorder alone, "
        "locked."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=("password_checked_ns",),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("When each password was examined; never the password."),
    forms=("F22",),
    passable=("password-unchecked",),
    words={
        "password-unchecked": RefusalWords(
            title=_("The camera's password has not been checked"),
            why=_("A camera with an empty or well-known password lets anybody on the network look."),
            cure=_("Enter the camera's user name and password once more."),
            who=_("The manager, with the fitter."),
        )
    },
    cures={"password-unchecked": Cure("setup_camera", _("Enter the password"))},
)
