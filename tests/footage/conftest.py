"""A prepared data directory, and a recorder's journal written by the real Journal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori import clock
from kuramori.footage import intake
from kuramori.main import instance
from kuramori.recorder.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

START = "2026-11-23T09:00:00+00:00"


@pytest.fixture
def now() -> Iterator[clock.ManualClock]:
    """A clock that stands still until the test moves it, in place for Django's side too."""
    with clock.use(clock.ManualClock.at(START)) as manual:
        assert isinstance(manual, clock.ManualClock)
        yield manual


@pytest.fixture
def data(settings, tmp_path: Path) -> Path:
    """A data directory with its identity and keys."""
    made = tmp_path / "d"
    instance.prepare(made)
    settings.DATA = made
    intake._tail.cache_clear()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def journal(data: Path, now: clock.ManualClock) -> Iterator[Journal]:
    """The recorder's journal in that directory."""
    made = Journal(data / "record" / "journal", now)
    yield made
    made.close()
