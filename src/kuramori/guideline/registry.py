"""The clauses of the guideline that this version judges, in the guideline's own order."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext_lazy as _

from kuramori.guideline import (
    p1_privacy,
    p2_not_a_rule,
    p3_body,
    p4_scope,
    p5_personal_data,
    t1_purpose,
    t2a_place,
    t2b_range,
    t3_sign,
    t4a_manager,
    t4b_operator,
    t5_duty,
    t6a_copies,
    t6b_room,
    t6c_storehouse,
    t6d_retention,
    t6e_erasure,
    t6f_pcs,
    t6g_password,
    t7_use,
    t8a_secrecy,
    t8b_viewers,
    t9_law,
    t10_complaints,
    t11_contractors,
    t12_upkeep,
    t13_explained,
    t14_regulations,
)
from kuramori.guideline.clause import Clause, Cure
from kuramori.policy.deviations import Passable
from kuramori.web.refusals import RefusalWords

UNJUDGED = RefusalWords(
    title=_("This has not been examined yet"),
    why=_("Until the program has examined what was set up, everything stays closed."),
    cure=_("Wait a few seconds and try again."),
    who=_("Nobody has to decide anything."),
)

CLAUSES: dict[str, Clause] = {
    module.CLAUSE.id: module.CLAUSE
    for module in (
        p1_privacy,
        p2_not_a_rule,
        p3_body,
        p4_scope,
        p5_personal_data,
        t1_purpose,
        t2a_place,
        t2b_range,
        t3_sign,
        t4a_manager,
        t4b_operator,
        t5_duty,
        t6a_copies,
        t6b_room,
        t6c_storehouse,
        t6d_retention,
        t6e_erasure,
        t6f_pcs,
        t6g_password,
        t7_use,
        t8a_secrecy,
        t8b_viewers,
        t9_law,
        t10_complaints,
        t11_contractors,
        t12_upkeep,
        t13_explained,
        t14_regulations,
    )
}


@cache
def all_words() -> dict[str, RefusalWords]:
    """The words of every finding, by code."""
    return {code: words for clause in CLAUSES.values() for code, words in clause.words.items()}


def passables() -> list[Passable]:
    """Every reason of every clause that a deviation may pass."""
    return [
        Passable(code, clause.id, clause.subject, clause.words[code].title)
        for clause in CLAUSES.values()
        for code in clause.passable
    ]


def cure_for(clause_id: str, code: str) -> Cure | None:
    """Where to cure a finding; None where this version has no page for it."""
    clause = CLAUSES.get(clause_id)
    return clause.cures.get(code) if clause else None
