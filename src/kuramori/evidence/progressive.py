"""The head of a progressive MP4 over pictures that are copied as they are: nothing is encoded again.

`ftyp`, `moov`, and the beginning of `mdat`; the samples of all fragments follow, in their order. Old players
handle fragmented MP4 badly, which is the only reason why this copy exists. ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from kuramori.recorder.sample_entries import box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.evidence.fragments import Fragment

TIMESCALE = 90_000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(slots=True)
class Table:
    """What is known of every sample; 20 bytes a picture."""

    sizes: array[int] = field(default_factory=lambda: array("I"))
    durations: array[int] = field(default_factory=lambda: array("I"))
    compositions: array[int] = field(default_factory=lambda: array("i"))
    keys: array[int] = field(default_factory=lambda: array("I"))
    # Samples in each fragment, which becomes one chunk.
    chunks: array[int] = field(default_factory=lambda: array("I"))

    def add(self, fragment: Fragment) -> None:
        """Take the next fragment's samples."""
        for sample in fragment.samples:
            self.sizes.append(sample.size_bytes)
            self.durations.append(sample.duration_90k)
            self.compositions.append(sample.composition_90k)
            if sample.key:
                self.keys.append(len(self.sizes))
        self.chunks.append(len(fragment.samples))

    @property
    def media_bytes(self) -> int:
        return sum(self.sizes)

    @property
    def duration_90k(self) -> int:
        return sum(self.durations)


def head(table: Table, stsd: bytes, width: int, height: int) -> bytes:
    """Everything before the first sample."""
    ftyp = box(b"ftyp", b"isom", _u32(0x200), b"isom", b"iso2", b"mp41", stsd[20:24])
    size = len(ftyp) + len(_moov(table, stsd, width, height, 0)) + 16
    mdat = struct.pack(">I4sQ", 1, b"mdat", table.media_bytes + 16)
    return ftyp + _moov(table, stsd, width, height, size) + mdat


def _moov(table: Table, stsd: bytes, width: int, height: int, first_byte: int) -> bytes:
    length = table.duration_90k
    times = struct.pack(">QQIQ", 0, 0, TIMESCALE, length)
    rest = struct.pack(">IHHQ", 0x10000, 0x0100, 0, 0) + _MATRIX + bytes(24) + _u32(2)
    mvhd = _full(b"mvhd", 1, 0, times, rest)
    size = struct.pack(">II", width << 16, height << 16)
    tkhd = _full(b"tkhd", 1, 3, struct.pack(">QQIIQ", 0, 0, 1, 0, length), bytes(16), _MATRIX, size)
    mdhd = _full(b"mdhd", 1, 0, times, struct.pack(">HH", 0x55C4, 0))
    hdlr = _full(b"hdlr", 0, 0, _u32(0), b"vide", bytes(12), b"video\0")
    dinf = box(b"dinf", _full(b"dref", 0, 0, _u32(1), _full(b"url ", 0, 1)))
    stbl = box(b"stbl", stsd, *_tables(table, first_byte))
    minf = box(b"minf", _full(b"vmhd", 0, 1, bytes(8)), dinf, stbl)
    return box(b"moov", mvhd, box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf)))


def _tables(table: Table, first_byte: int) -> list[bytes]:
    made = [_full(b"stts", 0, 0, _runs(table.durations, ">II"))]
    if any(table.compositions):
        made.append(_full(b"ctts", 1, 0, _runs(table.compositions, ">Ii")))
    made.append(_full(b"stss", 0, 0, _counted(table.keys)))
    chunks, number = [], 1
    for count, same in groupby(table.chunks):
        chunks.append(struct.pack(">III", number, count, 1))
        number += len(list(same))
    made.append(_full(b"stsc", 0, 0, _u32(len(chunks)), *chunks))
    made.append(_full(b"stsz", 0, 0, _u32(0), _counted(table.sizes)))
    places, at, sample = array("Q"), first_byte, 0
    for count in table.chunks:
        places.append(at)
        at += sum(table.sizes[sample : sample + count])
        sample += count
    made.append(_full(b"co64", 0, 0, _u32(len(places)), struct.pack(f">{len(places)}Q", *places)))
    return made


def _runs(values: Iterable[int], form: str) -> bytes:
    runs = [struct.pack(form, len(list(same)), value) for value, same in groupby(values)]
    return _u32(len(runs)) + b"".join(runs)


def _counted(values: array[int]) -> bytes:
    return _u32(len(values)) + struct.pack(f">{len(values)}I", *values)


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, _u32(version << 24 | flags), *parts)


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")
