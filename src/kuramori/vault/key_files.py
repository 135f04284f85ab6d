"""The few file operations a rotation is made of, behind one seam, so that tests can cut the power at each.

Files of fixed place are overwritten, never renamed over: a rename would leave the old bytes on the medium.
"""

from __future__ import annotations

import mmap
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

BLOCK_BYTES = 4096
_MAPPING = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE


class KeyFiles(Protocol):
    """What slot and table need of a file system. Offsets and lengths are multiples of 4,096 bytes."""

    def reserve(self, path: Path, size_bytes: int) -> None:
        """Make the file at least this long, its blocks allocated, and its name durable."""

    def size(self, path: Path) -> int:
        """Length of a file or block device. Raises `OSError`."""

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        """Overwrite an existing file or device in place."""

    def sync(self, path: Path) -> None:
        """Return when the file's bytes are on the medium."""

    def read(self, path: Path, size_bytes: int | None = None, offset: int = 0) -> tuple[bytes, bool]:
        """Bytes from the medium, and whether the page cache was passed by."""

    def exists(self, path: Path) -> bool:
        """Whether there is such a file."""

    def replace(self, path: Path, data: bytes) -> None:
        """A small file that holds no key: the old or the new content is there, never a mixture."""

    def move_aside(self, path: Path, target: Path) -> None:
        """Rename without copying, durably."""

    def remove(self, path: Path) -> None:
        """Unlink; no error when it is not there."""


class RealFiles:
    """The operating system's files."""

    def reserve(self, path: Path, size_bytes: int) -> None:
        if path.exists() and path.stat().st_size >= size_bytes:
            return
        made = [p for p in (path.parent, *path.parent.parents) if not p.exists()]
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, size_bytes)
            os.fsync(handle)
        finally:
            os.close(handle)
        for folder in {path.parent, *(p.parent for p in made)}:
            _sync_folder(folder)

    def size(self, path: Path) -> int:
        state = path.stat()
        if not stat.S_ISBLK(state.st_mode):
            return state.st_size
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.lseek(handle, 0, os.SEEK_END)  # a block device has no length to stat
        finally:
            os.close(handle)

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            view = memoryview(data)
            while view:
                done = os.pwrite(handle, view, offset)
                view, offset = view[done:], offset + done
        finally:
            os.close(handle)

    def sync(self, path: Path) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self, path: Path, size_bytes: int | None = None, offset: int = 0) -> tuple[bytes, bool]:
        there = max(0, self.size(path) - offset)
        size = there if size_bytes is None else min(size_bytes, there)
        if not size:
            return b"", False
        with suppress(OSError):
            return _read(path, size, offset, os.O_DIRECT), True
        return _read(path, size, offset, 0), False

    def exists(self, path: Path) -> bool:
        return path.exists()

    def replace(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(path)
        _sync_folder(path.parent)

    def move_aside(self, path: Path, target: Path) -> None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(target)
        for folder in (path.parent, target.parent, target.parent.parent):
            _sync_folder(folder)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)


def _read(path: Path, size: int, offset: int, flags: int) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags)
    try:
        if not flags:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        whole = -(-size // BLOCK_BYTES) * BLOCK_BYTES
        with mmap.mmap(-1, whole, flags=_MAPPING) as area:  # page-aligned, as O_DIRECT asks
            got = 0
            with memoryview(area) as view:
                while got < size:
                    with view[got:] as rest:
                        step = os.preadv(handle, [rest], offset + got)
                    if not step:
                        break
                    got += step
            return area[: min(got, size)]
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
