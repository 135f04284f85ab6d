"""Disks of the forensic proof: file systems in image files, mounted through loop devices. Needs root."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
SLOT_BYTES = 4 * MIB
_EXT4 = ("mkfs.ext4", "-q", "-F", "-b", "4096")
"""Without -b small file systems get blocks of 1 KiB, which would hide whole blocks from other tools."""


@dataclass(frozen=True)
class FileSystem:
    """How to make and mount one kind."""

    name: str
    make: tuple[str, ...]
    options: str
    least_bytes: int


FILE_SYSTEMS = {
    one.name: one
    for one in (
        FileSystem("ext4 data=ordered", _EXT4, "loop,data=ordered", 48 * MIB),
        FileSystem("ext4 data=journal", _EXT4, "loop,data=journal", 48 * MIB),
        FileSystem("xfs", ("mkfs.xfs", "-q", "-f"), "loop", 320 * MIB),
        FileSystem("btrfs", ("mkfs.btrfs", "-q", "-f"), "loop", 160 * MIB),
    )
}


class NoLoopImages(RuntimeError):
    """This machine cannot mount images; the text says why."""


@contextmanager
def mounted(system: FileSystem, image: Path, size_bytes: int) -> Iterator[Path]:
    """A new file system in `image`, mounted beside it; unmounted, and thereby written out, at the end."""
    if os.geteuid() != 0:
        raise NoLoopImages("loop images need root")
    with image.open("wb") as file:
        file.truncate(max(size_bytes, system.least_bytes))
    point = image.with_suffix(".mounted")
    point.mkdir()
    _run(*system.make, str(image))
    _run("mount", "-o", system.options, str(image), str(point))
    try:
        yield point
    finally:
        _run("umount", str(point))
        point.rmdir()


@contextmanager
def loop_device(image: Path) -> Iterator[Path]:
    """A small raw device of its own: what a partition for the key slot is."""
    with image.open("wb") as file:
        file.truncate(SLOT_BYTES)
    device = _run("losetup", "--find", "--show", str(image)).strip()
    try:
        yield Path(device)
    finally:
        _run("losetup", "--detach", device)


def data_pieces(image: Path, piece_bytes: int, overlap_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Everything that was ever written to `image`, in pieces of `piece_bytes` and a little of the next.

    Holes of the file and pieces of zeros are passed over.
    """
    handle = os.open(image, os.O_RDONLY)
    zeros = bytes(piece_bytes + overlap_bytes)
    try:
        end, at = os.fstat(handle).st_size, 0
        while at < end:
            try:
                at = os.lseek(handle, at, os.SEEK_DATA) // piece_bytes * piece_bytes
            except OSError:
                return
            data = os.pread(handle, piece_bytes + overlap_bytes, at)
            if data != zeros[: len(data)]:
                yield at, data
            at += piece_bytes
    finally:
        os.close(handle)


def _run(*words: str) -> str:
    try:
        done = subprocess.run(words, check=True, capture_output=True, text=True)
    except FileNotFoundError as wrong:
        raise NoLoopImages(f"{words[0]} is missing (packaging/system-packages test)") from wrong
    except subprocess.CalledProcessError as wrong:
        raise NoLoopImages(f"{' '.join(words)}: {wrong.stderr.strip()}") from wrong
    return done.stdout
