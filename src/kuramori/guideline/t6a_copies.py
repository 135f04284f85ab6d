"""T6a: no needless copies, no edits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """There is no button for a copy in this version, and nothing writes into a recorded file again."""
    return HOLDS


CLAUSE = Clause(
    id="T6a",
    title=_("No needless copies or edits"),
    asks=_("Do not copy or edit pictures without need."),
    done_by=_(
        "Recorded files are written once and never changed. Pictures are shown on the screen and "
        "stored nowhere on the way, and this version has no way of copying them out."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=(),
    evidence=_("The record of what was handed out, by hash, recipient and approval."),
    forms=("F12",),
)
