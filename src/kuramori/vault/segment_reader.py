"""Reading a segment file: header and record index without any key, fragments with the segment's key.

A file that is still being written, or that was cut by a crash, is read as far as whole records go and is
known not to be closed. The clear headers are only *claims* until a record opens under the key: what must
be sure asks `verify`.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Literal, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kuramori.errors import BadInput, Damaged
from kuramori.vault.record_seal import (
    HEADER_BYTES,
    PAYLOAD_MAX_BYTES,
    RECORD_HEADER,
    TAG_BYTES,
    RecordInfo,
    open_record,
)
from kuramori.vault.segment_header import (
    DIGEST_BYTES,
    HEADER_JSON_MAX_BYTES,
    PREFIX,
    Flag,
    SegmentHeader,
    header_size_bytes,
)
from kuramori.vault.segment_writer import ns_of_90k

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD_MAX_BYTES = PREFIX.size + HEADER_JSON_MAX_BYTES + DIGEST_BYTES
_HASH_BLOCK_BYTES = 1024 * 1024
# Plain integers: an IntFlag costs a microsecond a touch.
_KEY, _INIT, _LAST = int(Flag.KEY), int(Flag.INIT), int(Flag.LAST)


class SegmentFile:
    """One segment file, open for reading. Use as a context manager or call `close`."""

    def __init__(self, path: Path) -> None:
        """Raises `Damaged` when the header is not whole, `FileNotFoundError` when there is no file."""
        self.path = path
        self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            head = os.pread(self._handle, _HEAD_MAX_BYTES, 0)
            self.header = SegmentHeader.from_bytes(head)
        except BaseException:
            self.close()
            raise
        self._next_offset = header_size_bytes(head)
        self._digest = head[self._next_offset - DIGEST_BYTES : self._next_offset]
        self.records: list[RecordInfo] = []
        self.state: Literal["open-or-cut", "closed"] = "open-or-cut"
        self.fault: str | None = (
            None  # why the index ends before the file does, when a crash cannot explain it
        )
        self.refresh()

    @classmethod
    def open(cls, path: Path) -> SegmentFile:
        """The same as the constructor."""
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def refresh(self) -> list[RecordInfo]:
        """Take in records appended since the last look; returns the new ones."""
        first = len(self.records)
        size = os.fstat(self._handle).st_size
        while self.fault is None and self.state != "closed":
            raw = os.pread(self._handle, HEADER_BYTES, self._next_offset)
            if len(raw) < HEADER_BYTES:
                break
            seq, wall_ns, media_90k, duration_90k, flags, length = RECORD_HEADER.unpack(raw)
            info = RecordInfo(seq, wall_ns, media_90k, duration_90k, flags, self._next_offset, length)
            end = self._next_offset + HEADER_BYTES + length
            self.fault = _fault_of(info, len(self.records))
            if self.fault is not None or end > size:
                break
            self.records.append(info)
            self._next_offset = end
            if flags & _LAST:
                self._closes_at(end, size)
        return self.records[first:]

    def _closes_at(self, end: int, size: int) -> None:
        if end == size:
            self.state = "closed"
        else:
            self.fault = "bytes-after-the-last-record"

    @property
    def end_ns(self) -> int:
        """Wall time at which the last whole record ends (UTC nanoseconds); the start when there is none."""
        return max(
            (r.wall_ns + ns_of_90k(r.duration_90k) for r in self.records), default=self.header.start_ns
        )

    @property
    def whole_bytes(self) -> int:
        """Length of the header and all whole records."""
        return self._next_offset

    @property
    def header_digest(self) -> bytes:
        """SHA-256 of the file header, part of every record's associated data."""
        return self._digest

    def key_frames(self) -> list[RecordInfo]:
        """Records at which decoding may start."""
        return [info for info in self.records if info.flags & _KEY]

    def sha256(self) -> str:
        """SHA-256 of the whole file, 64 hex digits."""
        digest, at = hashlib.sha256(), 0
        while block := os.pread(self._handle, _HASH_BLOCK_BYTES, at):
            digest.update(block)
            at += len(block)
        return digest.hexdigest()

    def read(self, seq: int, key: bytes | bytearray) -> bytes:
        """The fragment of record `seq` in the clear. Raises `Damaged`; `BadInput` for an unknown number."""
        return self._read(seq, AESGCM(key))

    def read_span(self, first_seq: int, last_seq: int, key: bytes | bytearray) -> Iterator[bytes]:
        """Fragments `first_seq` to `last_seq`, both included, one at a time."""
        cipher = AESGCM(key)
        for seq in range(first_seq, last_seq + 1):
            yield self._read(seq, cipher)

    def verify(self, key: bytes | bytearray) -> None:
        """Open every record; raises `Damaged` when one fails or the file has no authentic end."""
        if self.fault is not None:
            raise Damaged("segment-fault", fault=self.fault)
        for _ in self.read_span(0, len(self.records) - 1, key):
            pass
        if self.state != "closed" or os.fstat(self._handle).st_size != self._next_offset:
            raise Damaged("segment-cut")

    def _read(self, seq: int, cipher: AESGCM) -> bytes:
        if not 0 <= seq < len(self.records):
            raise BadInput("no-such-record", seq=seq)
        info = self.records[seq]
        record = os.pread(self._handle, HEADER_BYTES + info.length, info.offset)
        return open_record(cipher, self._digest, record, info.flags, seq)


def _fault_of(info: RecordInfo, expected_seq: int) -> str | None:
    if info.seq != expected_seq:
        return "record-number"
    if not TAG_BYTES <= info.length <= PAYLOAD_MAX_BYTES + TAG_BYTES:
        return "record-length"
    last = bool(info.flags & _LAST)
    if bool(info.flags & _INIT) != (info.seq == 0) and not last:
        return "record-flags"
    if last and info.length != TAG_BYTES:
        return "record-flags"
    return None
