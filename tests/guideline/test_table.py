"""The table of clauses in the documents has no empty cell, and says what the clause files and tests say."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import translation

from kuramori.guideline.clause import NEVER
from kuramori.guideline.registry import CLAUSES

REPOSITORY = Path(__file__).resolve().parents[2]
TABLE = REPOSITORY / "docs" / "clauses.md"


def rows() -> dict[str, list[str]]:
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"[PT]\d+[a-g]?", cells[0]):
            found[cells[0]] = cells
    return found


def test_every_clause_has_its_row_and_no_cell_is_empty() -> None:
    table = rows()
    assert list(table) == list(CLAUSES)
    with translation.override("en"):
        for name, clause in CLAUSES.items():
            _id, title, strength, evidence, forms, breach, lapse = table[name]
            assert (title, strength, evidence) == (str(clause.title), clause.strength, str(clause.evidence))
            assert forms == ", ".join(clause.forms) and breach and lapse
            assert lapse != "cannot lapse" or clause.turns is NEVER


def test_every_test_that_the_table_names_exists() -> None:
    for cells in rows().values():
        for named in re.findall(r"`(tests/[^`]+)`", " ".join(cells[5:])):
            path, _colons, function = named.partition("::")
            source = (REPOSITORY / path).read_text(encoding="utf-8")
            assert f"def {function}(" in source if function else "def test_" in source, named
