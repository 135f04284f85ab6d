"""P1: people are free not to be filmed and shown at will."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Held by the whole of the program: what nobody has decided stays closed."""
    return HOLDS


CLAUSE = Clause(
    id="P1",
    title=_("Respect for people's privacy"),
    asks=_(
        "Everybody is free not to have their face and figure filmed and shown at will. Take good care "
        "not to infringe people's rights."
    ),
    done_by=_(
        "What nobody has decided stays closed: no picture is recorded or seen before it is clear what "
        "for, where, how long and by whom. Sound is never recorded, and nobody can be searched for by "
        "face, number plate or name."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
)
