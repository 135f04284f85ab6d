"""Every word of the pages has a Japanese one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "kuramori"
PO = Path("locale/ja/LC_MESSAGES/django.po")
MARKS = ("gettext", "{% translate", "{% blocktranslate")


def speaks(room: Path) -> bool:
    files = [*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]
    return any(mark in path.read_text(encoding="utf-8") for path in files for mark in MARKS)


ROOMS = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and speaks(path))


def messages(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ja")


@pytest.mark.parametrize("room", ROOMS)
def test_the_catalogue_has_every_word_that_extraction_finds(room: str, tmp_path: Path) -> None:
    copy = tmp_path / room
    shutil.copytree(PACKAGE / room, copy, ignore=shutil.ignore_patterns("locale", "vendor", "__pycache__"))
    (copy / "locale").mkdir()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "kuramori.main.settings"}
    argv = [sys.executable, "-m", "django", "makemessages", "-l", "ja", "--no-wrap", "-v0"]
    subprocess.run(argv, cwd=copy, env=env, check=True)
    known = messages(PACKAGE / room / PO)
    missing = [
        word.id for word in messages(copy / PO) if word.id and known.get(word.id, word.context) is None
    ]
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_entry_is_empty_or_fuzzy(room: str) -> None:
    wrong = [word.id for word in messages(PACKAGE / room / PO) if word.id and (word.fuzzy or not word.string)]
    assert wrong == []
