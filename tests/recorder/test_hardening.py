"""A process that holds secrets leaves no image of its memory: no core, and no page in swap."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "a-secret-of-the-recorder"
CRASH = "import os, signal; held = bytearray({secret!r}, 'ascii') * 64; os.kill(os.getpid(), signal.SIGABRT)"
HARDENED = "from kuramori.recorder.hardening import harden; harden(); "
UNLIMITED = """
import resource
from pathlib import Path
from kuramori.recorder.hardening import lock_memory
{before}
print(lock_memory(), next(l for l in Path('/proc/self/status').read_text().splitlines() if 'VmLck' in l))
held = bytearray(64 * 1024 * 1024)  # a limit would be run into here
"""


def crash(words: str, folder: Path) -> tuple[bool, list[Path]]:
    """Let such a process crash in `folder`; whether the kernel dumped it, and what files it left."""
    folder.mkdir()

    def core_wanted() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        os.chdir(folder)

    argv = [sys.executable, "-c", words.format(secret=SECRET)]
    process = subprocess.Popen(argv, preexec_fn=core_wanted, stderr=subprocess.DEVNULL)  # noqa: PLW1509
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status), list(folder.iterdir())


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    dumped, left = crash(HARDENED + CRASH, tmp_path / "hardened")
    assert (dumped, left) == (False, [])


def test_the_control_without_hardening_leaves_one(tmp_path: Path) -> None:
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("cores are off for everybody here")
    if Path("/proc/sys/kernel/core_pattern").read_text().startswith(("|", "/")):
        pytest.skip("this machine takes cores elsewhere")
    dumped, left = crash(CRASH, tmp_path / "plain")
    assert dumped and SECRET.encode() in left[0].read_bytes()


def locked(before: str) -> tuple[str, int]:
    """What `lock_memory` answers after `before`, and the kB that the kernel has locked then."""
    words = [sys.executable, "-c", UNLIMITED.format(before=before)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return said[0], int(said[2])


def test_memory_is_locked_where_it_is_allowed_without_a_limit() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root is sure to be allowed it")
    answer, kilobytes = locked("")
    assert answer == "True" and kilobytes > 1000


def test_with_a_limit_nothing_is_locked_and_the_process_lives() -> None:
    """The danger: a process whose memory is locked under a limit fails at its next allocation."""
    drop = "resource.setrlimit(resource.RLIMIT_MEMLOCK, (8 << 20, 8 << 20)); import os"
    if os.geteuid() == 0:
        drop += "; os.setuid(65534)"
    assert locked(drop) == ("False", 0)
