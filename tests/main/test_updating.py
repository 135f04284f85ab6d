"""Going to another version with the real recorder, and coming back when that version is no good."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import BadInput
from kuramori.main import instance, updating
from kuramori.main.installing import point
from tests import migrated

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.process
SOURCE = Path(__file__).resolve().parents[2] / "src"
MOST_GAP_S = 5.0


class Processes:
    """What systemd would do with the recorder's unit; the pages' units are noted only."""

    def __init__(self, pointer: Path, data: Path) -> None:
        self.pointer, self.data = pointer, data
        self.recorder: subprocess.Popen[bytes] | None = None
        self.told: list[str] = []

    def start(self, *names: str) -> None:
        self.told += [f"start {name}" for name in names]
        if "kuramori-record" in names:
            python = self.pointer / ".venv/bin/python"
            argv = [str(python), "-m", "kuramori.recorder", "--data", str(self.data)]
            self.recorder = subprocess.Popen(argv, stderr=subprocess.DEVNULL)

    def stop(self, *names: str) -> None:
        self.told += [f"stop {name}" for name in names]
        if "kuramori-record" in names and self.recorder is not None:
            self.recorder.terminate()
            self.recorder.wait(30)


def version(folder: Path, *, fails_at: str = "") -> Path:
    """A checkout whose interpreter is ours; one that is no good fails when asked for `fails_at`."""
    (folder / ".venv/bin").mkdir(parents=True)
    python = folder / ".venv/bin/python"
    refuse = f'case "$*" in *{fails_at}*) exit 1;; esac\n' if fails_at else ""
    python.write_text(f'#!/bin/sh\n{refuse}PYTHONPATH={SOURCE} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    instance.prepare(made)
    migrated.put_into(made)
    return made


@pytest.fixture
def box(tmp_path: Path, data: Path) -> Iterator[Processes]:
    """A box that records with its first version."""
    point(tmp_path / "current", version(tmp_path / "one"))
    running = Processes(tmp_path / "current", data)
    running.start("kuramori-record")
    until_s = time.monotonic() + 30
    while not updating._answers(data / "record/record.sock") and time.monotonic() < until_s:
        time.sleep(0.05)
    yield running
    running.stop("kuramori-record")


def marked(data: Path) -> list[str]:
    """What a test wrote into the database."""
    with sqlite3.connect(data / "db.sqlite3") as line:
        line.execute("CREATE TABLE IF NOT EXISTS mark (word TEXT)")
        return [word for (word,) in line.execute("SELECT word FROM mark")]


def mark(data: Path, word: str) -> None:
    marked(data)
    with sqlite3.connect(data / "db.sqlite3") as line:
        line.execute("INSERT INTO mark VALUES (?)", (word,))


@pytest.mark.skipif(os.geteuid() != 0, reason="changes owners")
def test_an_update_stops_the_recorder_last_and_for_a_moment(
    box: Processes, data: Path, tmp_path: Path
) -> None:
    mark(data, "kept")
    first = box.recorder
    gap_s = updating.update(data, box.pointer, version(tmp_path / "two"), box)
    print(f"\nrecorder away for {gap_s:.2f} s")
    assert gap_s < MOST_GAP_S
    assert box.pointer.resolve() == tmp_path / "two"
    assert first is not box.recorder and updating._answers(data / "record/record.sock")
    assert box.told[1:] == [
        *("stop kuramori-work", "stop kuramori-web", "stop kuramori-record"),
        *("start kuramori-record", "start kuramori-web", "start kuramori-work"),
    ]
    assert marked(data) == ["kept"]


@pytest.mark.skipif(os.geteuid() != 0, reason="changes owners")
@pytest.mark.parametrize("fails_at", ["migrate", "kuramori.recorder\\ --data"])
def test_a_version_that_fails_leaves_everything_as_it_was(
    box: Processes, data: Path, tmp_path: Path, fails_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "READY_WITHIN_S", 2.0)
    mark(data, "kept")
    first = box.recorder
    with pytest.raises(updating.UpdateFailed):
        updating.update(data, box.pointer, version(tmp_path / "bad", fails_at=fails_at), box)
    assert box.pointer.resolve() == tmp_path / "one"
    assert marked(data) == ["kept"]
    assert box.told[-2:] == ["start kuramori-web", "start kuramori-work"]
    if fails_at == "migrate":
        assert box.recorder is first, "the recorder that runs was never touched"
    until_s = time.monotonic() + 30
    while not updating._answers(data / "record/record.sock") and time.monotonic() < until_s:
        time.sleep(0.05)
    assert updating._answers(data / "record/record.sock"), "the old version records again"


def test_the_old_database_comes_back_whole_and_without_the_new_ones_log(tmp_path: Path) -> None:
    database, kept = tmp_path / "db.sqlite3", tmp_path / updating.KEPT
    line = sqlite3.connect(database)
    line.execute("PRAGMA journal_mode=WAL")
    line.execute("CREATE TABLE mark (word TEXT)")
    line.execute("INSERT INTO mark VALUES ('old')")
    line.commit()
    updating._copy(database, kept)  # the row lies in the write-ahead log only
    line.execute("DELETE FROM mark")
    line.execute("CREATE TABLE newer (word TEXT)")
    line.commit()
    shutil.copy(tmp_path / "db.sqlite3-wal", tmp_path / "left")
    line.close()
    shutil.copy(tmp_path / "left", tmp_path / "db.sqlite3-wal")
    updating._put_back(kept, database)
    assert marked(tmp_path) == ["old"]


def test_a_version_that_cannot_start_is_refused_before_anything_stops(tmp_path: Path, data: Path) -> None:
    point(tmp_path / "current", version(tmp_path / "one"))
    box = Processes(tmp_path / "current", data)
    for bad in (tmp_path / "nothing", version(tmp_path / "broken", fails_at="import")):
        with pytest.raises(BadInput):
            updating.update(data, box.pointer, bad, box)
    assert box.told == []
