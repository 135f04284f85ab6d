"""P5: a picture that shows who somebody is counts as personal information; nobody can be searched for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """An index of people would make other law apply to all footage: nothing is recorded beside one."""
    return Finding("no-record", "person-index") if body.person_index else HOLDS


CLAUSE = Clause(
    id="P5",
    title=_("Pictures are personal information"),
    asks=_(
        "A picture by which a person can be recognised, also together with other information, is "
        "personal information and is handled by the law on it."
    ),
    done_by=_(
        "All footage is treated as personal information. It can be found by camera and time only: no "
        "table, field or library here could search for a face, a number plate or a name, and the program "
        "looks for one itself."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("person_index",),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("What the program found when it looked through its own tables and libraries."),
    forms=("F24",),
    words={
        "person-index": RefusalWords(
            title=_("There is an index of people"),
            why=_(
                "By it footage could be searched for persons. That is not what these cameras are for, "
                "and other law would apply."
            ),
            cure=_("Remove what was added to the program, and start it again."),
            who=_("The installing body."),
        ),
    },
    cures={},
    passable=(),
)
