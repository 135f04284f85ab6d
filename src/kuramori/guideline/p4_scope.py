"""P4: which cameras the guideline is about."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import CameraFacts


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """Every camera registered here is treated as within the guideline; none can be declared outside it."""
    return HOLDS


CLAUSE = Clause(
    id="P4",
    title=_("Cameras the guideline is about"),
    asks=_(
        "Cameras that are there to prevent crime, keep their pictures on a recording medium, and look "
        "at places where anybody may come in, such as parks, shopping streets, stations and banks."
    ),
    done_by=_("Every camera registered in this program is treated as such a camera. None can be exempted."),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=(),
    evidence=_("The register of cameras; each is treated as within the guideline."),
    forms=("F01",),
)
