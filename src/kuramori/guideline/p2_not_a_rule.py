"""P2: the guideline asks and does not command; what a body does otherwise, it says, with its reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Held by the one form of a deviation: no other way leads past a gate, and each ends by itself."""
    return HOLDS


CLAUSE = Clause(
    id="P2",
    title=_("Asked for, not commanded"),
    asks=_(
        "The guideline gathers what those who run cameras are asked to heed, so that preventing crime and"
        " protecting privacy go together. It lays no rule on anybody."
    ),
    done_by=_(
        "Every page says whether something is law, your own regulation or the guideline's wish. Where the "
        "body does otherwise, one form says why, who approved it and until when, at most twelve months; it "
        "stands on every report."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=(),
    evidence=_("The register of deviations, each with reason, approver and end."),
    forms=("F24",),
)
