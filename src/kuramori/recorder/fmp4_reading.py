"""Reads back what `fmp4` wrote, and nothing else: any other shape is damage."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import Damaged
from kuramori.recorder.fmp4 import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_CODE = b"\0\0\0\1"
_TO_ENTRY = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_SAMPLE_ENTRY_BYTES = 78
_TRUN_AT = 68  # moof, mfhd, traf, tfhd and tfdt before it
_COMPOSITION = 0x000800
_NOT_SYNC = 0x00010000


@dataclass(frozen=True, slots=True)
class Track:
    """`kind` is the sample entry's (`avc1` or `hvc1`); `parameter_sets` are Annex B, only of H.265."""

    kind: str
    width: int
    height: int
    parameter_sets: bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """One access unit of a fragment, with its times in 1/90000 s."""

    unit: Unit
    dts_90k: int

    @property
    def pts_90k(self) -> int:
        return self.dts_90k + self.unit.composition_90k


def read_init(data: bytes) -> Track:
    """What an init segment says. Raises `Damaged`."""
    inside = data
    for name in _TO_ENTRY:
        inside = _child(inside, name)
    kind, entry = next(_boxes(inside[8:]), (b"", b""))
    if kind not in (b"avc1", b"hvc1") or len(entry) < _SAMPLE_ENTRY_BYTES:
        raise Damaged("fragment-shape")
    width, height = struct.unpack_from(">HH", entry, 24)
    sets = b""
    if kind == b"hvc1":
        sets = _parameter_sets(_child(entry[_SAMPLE_ENTRY_BYTES:], b"hvcC"))
    return Track(kind.decode(), width, height, sets)


def read_fragments(data: bytes) -> Iterator[Sample]:
    """The samples of whole fragments, one after another. Raises `Damaged`."""
    at = 0
    while at < len(data):
        try:
            moof_bytes, name = struct.unpack_from(">I4s", data, at)
            if name != b"moof":
                raise Damaged("fragment-shape")
            yield from _samples(data, at, moof_bytes)
            mdat_bytes, name = struct.unpack_from(">I4s", data, at + moof_bytes)
        except struct.error as cut:
            raise Damaged("fragment-shape") from cut
        at += moof_bytes + mdat_bytes
        if name != b"mdat" or mdat_bytes < 8 or at > len(data):
            raise Damaged("fragment-shape")


def _samples(data: bytes, at: int, moof_bytes: int) -> Iterator[Sample]:
    dts_90k: int = struct.unpack_from(">Q", data, at + 60)[0]
    _size, name, flags, count, offset = struct.unpack_from(">I4sIII", data, at + _TRUN_AT)
    width = 4 if flags & _COMPOSITION else 3
    if name != b"trun" or _TRUN_AT + 20 + 4 * width * count != moof_bytes or offset != moof_bytes + 8:
        raise Damaged("fragment-shape")
    fields = struct.unpack_from(f">{width * count}I", data, at + _TRUN_AT + 20)
    begins = at + offset
    for first in range(0, width * count, width):
        duration, length, what = fields[first : first + 3]
        composed = fields[first + 3] if width == 4 else 0
        if begins + length > len(data):
            raise Damaged("fragment-shape")
        composed -= (composed & 1 << 31) << 1
        unit = Unit(data[begins : begins + length], duration, not what & _NOT_SYNC, composed)
        yield Sample(unit, dts_90k)
        begins, dts_90k = begins + length, dts_90k + duration


def _child(data: bytes, wanted: bytes) -> bytes:
    for name, content in _boxes(data):
        if name == wanted:
            return content
    raise Damaged("fragment-shape")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            raise Damaged("fragment-shape")
        yield name, data[at + 8 : at + size]
        at += size


def _parameter_sets(hvcc: bytes) -> bytes:
    """The arrays of an HEVCDecoderConfigurationRecord as a byte stream."""
    parts, at = [], 23
    try:
        for _array in range(hvcc[22]):
            (count,) = struct.unpack_from(">H", hvcc, at + 1)
            at += 3
            for _nal in range(count):
                (length,) = struct.unpack_from(">H", hvcc, at)
                parts += [_START_CODE, hvcc[at + 2 : at + 2 + length]]
                at += 2 + length
    except (struct.error, IndexError) as cut:
        raise Damaged("fragment-shape") from cut
    return b"".join(parts)
