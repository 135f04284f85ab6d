"""A prepared data directory, a clock moved by hand, the recorder's journal, a world of rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kuramori import clock
from kuramori.access import storehouse_session
from kuramori.footage import intake
from kuramori.main import instance
from kuramori.recorder.journal import Journal
from tests.footage import world as rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = "2026-11-23T09:00:00+00:00"


@pytest.fixture
def now() -> Iterator[clock.ManualClock]:
    """A clock that stands still until the test moves it, in place for Django's side too."""
    manual = clock.ManualClock.at(START)
    with clock.use(manual):
        yield manual


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    """A data directory with its identity and keys; whatever a process keeps in memory starts anew."""
    made = tmp_path / "d"
    settings.INSTANCE = instance.prepare(made)
    settings.DATA = made
    intake._tail.cache_clear()
    storehouse_session._opened = None
    return made


@pytest.fixture
def journal(data: Path, now: clock.ManualClock) -> Iterator[Journal]:
    """The recorder's journal in that directory, with no recorder running."""
    made = Journal(data / "record" / "journal", now)
    yield made
    made.close()


@pytest.fixture
def world(data: Path, now: clock.ManualClock, db: None) -> rows.World:
    """A body with manager, operator, camera and storehouse key."""
    return rows.build()


@pytest.fixture
def start_recorder(data: Path, now: clock.ManualClock) -> Iterator[Callable[[], rows.RunningRecorder]]:
    """Starts the real recorder on the data directory; call again for a restart."""
    running: list[rows.RunningRecorder] = []

    def start() -> rows.RunningRecorder:
        for old in running:
            old.stop()
        running[:] = [rows.RunningRecorder(data, now)]
        return running[0]

    yield start
    for last in running:
        last.stop()


@pytest.fixture
def recorder(world: rows.World, start_recorder: Callable[[], rows.RunningRecorder]) -> rows.RunningRecorder:
    """The recorder, running for `world`."""
    return start_recorder()
