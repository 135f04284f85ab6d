"""The answer to OWASP ASVS is whole, and what it names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTE = ROOT / "docs" / "design" / "asvs.md"
LEVELS_1_AND_2 = 253
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\w+) \| ([^|]+) \| ([^|]+) \|$", re.M)


def rows() -> list[tuple[str, ...]]:
    return [match.groups() for match in ROW.finditer(NOTE.read_text())]


def test_every_line_of_levels_one_and_two_is_answered_once() -> None:
    found = Counter(line for line, *_rest in rows())
    assert len(found) == LEVELS_1_AND_2
    assert set(found.values()) == {1}
    assert {line.split(".")[0] for line in found} == {str(number) for number in range(1, 18)}
    assert {answer for _line, answer, *_rest in rows()} == {"yes", "part", "open", "none"}


def test_every_yes_names_what_shows_it() -> None:
    for line, answer, _why, shown in rows():
        assert answer != "yes" or "`" in shown, line


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([^`]+)`", "".join(row[3] for row in rows())))))
def test_what_is_named_exists(named: str) -> None:
    path, _, test = named.partition("::")
    place = ROOT / path
    assert place.exists(), path
    if test:
        assert re.search(rf"^(async )?def {re.escape(test)}\(", place.read_text(), re.M), named


def test_it_says_when_it_was_last_reread() -> None:
    assert re.search(
        r"^Status: current\. Last reread against the code: 20\d\d-\d\d-\d\d\.", NOTE.read_text(), re.M
    )
