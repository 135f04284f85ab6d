"""A pytest plugin over the guideline's rules: hears which finding is made in which test, or makes one deaf.

`KURAMORI_HEARD=FILE`: after the run FILE has, for each `clause:code`, the tests in which it was found and how
long each took (s). `KURAMORI_UNHEARD=T13:explanation-late`: that finding is never made.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

HEARD, UNHEARD = "KURAMORI_HEARD", "KURAMORI_UNHEARD"
_running = ""
_found: dict[str, set[str]] = defaultdict(set)
_took_s: dict[str, float] = defaultdict(float)


def pytest_sessionstart() -> None:
    """Every rule is asked as before; we stand between it and whoever asks."""
    from kuramori.guideline.registry import CLAUSES

    for name, clause in CLAUSES.items():
        CLAUSES[name] = replace(clause, judge=_between(name, clause.judge))


def _between(name: str, judge: Any) -> Any:
    from kuramori.guideline.clause import HOLDS, Finding

    deaf, _, code = os.environ.get(UNHEARD, "").partition(":")

    def asked(facts: Any, now_ns: int) -> Finding:
        found: Finding = judge(facts, now_ns)
        for said in (found.code, found.turns_code):
            if said:
                _found[f"{name}:{said}"].add(_running)
        if name != deaf:
            return found
        if found.code == code:
            return HOLDS
        if found.turns_code == code:
            return replace(found, turns_at_ns=None, turns_to="", turns_code="")
        return found

    return asked


def pytest_runtest_logstart(nodeid: str) -> None:
    """What is found from now on was found in this test."""
    global _running
    _running = nodeid


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """How long it took, set-up included."""
    _took_s[report.nodeid] += report.duration


def pytest_sessionfinish() -> None:
    """Write down who found what."""
    if place := os.environ.get(HEARD):
        heard = {code: {one: _took_s[one] for one in tests if one} for code, tests in _found.items()}
        Path(place).write_text(json.dumps(heard))
