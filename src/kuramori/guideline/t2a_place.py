"""T2a: where the camera hangs is decided and written down."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """A camera that hangs nowhere in particular is not recorded."""
    return HOLDS if camera.place.strip() else Finding("no-record", "place-missing")


CLAUSE = Clause(
    id="T2a",
    title=_("Place, method and number"),
    asks=_(
        "Decide where cameras hang, how they film and how many there are, so that nothing is filmed "
        "needlessly."
    ),
    done_by=_(
        "Only registered cameras are recorded, each with its number and the place where it hangs. "
        "Sound is never recorded. A stream that nobody registered reaches nothing."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=("place",),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("The register of cameras with place and number, and every change of it."),
    forms=(
        "F01",
        "F02",
        "F03",
    ),
    words={
        "place-missing": RefusalWords(
            title=_("The place of the camera is not written down"),
            why=_("The place of each camera has to be decided before it films."),
            cure=_("Write where the camera hangs."),
            who=_("The manager."),
        )
    },
    cures={"place-missing": Cure("setup_camera", _("Write where it hangs"))},
)
