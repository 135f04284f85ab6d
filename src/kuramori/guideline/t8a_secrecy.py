"""T8a: what one learns stays where it was learnt."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """What people say outside is theirs to keep; the program shows who learnt what."""
    return HOLDS


CLAUSE = Clause(
    id="T8a",
    title=_("Keeping secrets"),
    asks=_(
        "Do not tell others what you learn about people while running cameras, and do not use it "
        "improperly, also after you leave."
    ),
    done_by=_(
        "The viewer's name and the time stand over every picture, and the record says who looked at "
        "what. Keeping silent is up to people."
    ),
    kind="guideline",
    strength="recorded",
    subject="body",
    judge=judge,
)
