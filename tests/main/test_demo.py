"""`kuramori up --demo`, started twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kuramori.main.demo_camera.camera import PYTHON_WITH_GSTREAMER

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.process


class Running:
    """One start of the demonstration; `said` grows as it talks."""

    def __init__(self, data: Path, *arguments: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        env = os.environ | {
            "PYTHONPATH": str(ROOT / "src"),
            "KURAMORI_DATA": str(data),
            "KURAMORI_PORT": port,
        }
        command = [sys.executable, "-m", "kuramori.main.command", "up", *arguments]
        self.said = ""
        self._process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said += line

    def wait_for(self, words: str, within_s: float = 60) -> None:
        until_s = time.monotonic() + within_s
        while words not in self.said:
            assert time.monotonic() < until_s, self.said[-3000:]
            assert self._process.poll() is None, self.said[-3000:]
            time.sleep(0.1)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(30)


def segments(data: Path) -> int:
    return sum(1 for _ in (data / "store").rglob("*.kura"))


def test_a_second_start_goes_on_with_the_first_and_tells_no_secret_again(tmp_path: Path) -> None:
    if not Path(PYTHON_WITH_GSTREAMER).exists():
        pytest.skip("no Debian Python")
    data = tmp_path / "data"
    first = Running(data, "--demo")
    first.wait_for("As second factor")
    time.sleep(4)
    assert first.stop() == 0
    told = [line.strip() for line in first.said.splitlines() if line.startswith("      ")][1:]
    before = segments(data)
    assert before >= 1
    assert json.loads((data / "instance.json").read_text())["demo"] is True
    second = Running(data)  # also without DEMO=1: such a directory stays a demonstration for ever
    second.wait_for("DEMO")
    until_s = time.monotonic() + 30
    while segments(data) == before and time.monotonic() < until_s:
        time.sleep(0.2)
    assert second.stop() == 0
    assert segments(data) > before, "recording went on"
    assert not [secret for secret in told if secret in second.said and not secret.startswith("http")]
    _no_secret_lies_in_the_clear(data, [word for secret in told[1:] for word in secret.split()])


def _no_secret_lies_in_the_clear(data: Path, secrets: list[str]) -> None:
    """Passwords, codes and passphrases that were printed are in no file as they were printed."""
    with sqlite3.connect(data / "db.sqlite3") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    totp = secrets[1]
    for path in data.rglob("*"):
        if not path.is_file() or path.suffix == ".kura":
            continue
        content = path.read_bytes()
        for secret in secrets:
            if secret == totp:
                continue  # an authenticator's secret has to be known to whoever checks its codes
            assert secret.encode() not in content, f"{path.name} holds what was printed"
