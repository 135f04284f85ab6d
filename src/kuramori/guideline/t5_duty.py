"""T5: those who run cameras see to it that pictures neither leak nor are misused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Held by every page that shows a picture; there is no setting that would turn it off."""
    return HOLDS


CLAUSE = Clause(
    id="T5",
    title=_("The duty of those who run cameras"),
    asks=_("Whoever installs and runs cameras handles pictures properly and lets none leak or be misused."),
    done_by=_(
        "Every look needs a permission that names camera, time, person and reason, and is in the "
        "record before the first picture is shown. Refused attempts are in the record too."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=(),
    evidence=_("The record of every look, and the training of everybody with a role."),
    forms=(
        "F25",
        "F26",
    ),
)
