"""The words of the pages: complete in Japanese, plain, and the same everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kuramori.guideline.registry import CLAUSES

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "kuramori"
GLOSSARY = PACKAGE.parents[1] / "docs" / "glossary.md"
ROOMS = ("desk", "guideline", "policy", "places", "cameras", "paper")
MESSAGE = re.compile(r"""(?:translate|gettext(?:_lazy)?\(|\b_\()\s*(["'])(.+?)\1""")


def catalogue(room: str) -> dict[str, str]:
    with (PACKAGE / room / "locale/ja/LC_MESSAGES/django.po").open("rb") as file:
        words = read_po(file)
    return {str(one.id): one.string for one in words if one.id and not one.fuzzy}  # type: ignore[misc]


@pytest.mark.parametrize("room", ROOMS)
def test_the_japanese_catalogue_has_no_empty_or_fuzzy_entry(room: str) -> None:
    for english, japanese in catalogue(room).items():
        assert japanese and all(japanese), english


@pytest.mark.parametrize("room", ROOMS)
def test_every_placeholder_survives_translation(room: str) -> None:
    for english, japanese in catalogue(room).items():
        if english.startswith("("):
            continue
        assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", str(japanese))), english


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_of_the_templates_is_in_the_catalogue(room: str) -> None:
    known = catalogue(room)
    for template in (PACKAGE / room).rglob("*.html"):
        for _quote, text in re.findall(r"{% translate ([\"'])(.+?)\1", template.read_text()):
            assert text in known, f"{template.name}: {text}"


def test_the_same_english_is_the_same_japanese_in_all_our_rooms() -> None:
    said: dict[str, str] = {}
    for room in ROOMS:
        for english, japanese in catalogue(room).items():
            assert said.setdefault(english, japanese) == japanese, english


def test_a_clerk_reads_no_word_of_the_engineers() -> None:
    for room in ("desk", "guideline", "places", "cameras"):
        for english, japanese in catalogue(room).items():
            for word in ("gate", "ledger", "key table", "ゲート", "台帳", "鍵表"):
                assert word not in english.lower().split() and word not in str(japanese), english


def test_every_clause_that_a_room_names_has_its_page() -> None:
    named = set()
    for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]:
        text = path.read_text()
        named |= set(re.findall(r"""clause[= ]"([A-Z]\d+[a-z]?)\"""", text))
        named |= set(re.findall(r"""ClosedGate\("[a-z-]+", "(\w+)\"""", text))
    assert {"T3", "T7"} <= named
    assert named <= set(CLAUSES)


def glossary() -> list[tuple[str, str]]:
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", GLOSSARY.read_text(), re.MULTILINE)
    return [row for row in rows if row[0] not in ("English", "---")]


def test_the_glossary_has_one_word_for_each_idea() -> None:
    english, japanese = zip(*glossary(), strict=True)
    assert len(set(english)) == len(english)
    assert len(set(japanese)) == len(japanese)
    assert {"installing body", "manager", "storehouse"} <= set(english)


def test_the_pages_use_the_words_of_the_glossary() -> None:
    """Where an English message names an idea of the glossary, its Japanese uses the glossary's word."""
    words = {
        "installing body": "設置者",
        "manager": "管理責任者",
        "storehouse": "保管庫(蔵)",
        "operator": "操作取扱者",
    }
    listed = dict(glossary())
    for english, japanese in words.items():
        assert japanese in listed[english]
        for room in ROOMS:
            for message, translation in catalogue(room).items():
                if re.search(rf"\b{english}\b", message) and not message.startswith("Kuramori records"):
                    assert japanese.removesuffix("(蔵)") in str(translation), message
