"""One program for each data directory."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from kuramori.errors import AlreadyRunning

LEFTOVERS_S = 15.0
"""How long parts of a program that was killed may take to notice and go."""


def take(data: Path) -> int:
    """Lock `data` for this program and return the lock's descriptor.

    Children inherit it, so the lock lasts until the last of them has gone. Raises `AlreadyRunning` with
    the other program's process id when that program is alive.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    give_up_at = time.monotonic() + LEFTOVERS_S
    while not _try(lock):
        other = _holder(lock)
        if _alive(other) or time.monotonic() > give_up_at:
            os.close(lock)
            raise AlreadyRunning(pid=other)
        time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def _try(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


def _holder(lock: int) -> int:
    text = os.pread(lock, 20, 0)
    return int(text) if text.isdigit() else 0


def _alive(pid: int) -> bool:
    if not pid:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
