"""The one-time set-up link."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuramori.people import setup_link


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    return tmp_path


def test_it_works_once(data: Path) -> None:
    token = setup_link.make(data)
    assert token is not None
    assert setup_link.take(data, token)
    assert not setup_link.take(data, token)


def test_a_wrong_token_does_not_use_it_up(data: Path) -> None:
    token = setup_link.make(data)
    assert token is not None
    assert not setup_link.take(data, "x" * 32)
    assert setup_link.take(data, token)


def test_only_the_newest_counts(data: Path) -> None:
    older = setup_link.make(data)
    newer = setup_link.make(data)
    assert older and newer
    assert not setup_link.take(data, older)
    assert setup_link.take(data, newer)


def test_after_the_set_up_there_is_none(data: Path) -> None:
    token = setup_link.make(data)
    setup_link.finish(data)
    assert token is not None
    assert not setup_link.take(data, token)
    assert setup_link.make(data) is None


def test_the_token_itself_is_nowhere_in_the_directory(data: Path) -> None:
    token = setup_link.make(data)
    assert token is not None
    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert all(path.stat().st_mode & 0o077 == 0 for path in data.rglob("*") if path.is_file())
