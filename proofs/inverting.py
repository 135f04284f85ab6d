"""A pytest plugin: one finding of one clause is never made. `KURAMORI_UNHEARD=T13:explanation-late`."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

VARIABLE = "KURAMORI_UNHEARD"


def pytest_sessionstart() -> None:
    """Every rule is asked as before; what it would say with this code it says no more, now or later."""
    from kuramori.guideline.clause import HOLDS, Finding
    from kuramori.guideline.registry import CLAUSES

    name, _, code = os.environ[VARIABLE].partition(":")
    clause = CLAUSES[name]
    judge: Any = clause.judge

    def deaf(facts: Any, now_ns: int) -> Finding:
        found: Finding = judge(facts, now_ns)
        if found.code == code:
            return HOLDS
        if found.turns_code == code:
            return replace(found, turns_at_ns=None, turns_to="", turns_code="")
        return found

    CLAUSES[name] = replace(clause, judge=deaf)
