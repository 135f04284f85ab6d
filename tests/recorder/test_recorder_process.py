"""The real process: starts, survives kill -9 without losing what was durable, stops cleanly within two
seconds."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kuramori.recorder.journal_reader import read_all
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import new_storehouse_key
from tests.recorder.keeper_rig import RECORDER, camera_id, settings
from tests.recorder.socket_caller import ask
from tests.rig.cameras import GstCamera

pytestmark = pytest.mark.process
SOURCE = Path(__file__).resolve().parents[2] / "src"
PATIENCE_S = 20.0


class Record:
    """`python -m kuramori.recorder` on one data directory; started and killed as a test wishes."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None
        (data / "record").mkdir()
        identity = {"recorder_id": RECORDER, "created_ns": 0, "demo": False}
        (data / "instance.json").write_text(json.dumps(identity))
        self.storehouse = new_storehouse_key()

    def use(self, url: str) -> None:
        document = settings(storehouse=self.storehouse, url=url)
        (self.data / "record/settings.json").write_text(json.dumps(document))

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kuramori.recorder", "--data", str(self.data)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stderr=subprocess.DEVNULL,
        )

    def end(self, sign: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE_S)

    def status(self) -> dict[str, Any]:
        return dict(asyncio.run(ask(self.data / "record/record.sock", "status")))

    def until_recording(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                camera = self.status()["cameras"][camera_id(1)]
            except (OSError, KeyError, TypeError):
                camera = {}
            if camera.get("state") == "recording":
                return dict(camera)
            time.sleep(0.05)
        raise AssertionError("not recording")

    def entries(self, *kinds: str) -> list[dict[str, Any]]:
        return [entry for entry, _ in read_all(self.data / "record/journal") if entry["kind"] in kinds]


@pytest.fixture
def record(tmp_path: Path, gst_camera: GstCamera) -> Iterator[Record]:
    running = Record(tmp_path)
    running.use(gst_camera.url("cam"))
    yield running
    if running.process is not None and running.process.poll() is None:
        running.end(signal.SIGKILL)


def _kill_rounds(record: Record, rounds: int) -> None:
    """Kill it again and again; every second is in a segment or in a gap, and every segment is accounted
    for."""
    for number in range(rounds):
        record.start()
        record.until_recording()
        time.sleep(0.3 + 0.37 * (number % 4))
        record.end(signal.SIGKILL)
    record.start()
    record.until_recording()
    assert record.end(signal.SIGTERM) == 0
    opened = {entry["segment"]: entry for entry in record.entries("segment-open")}
    ended = {entry["segment"]: entry for entry in record.entries("segment-closed", "segment-cut")}
    assert opened.keys() == ended.keys()
    assert len(opened) >= rounds + 1
    paths = {record.data / entry["path"] for entry in opened.values()}
    assert paths == set(record.data.glob("store/0/*/*/*.kura"))
    for segment, entry in ended.items():
        with SegmentFile(record.data / opened[segment]["path"]) as file:
            assert (file.state == "closed") == (entry["kind"] == "segment-closed")
            assert (entry["sha256"], entry["end_ns"]) == (file.sha256(), file.end_ns)
    _covered_without_a_hole(record, opened, ended)


def _covered_without_a_hole(record: Record, opened: dict[str, Any], ended: dict[str, Any]) -> None:
    """From first to last second: footage, or a gap with a reason; overlaps and holes of at most a picture."""
    gaps = {entry["gap"]: entry for entry in record.entries("gap-open")}
    until = {entry["gap"]: entry["until_ns"] for entry in record.entries("gap-closed")}
    spans = [(opened[segment]["start_ns"], entry["end_ns"]) for segment, entry in ended.items()]
    spans += [(entry["since_ns"], until[gap]) for gap, entry in gaps.items() if gap in until]
    spans.sort()
    covered_ns = spans[0][1]
    for since_ns, until_ns in spans[1:]:
        assert since_ns <= covered_ns + 150_000_000, f"{(since_ns - covered_ns) / 1e9} s without a row"
        covered_ns = max(covered_ns, until_ns)


def test_killed_five_times_nothing_durable_is_lost_and_every_second_has_a_row(record: Record) -> None:
    _kill_rounds(record, 5)


@pytest.mark.proof
def test_killed_a_hundred_times(record: Record) -> None:
    _kill_rounds(record, 100)


def test_at_most_half_a_second_is_lost_by_a_kill(record: Record) -> None:
    record.start()
    record.until_recording()
    time.sleep(2)
    killed_ns = time.time_ns()
    record.end(signal.SIGKILL)
    record.start()
    record.until_recording()
    record.end(signal.SIGTERM)
    (cut, *_) = record.entries("segment-cut")
    assert killed_ns - cut["end_ns"] < 500_000_000
    reasons = {entry["reason"] for entry in record.entries("gap-open")}
    assert "recorder-died" in reasons and "recorder-stopped" not in reasons
    assert record.entries("stop")[-1]["by"] == "supervisor"


def test_it_stops_within_two_seconds_with_everything_closed(record: Record) -> None:
    record.start()
    record.until_recording()
    begun = time.monotonic()
    assert record.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 2
    assert record.entries("segment-closed") and record.entries("stop")
    assert not (record.data / "record/record.sock").exists()


def test_a_second_process_on_the_same_directory_says_so_and_ends(record: Record) -> None:
    record.start()
    record.until_recording()
    second = subprocess.run(
        [sys.executable, "-m", "kuramori.recorder", "--data", str(record.data)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert second.returncode == 2
    assert b"already-running" in second.stderr
    assert record.until_recording()


def test_the_process_gives_away_no_memory_and_no_files(record: Record) -> None:
    record.start()
    record.until_recording()
    assert record.process is not None
    proc = Path("/proc") / str(record.process.pid)
    limits = (proc / "limits").read_text().splitlines()
    core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    if os.geteuid() != 0:
        with pytest.raises(PermissionError):
            (proc / "mem").open("rb")
    assert "Umask:\t0077" in (proc / "status").read_text()
    for path in (record.data / "record").rglob("*"):
        if path.name != "settings.json" and path.is_file():
            assert path.stat().st_mode & 0o077 == 0, path


def test_the_process_knows_neither_django_nor_a_decoder_nor_the_database(record: Record) -> None:
    record.start()
    record.until_recording()
    assert record.process is not None
    mapped = (Path("/proc") / str(record.process.pid) / "maps").read_text()
    assert "libav" not in mapped and "sqlite" not in mapped
    script = (
        "import sys, kuramori.recorder.process, kuramori.recorder.__main__;"
        "known = {name.split('.')[0] for name in sys.modules};"
        "print(sorted(known & {'django', 'av', 'PIL', 'sqlite3'}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    told = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    assert told.stdout.strip() == b"[]"


def test_without_an_instance_it_says_so(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "kuramori.recorder", "--data", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 2 and b"no-instance" in run.stderr
