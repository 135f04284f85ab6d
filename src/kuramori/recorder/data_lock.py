"""One recorder per data directory."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from kuramori.errors import AlreadyRunning

if TYPE_CHECKING:
    from pathlib import Path


class DataLock:
    """A file lock that the kernel lets go of when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def take(self) -> None:
        """Raises AlreadyRunning when another process has it."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            raise AlreadyRunning("recorder-already-running") from None
        self._fd = fd

    def release(self) -> None:
        """Let go; again is harmless."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
