"""`kuramori up` as a person runs it: one box, kept alive, refused twice, stopped cleanly."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import migrated
from tests.browser.box import free_port

pytestmark = pytest.mark.process
SOON_S = 40.0
DEMONSTRATION_S = 150.0  # it asks every question of the set-up, and records, before it says anything


class Running:
    """A supervisor in a directory of its own."""

    def __init__(self, data: Path, port: int, *arguments: str) -> None:
        self.data, self.port = data, port
        self.log = data.with_suffix(".log")
        argv = [sys.executable, "-m", "kuramori.main.command", "--data", str(data), "--port", str(port), "up"]
        argv += arguments
        self.process = subprocess.Popen(argv, stdout=self.log.open("wb"), stderr=subprocess.STDOUT)

    def said(self) -> str:
        return self.log.read_text()

    def children(self) -> dict[str, int]:
        """Process ids by name (record, web, work)."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                line = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid and len(line) > 2:
                words = [word.decode() for word in line]
                found["record" if "kuramori.recorder" in words else words[-2]] = int(entry.name)
        return found

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/accounts/login/", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def lives(pid: int) -> bool:
    """Whether the process still runs; one that has ended and waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def soon(what: Callable[[], object], words: str, within_s: float = SOON_S) -> None:
    give_up_at = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < give_up_at, words
        time.sleep(0.1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    migrated.put_into(tmp_path / "data")
    box = Running(tmp_path / "data", free_port())
    soon(lambda: "Ctrl-C" in box.said() or box.process.poll() is not None, "it never came up")
    yield box
    if box.process.poll() is None:
        box.process.terminate()
        box.process.wait(30)


def test_it_says_where_to_go_and_serves_loopback_alone(running: Running) -> None:
    assert f"http://localhost:{running.port}\n" in running.said()
    assert re.search(rf"http://localhost:{running.port}/setup/start/\S{{20,}}/", running.said())
    soon(running.answers, "the pages never answered")
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=False).stdout
    ours = [
        line.split()[3] for line in listening.splitlines() if line.split()[3].endswith(f":{running.port}")
    ]
    assert set(ours) <= {f"127.0.0.1:{running.port}", f"[::1]:{running.port}"}


def test_a_second_start_on_the_same_directory_is_refused_and_harms_nothing(running: Running) -> None:
    argv = [sys.executable, "-m", "kuramori.main.command", "--data", str(running.data), "--port"]
    second = subprocess.run([*argv, str(free_port()), "up"], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "already runs" in second.stderr
    assert str(running.process.pid) in second.stderr
    soon(running.answers, "the first one stopped answering")


def test_a_taken_port_is_said_plainly(running: Running, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "kuramori.main.command", "--data", str(tmp_path / "other"), "--port"]
    second = subprocess.run([*argv, str(running.port), "up"], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"port {running.port}" in second.stderr


@pytest.mark.parametrize("name", ["web", "work", "record"])
def test_a_killed_process_comes_back(running: Running, name: str) -> None:
    soon(lambda: name in running.children(), f"{name} never started")
    killed = running.children()[name]
    os.kill(killed, signal.SIGKILL)
    soon(lambda: running.children().get(name, killed) != killed, f"{name} never came back")
    soon(running.answers, "the pages never answered again")


def test_a_killed_supervisor_takes_its_processes_along_and_can_start_again(running: Running) -> None:
    soon(running.answers, "the pages never answered")
    children = list(running.children().values())
    running.process.kill()
    running.process.wait()
    again = Running(running.data, running.port)
    try:
        soon(lambda: "Ctrl-C" in again.said(), "it did not start again: " + again.said())
        assert not [pid for pid in children if lives(pid)]
    finally:
        again.process.terminate()
        again.process.wait(30)


def test_ctrl_c_stops_everything_and_leaves_nothing_behind(running: Running) -> None:
    soon(lambda: len(running.children()) == 3, "not all started")
    children = list(running.children().values())
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    assert not [pid for pid in children if lives(pid)]
    assert "Traceback" not in running.said()


def test_keys_and_database_are_readable_by_the_owner_alone(running: Running) -> None:
    soon(running.answers, "the pages never answered")
    kept = [running.data, *(running.data / "keys").iterdir(), running.data / "db.sqlite3"]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
    assert len((running.data / "record" / "orders.pub").read_bytes()) == 32


def test_record_and_the_supervisor_never_import_django() -> None:
    code = (
        "import sys, kuramori.main.supervisor, kuramori.main.command, kuramori.recorder.process\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'allauth', 'av')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
