"""A file system in memory that loses power, or fails, at a chosen operation.

What was written and not synced survives in random sectors or pages, in any order: a disk promises no more.
"""

from __future__ import annotations

import errno
import random
from pathlib import Path
from typing import Literal

# A disk tears by its sector, a file system by its page: with pages some chunks of a table come through whole.
TORN_BYTES = {"torn": 512, "torn-pages": 4096}
Mode = Literal["before", "torn", "torn-pages", "after", "eio", "enospc"]


class PowerCut(BaseException):
    """The machine is off. Not an `Exception`: no program catches it."""


class PowerCutFiles:
    """`KeyFiles` in memory. Operation number `cut_at` (from 0) is the one at which it happens."""

    def __init__(self, durable: dict[Path, bytes] | None = None, seed: int = 0) -> None:
        self.durable: dict[Path, bytes] = dict(durable or {})
        self._seen: dict[Path, bytearray] = {path: bytearray(data) for path, data in self.durable.items()}
        self._rng = random.Random(seed)
        self.operations: list[str] = []
        self.cut_at = -1
        self.mode: Mode = "torn"
        self.dead_sectors: set[Path] = set()
        self.lying_writes: set[Path] = set()  # writes that are acknowledged and never reach the medium

    def arm(self, cut_at: int, mode: Mode) -> None:
        self.operations = []
        self.cut_at, self.mode = cut_at, mode

    def reserve(self, path: Path, size_bytes: int) -> None:
        if len(self._seen.get(path, b"")) >= size_bytes:
            return
        with_zeros = bytes(self._seen.get(path, b"")).ljust(size_bytes, b"\0")
        with self.step(f"reserve {path}") as fault:
            if fault != "before" and (fault is None or fault == "after" or self._rng.random() < 0.5):
                self._seen[path] = bytearray(with_zeros)
                self.durable[path] = self.durable.get(path, b"").ljust(size_bytes, b"\0")

    def size(self, path: Path) -> int:
        return len(self._seen[path])

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        if path not in self._seen:
            raise FileNotFoundError(path)
        with self.step(f"write {path}") as fault:
            done = (
                len(data)
                if fault in (None, "torn", "torn-pages", "after")
                else self._rng.randrange(len(data) + 1)
            )
            if fault != "before" and path not in self.lying_writes:
                self._seen[path][offset : offset + done] = data[:done]

    def sync(self, path: Path) -> None:
        with self.step(f"sync {path}") as fault:
            if fault in (None, "after"):
                self.durable[path] = bytes(self._seen[path])

    def read(self, path: Path, size_bytes: int | None = None, offset: int = 0) -> tuple[bytes, bool]:
        if path in self.dead_sectors:
            raise OSError(errno.EIO, "bad sector")
        end = None if size_bytes is None else offset + size_bytes
        return bytes(self._seen[path][offset:end]), True

    def exists(self, path: Path) -> bool:
        return path in self._seen

    def replace(self, path: Path, data: bytes) -> None:
        with self.step(f"replace {path}") as fault:
            if fault != "before" and (fault in (None, "after") or self._rng.random() < 0.5):
                self._seen[path] = bytearray(data)
                self.durable[path] = data

    def move_aside(self, path: Path, target: Path) -> None:
        with self.step(f"move {path}") as fault:
            if fault in (None, "after"):
                self._seen[target] = self._seen.pop(path)
                self.durable[target] = self.durable.pop(path)

    def remove(self, path: Path) -> None:
        with self.step(f"remove {path}") as fault:
            if fault in (None, "after"):
                self._seen.pop(path, None)
                self.durable.pop(path, None)

    def after_reboot(self, seed: int = 0) -> PowerCutFiles:
        """The medium as the next start finds it."""
        return PowerCutFiles(self.durable, seed)

    def everything(self) -> list[bytes]:
        """All that an attacker finds."""
        return list(self.durable.values())

    def step(self, name: str) -> _Step:
        """One operation that power may fail at; parts that are no files (a TPM) count theirs here too."""
        number = len(self.operations)
        self.operations.append(name)
        return _Step(self, self.mode if number == self.cut_at else None)

    def lose_power(self) -> None:
        step = TORN_BYTES.get(self.mode, 512)
        for path, seen in self._seen.items():
            before = self.durable.get(path)
            if before is None or before == seen:
                continue
            kept = bytearray(before.ljust(len(seen), b"\0"))
            for at in range(0, len(seen), step):
                if self._rng.random() < 0.5:
                    kept[at : at + step] = seen[at : at + step]
            self.durable[path] = bytes(kept)


class _Step:
    def __init__(self, files: PowerCutFiles, fault: Mode | None) -> None:
        self._files = files
        self._fault = fault

    def __enter__(self) -> Mode | None:
        return self._fault

    def __exit__(self, *_: object) -> None:
        if self._fault in ("eio", "enospc"):
            raise OSError(errno.EIO if self._fault == "eio" else errno.ENOSPC, "injected")
        if self._fault is not None:
            self._files.lose_power()
            raise PowerCut
