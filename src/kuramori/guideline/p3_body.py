"""P3: somebody answers for the cameras, and says who they are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Without a name and a telephone number nobody could be asked about the pictures: nothing is recorded."""
    if not body.name.strip() or not body.telephone.strip():
        return Finding("no-record", "body-missing")
    return HOLDS


CLAUSE = Clause(
    id="P3",
    title=_("Who installs the cameras"),
    asks=_(
        "Companies, individuals and associations that put up cameras where anybody may come in are all"
        " asked to follow the guideline. One of them answers for each camera."
    ),
    done_by=_(
        "Set-up asks for the installing body's name, place and telephone number first. They are "
        "printed on the sign. Nothing is recorded before they are known."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=(
        "name",
        "telephone",
    ),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("The body as entered, and every change of it in the record."),
    forms=("F01",),
    words={
        "body-missing": RefusalWords(
            title=_("Nobody is named as the installing body"),
            why=_("People who are filmed must be able to learn who films them and whom to call."),
            cure=_("Write the body's name, place and telephone number."),
            who=_("The installing body."),
        )
    },
    cures={"body-missing": Cure("setup_body", _("Write the name and telephone number"))},
)
