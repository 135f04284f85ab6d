"""The recorder's own disk, with journal and key table on it, refuses for a while: the process lives on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuramori.recorder.journal_reader import verify
from tests.recorder.test_recorder_process import Record
from tests.rig.cameras import GstCamera

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(os.geteuid() != 0, reason="a small disk of one's own needs root"),
]
PATIENCE_S = 60.0


@pytest.fixture
def small(tmp_path: Path, gst_camera: GstCamera) -> Iterator[Record]:
    """A box with one disk of 16 MiB for everything."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(tmp_path)], check=True)
    running = Record(tmp_path)
    running.use(gst_camera.url("cam"))
    try:
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.end(signal.SIGKILL)
        subprocess.run(["umount", "-l", str(tmp_path)], check=False)


def test_the_own_disk_runs_full_and_the_recorder_goes_on_by_itself_when_there_is_room(small: Record) -> None:
    small.start()
    small.until_recording()
    before = small.entries("segment-open")
    ballast = small.data / "ballast"
    subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k"], check=False, capture_output=True)
    end = time.monotonic() + PATIENCE_S
    while next(iter(small.status()["disk"].values()))["state"] == "ok":
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(3)  # ticks and beats that have nowhere to write
    assert small.process is not None and small.process.poll() is None
    small.status()  # it answers
    ballast.unlink()
    end = time.monotonic() + PATIENCE_S
    while len(small.entries("segment-open")) == len(before):
        assert time.monotonic() < end, "it did not go on"
        time.sleep(0.2)
    assert small.process.poll() is None
    assert small.end(signal.SIGTERM) == 0
    last, _ = verify(small.data / "record/journal")
    assert last == max(entry["seq"] for entry in small.entries("stop"))
    assert len(small.entries("start")) == 1  # nobody had to start it again
    reasons = {row["reason"] for row in small.entries("gap-open")}
    assert not reasons & {"recorder-stopped", "recorder-died"}, reasons
