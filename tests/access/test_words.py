"""No code without words: what these rooms refuse, do and find can be read by a clerk, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from kuramori.footage.words_for_footage import FINDINGS
from kuramori.ledger import words
from kuramori.web import refusals

SOURCE = Path(__file__).resolve().parents[2] / "src/kuramori"
OURS = [path for room in ("footage", "access", "retention") for path in sorted((SOURCE / room).glob("*.py"))]
TEXT = "\n".join(path.read_text() for path in OURS)


def named(pattern: str) -> list[str]:
    found = sorted(set(re.findall(pattern, TEXT)))
    assert found
    return found


@pytest.mark.parametrize("code", named(r'Refusal\(\s*"([a-z-]+)"'))
def test_every_refusal_says_why_what_cures_it_and_who_may_decide(code: str) -> None:
    assert code in refusals.known_codes()


@pytest.mark.parametrize("state", ["withdrawn", "ended", "over"])
def test_every_end_of_a_grant_has_words(state: str) -> None:
    assert f"grant-{state}" in refusals.known_codes()


@pytest.mark.parametrize(
    "act", [*named(r'entries\.record\(\s*"([a-z-]+)"'), *named(r'ledgered\(\s*"([a-z-]+)"'), "segment-cut"]
)
def test_every_act_has_a_plain_sentence(act: str) -> None:
    assert words.of_act(act) != act
    with translation.override("ja"):
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", words.of_act(act))


@pytest.mark.parametrize("code", named(r'findings\.stand\(\s*"([a-z-]+)"'))
def test_every_finding_has_words(code: str) -> None:
    with translation.override("ja"):
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", str(FINDINGS[code]))
