"""What code running inside a picture worker can reach: each attempt is a real one, in a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuramori.errors import BadInput
from kuramori.pictures import asking, confine, starting
from kuramori.pictures.confine import NotConfined

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
ATTEMPTS = {
    "read a file": "open('/etc/hostname').read()",
    "write a file": "open({target!r}, 'w').write('x')",
    "open a file by the raw call": "os.open('/etc/passwd', os.O_RDONLY)",
    "reach the network": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "reach a local socket": "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
    "make a pair of sockets": "socket.socketpair()",
    "fork": "os.fork()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "start a thread": "threading.Thread(target=print).start()",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "list a folder": "os.listdir('/')",
    "remove a file": "os.unlink({target!r})",
    "take a lot of memory": "bytearray(2 << 30)",
    "raise its own limits": "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))",
}
INSIDE = """
import os, resource, socket, threading
from kuramori.pictures import jobs
from kuramori.pictures.confine import confine
if {confined}:
    confine()
try:
    {attempt}
except (OSError, RuntimeError, MemoryError, ValueError):
    os.write(1, b"refused")
else:
    os.write(1, b"done")
os._exit(0)
"""


def outcome(attempt: str, target: Path, *, confined: bool = True) -> bytes:
    code = INSIDE.format(confined=confined, attempt=attempt.format(target=str(target)))
    environment = {"PYTHONPATH": SOURCE}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment).stdout


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_worker_cannot(name: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("untouched")
    assert outcome(ATTEMPTS[name], target) == b"refused"
    assert target.read_text() == "untouched"


def test_the_same_attempts_succeed_outside_so_the_test_can_fail(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    for name in (
        "read a file",
        "write a file",
        "reach the network",
        "start a thread",
        "take a lot of memory",
    ):
        assert outcome(ATTEMPTS[name], target, confined=False) == b"done", name


def test_a_worker_inherits_neither_descriptors_nor_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KURAMORI_SECRET", "do-not-pass-on")
    stand_in = tmp_path / "stand-in"
    stand_in.write_text(
        f"#!/bin/sh\nenv >{tmp_path}/environment\nls -l /proc/$$/fd >{tmp_path}/descriptors\n"
    )
    stand_in.chmod(0o700)
    starting.command.cache_clear()
    monkeypatch.setattr(starting.sys, "executable", str(stand_in))
    with (tmp_path / "held").open("wb") as held, pytest.raises(BadInput):
        os.set_inheritable(held.fileno(), True)
        asking.photo_picture(b"nothing")
    starting.command.cache_clear()
    assert "do-not-pass-on" not in (tmp_path / "environment").read_text()
    assert "held" not in (tmp_path / "descriptors").read_text()


def test_where_a_worker_cannot_be_locked_in_nothing_is_decoded() -> None:
    with pytest.raises(NotConfined):
        confine._filter("riscv64")
    assert len(confine._filter("x86_64")) % 8 == 0
    assert len(confine._filter("aarch64")) % 8 == 0
