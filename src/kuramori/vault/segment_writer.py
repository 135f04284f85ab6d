"""Writing a segment file: append only, one write a record, never reopened, never seeking back.

A write error poisons the writer: what was not yet durable goes, under a new key, to a new file.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori import sharing
from kuramori.errors import DiskFailed
from kuramori.vault.disk import close_apart
from kuramori.vault.record_seal import RecordSealer
from kuramori.vault.secret_bytes import wipe
from kuramori.vault.segment_header import DIGEST_BYTES, Flag

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.vault.segment_header import SegmentHeader

_INIT, _LAST = int(Flag.INIT), int(Flag.LAST)
NS_PER_90K_NUMERATOR, NS_PER_90K_DENOMINATOR = 100_000, 9  # 1 / 90,000 s = 100,000 / 9 ns


def ns_of_90k(ticks: int) -> int:
    """Nanoseconds in `ticks` of 1/90,000 s, rounded down."""
    return ticks * NS_PER_90K_NUMERATOR // NS_PER_90K_DENOMINATOR


@dataclass(frozen=True, slots=True)
class ClosedSegment:
    """What the journal says of a finished file. `sha256` is of the whole file, 64 hex digits."""

    sha256: str
    records: int  # the closing record included
    size_bytes: int
    end_ns: int


class SegmentWriter:
    """The one writer of one segment file. Not thread-safe: one thread at a time."""

    def __init__(self, path: Path, header: SegmentHeader, key: bytearray) -> None:
        """Create `path` (it must not exist) and write the header. `key` is wiped when the file ends."""
        head = header.to_bytes()
        self.path = path
        self.size_bytes = 0
        self.end_ns = header.start_ns
        self._end_90k = 0
        self._key = key
        self._sealer = RecordSealer(key, head[-DIGEST_BYTES:])
        self._hash = hashlib.sha256()
        self._handle = -1
        self._create()
        self._write(memoryview(head))

    @property
    def records(self) -> int:
        """Records written so far."""
        return self._sealer.next_seq

    @property
    def ended(self) -> bool:
        """Closed, abandoned or poisoned: nothing can be appended any more."""
        return self._handle < 0

    def fileno(self) -> int:
        """The descriptor, for `Disk.sync`; -1 after the end."""
        return self._handle

    def append(
        self,
        payload: bytes | list[bytes],
        *,
        wall_ns: int,
        media_90k: int,
        duration_90k: int,
        flags: int,
    ) -> int:
        """Seal one fragment and write it with one write; returns its number. Raises `DiskFailed`."""
        if self.ended:
            raise ValueError("the segment has ended")
        flags = int(flags)
        if flags & _LAST:
            raise ValueError("only close() writes the last record")
        if bool(flags & _INIT) != (self._sealer.next_seq == 0):
            raise ValueError("record 0 and no other is the init segment")
        seq = self._sealer.next_seq
        self._write(self._sealer.seal(payload, wall_ns, media_90k, duration_90k, flags))
        self._end_90k = media_90k + duration_90k
        self.end_ns = max(self.end_ns, wall_ns + ns_of_90k(duration_90k))
        return seq

    def close(self) -> ClosedSegment:
        """Write the closing record, forget the key, close the file. The caller syncs the disk."""
        if self.ended:
            raise ValueError("the segment has ended")
        self._write(self._sealer.seal(b"", self.end_ns, self._end_90k, 0, _LAST))
        closed = ClosedSegment(self._hash.hexdigest(), self.records, self.size_bytes, self.end_ns)
        self.abandon()
        return closed

    def abandon(self, *, hangs: bool = False) -> None:
        """Forget the key and close the descriptor without a closing record: the file is known to be cut.

        `hangs`: the disk may not answer even to that, so it is not waited for.
        """
        wipe(self._key)
        self._sealer.forget()
        handle, self._handle = self._handle, -1
        if handle >= 0 and hangs:
            close_apart(handle)
        elif handle >= 0:
            os.close(handle)

    def _create(self) -> None:
        try:
            self.path.parent.mkdir(mode=sharing.FOLDER, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._handle = os.open(self.path, flags, sharing.FILE)
        except OSError as wrong:
            self.abandon()
            raise DiskFailed("segment-create", errno=wrong.errno) from wrong

    def _write(self, data: memoryview) -> None:
        try:
            written = os.write(self._handle, data)
        except OSError as wrong:
            self.abandon()
            raise DiskFailed("segment-write", errno=wrong.errno) from wrong
        if written != len(data):
            self.abandon()
            raise DiskFailed("segment-write-short")
        self.size_bytes += written
        self._hash.update(data)
