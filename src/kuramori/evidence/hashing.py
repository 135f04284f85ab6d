"""Hashes of a file that is never held as a whole: of all of it, and of each piece of 16 MiB.

A browser cannot hash in steps; it checks a large file piece by piece.
"""

from __future__ import annotations

import hashlib
from typing import Any

CHUNK_BYTES = 16 * 1024 * 1024


class FileHash:
    """Takes a file's bytes in their order."""

    def __init__(self) -> None:
        self._whole, self._piece = hashlib.sha256(), hashlib.sha256()
        self._in_piece = 0
        self._pieces: list[str] = []
        self.size_bytes = 0

    def update(self, data: bytes | memoryview) -> None:
        """The next bytes."""
        self._whole.update(data)
        self.size_bytes += len(data)
        rest = memoryview(data)
        while rest:
            taken = rest[: CHUNK_BYTES - self._in_piece]
            self._piece.update(taken)
            self._in_piece += len(taken)
            rest = rest[len(taken) :]
            if self._in_piece == CHUNK_BYTES:
                self._end_piece()

    def said(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        if self._in_piece or not self._pieces:
            self._end_piece()
        return {
            "bytes": self.size_bytes,
            "sha256": self._whole.hexdigest(),
            "chunk_bytes": CHUNK_BYTES,
            "chunk_sha256": self._pieces,
        }

    def _end_piece(self) -> None:
        self._pieces.append(self._piece.hexdigest())
        self._piece, self._in_piece = hashlib.sha256(), 0


def of(data: bytes) -> dict[str, Any]:
    """The same for a small file."""
    made = FileHash()
    made.update(data)
    return made.said()
