"""Each process of a recording box killed again and again: it comes back, stores on, and everything agrees."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kuramori.main.demo_camera.camera import PYTHON_WITH_GSTREAMER
from tests.browser.box import free_port
from tests.main.test_supervisor import DEMONSTRATION_S, Running, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.process
NAMES = ("record", "web", "work")
SEED = 20261123


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Running]:
    """The demonstration, set up and recording."""
    assert os.access(PYTHON_WITH_GSTREAMER, os.X_OK), "needs Debian's GStreamer"
    box = Running(tmp_path / "data", free_port(), "--demo")
    try:
        said = lambda: "As second factor" in box.said() or box.process.poll() is not None  # noqa: E731
        soon(said, "it never came up", DEMONSTRATION_S)
        soon(lambda: opened(box), "it never recorded", DEMONSTRATION_S)
        yield box
    finally:
        if box.process.poll() is None:
            box.process.terminate()
            box.process.wait(30)


def journal(box: Running) -> list[dict[str, Any]]:
    """The whole lines of the recorder's journal."""
    lines = [
        line
        for file in sorted((box.data / "record" / "journal").glob("*.jsonl"))
        for line in file.read_bytes().split(b"\n")[:-1]
    ]
    return [json.loads(line) for line in lines]


def opened(box: Running) -> int:
    """How many segments were begun so far."""
    return sum(entry["kind"] == "segment-open" for entry in journal(box))


def kill(box: Running, name: str) -> None:
    """SIGKILL, and wait until it works again: record stores a new segment, the pages answer."""
    soon(lambda: name in box.children(), f"{name} is not there")
    before, killed = opened(box), box.children()[name]
    os.kill(killed, signal.SIGKILL)
    soon(lambda: box.children().get(name, killed) != killed, f"{name} never came back")
    if name == "record":
        soon(lambda: opened(box) > before, "it never recorded again")
    soon(box.answers, "the pages never answered again")


def agree(box: Running) -> str:
    argv = [sys.executable, "-m", "kuramori.main.command", "--data", str(box.data), "check"]
    told = subprocess.run(argv, capture_output=True, text=True, check=False)
    return "" if told.returncode == 0 else told.stdout + told.stderr


def killed_in_rounds(box: Running, rounds: int) -> None:
    order = [name for name in NAMES for _ in range(rounds)]
    random.Random(SEED).shuffle(order)
    for name in order:
        kill(box, name)
    soon(lambda: not agree(box), "check is not clean: " + agree(box))
    ends = [entry for entry in journal(box) if entry["kind"] == "start"]
    assert len(ends) >= rounds + 1, "every start of the recorder is in its journal"


def test_killed_twice_each_everything_agrees(recording: Running) -> None:
    killed_in_rounds(recording, 2)


@pytest.mark.proof
def test_killed_a_hundred_times_each_everything_agrees(recording: Running) -> None:
    killed_in_rounds(recording, 100)
