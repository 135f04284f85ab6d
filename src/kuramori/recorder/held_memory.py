"""How much footage may wait in memory for a disk: all cameras together. Thread-safe."""

from __future__ import annotations

import threading

MOST_BYTES = 256 * 1024 * 1024


class HeldMemory:
    """A purse of bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._left_bytes = most_bytes
        self._lock = threading.Lock()

    def take(self, size_bytes: int) -> bool:
        """Whether so much more may be held."""
        with self._lock:
            if size_bytes > self._left_bytes:
                return False
            self._left_bytes -= size_bytes
            return True

    def give_back(self, size_bytes: int) -> None:
        with self._lock:
            self._left_bytes += size_bytes
