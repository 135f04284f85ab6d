"""T7: used and shown only for a few reasons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Held by the closed list of reasons and by permissions; nothing shows a picture without one."""
    return HOLDS


CLAUSE = Clause(
    id="T7",
    title=_("Limits on use and viewing"),
    asks=_(
        "Do not use, show or hand over pictures for other purposes, except where a law says so, where "
        "investigators ask because of a crime or accident, or where life, body, property or the public"
        " good calls for it."
    ),
    done_by=_(
        "Whoever wants to see recorded pictures names the camera, the time, the reason and one purpose"
        " of a short list. The manager decides. The permission ends by itself, and both looks and "
        "refusals are in the record."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=(),
    evidence=_("Requests with their basis, decision and release, and every refusal."),
    forms=(
        "F07",
        "F08",
        "F09",
        "F10",
        "F23",
    ),
)
