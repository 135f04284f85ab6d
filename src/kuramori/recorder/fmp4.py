"""Fragmented MP4 (ISO/IEC 14496-12 and -15): one init segment, then one moof + mdat per fragment.

One video track, number 1, on the camera's own 90 kHz clock, so that no timestamp is ever rounded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kuramori.recorder.sample_entries import avc1, box, hvc1

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMESCALE = 90_000
_SYNC = 0x02000000  # depends on no other sample
_NOT_SYNC = 0x01010000  # depends on others, not a sync sample
_TFHD_DEFAULT_BASE_IS_MOOF = 0x020000
_TRUN_ALL = 0x000001 | 0x000100 | 0x000200 | 0x000400  # data offset; duration, size and flags of each sample
_TRUN_COMPOSITION = 0x000800
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(slots=True)
class Unit:
    """One sample. `data` as in AccessUnit; times in 1/90000 s; `composition_90k` is pts − dts."""

    data: bytes
    duration_90k: int
    key: bool
    composition_90k: int = 0


@lru_cache(maxsize=64)
def init_segment(
    sps: tuple[bytes, ...],
    pps: tuple[bytes, ...],
    width: int,
    height: int,
    vps: tuple[bytes, ...] = (),
) -> bytes:
    """ftyp + moov for H.264, or with `vps` for H.265; `width` and `height` in pixels after cropping."""
    entry = hvc1(vps, sps, pps, width, height) if vps else avc1(sps, pps, width, height)
    ftyp = box(b"ftyp", b"iso6", _u32(0), b"iso6", b"mp42", entry[4:8])
    moov = box(b"moov", _mvhd(), _trak(entry, width, height), box(b"mvex", _full(b"trex", 0, 0, _TREX)))
    return ftyp + moov


def fragment(sequence: int, base_media_90k: int, units: Sequence[Unit]) -> bytes:
    """moof + mdat. `base_media_90k` is the first unit's decoding time, not negative; `sequence` from 1."""
    return b"".join(fragment_parts(sequence, base_media_90k, units))


def fragment_parts(sequence: int, base_media_90k: int, units: Sequence[Unit]) -> list[bytes]:
    """The same bytes in pieces, the pictures not copied: for a writer that joins or seals them itself."""
    composed = any(unit.composition_90k for unit in units)
    fields: list[int] = []
    size = 0
    for unit in units:
        length = len(unit.data)
        size += length
        fields += (unit.duration_90k, length, _SYNC if unit.key else _NOT_SYNC)
        if composed:
            fields.append(unit.composition_90k & 0xFFFFFFFF)  # version 1: signed, two's complement
    trun_size = 20 + 4 * len(fields)
    traf_size = 8 + 16 + 20 + trun_size
    moof_size = 8 + 16 + traf_size
    head = struct.pack(
        ">I4s I4sII I4s I4sII I4sIQ I4sIII " + "I" * len(fields) + " I4s",
        *(moof_size, b"moof"),
        *(16, b"mfhd", 0, sequence & 0xFFFFFFFF),
        *(traf_size, b"traf"),
        *(16, b"tfhd", _TFHD_DEFAULT_BASE_IS_MOOF, 1),
        *(20, b"tfdt", 0x01000000, base_media_90k),
        *(trun_size, b"trun", 0x01000000 | _TRUN_ALL | (_TRUN_COMPOSITION if composed else 0)),
        *(len(units), moof_size + 8),
        *fields,
        *(size + 8, b"mdat"),
    )
    return [head, *(unit.data for unit in units)]


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, _u32(version << 24 | flags), *parts)


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


_TREX = struct.pack(">5I", 1, 1, 0, 0, _NOT_SYNC)


def _mvhd() -> bytes:
    times = struct.pack(">4I", 0, 0, TIMESCALE, 0)
    return _full(
        b"mvhd", 0, 0, times, struct.pack(">IHHQ", 0x10000, 0x0100, 0, 0), _MATRIX, bytes(24), _u32(2)
    )


def _trak(entry: bytes, width: int, height: int) -> bytes:
    size = struct.pack(">II", width << 16, height << 16)
    tkhd = _full(b"tkhd", 0, 3, struct.pack(">5I", 0, 0, 1, 0, 0), bytes(16), _MATRIX, size)
    mdhd = _full(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, TIMESCALE, 0, 0x55C4, 0))  # language "und"
    hdlr = _full(b"hdlr", 0, 0, _u32(0), b"vide", bytes(12), b"video\0")
    dref = _full(b"dref", 0, 0, _u32(1), _full(b"url ", 0, 1))
    tables = [_full(kind, 0, 0, _u32(0)) for kind in (b"stts", b"stsc", b"stco")]
    stsz = _full(b"stsz", 0, 0, _u32(0), _u32(0))
    stbl = box(b"stbl", _full(b"stsd", 0, 0, _u32(1), entry), *tables, stsz)
    minf = box(b"minf", _full(b"vmhd", 0, 1, bytes(8)), box(b"dinf", dref), stbl)
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf))
