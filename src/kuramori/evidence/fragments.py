"""Reading our own fragmented MP4 again: the sample tables of a fragment, the sample entry of an init segment.

Boxes: ISO/IEC 14496-12. One track. Everything that does not fit together is `Damaged`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Iterator

_DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x100, 0x200, 0x400, 0x800
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_NOT_SYNC = 0x00010000
_MOVIE_PARTS = ("moov", "trak", "mdia", "minf", "stbl")


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: times in 1/90000 s, `composition_90k` is pts − dts."""

    size_bytes: int
    duration_90k: int
    key: bool
    composition_90k: int = 0


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof + mdat: its samples lie in `data` one after the other."""

    base_90k: int
    samples: list[Sample]
    data: memoryview


def read_fragment(fragment: bytes) -> Fragment:
    """Take one record's fragment apart. Raises `Damaged`."""
    try:
        found = dict(_boxes(memoryview(fragment)))
        traf = dict(_boxes(dict(_boxes(found["moof"]))["traf"]))
        base = struct.unpack_from(">Q", traf["tfdt"], 4)[0] if traf["tfdt"][0] else None
        samples = list(_samples(traf["trun"]))
        data = found["mdat"]
    except (KeyError, struct.error, IndexError) as error:
        raise Damaged("fragment-form") from error
    if base is None or sum(sample.size_bytes for sample in samples) != len(data):
        raise Damaged("fragment-form")
    return Fragment(base, samples, data)


def sample_description(init: bytes) -> bytes:
    """The whole `stsd` box of an init segment: codec, parameter sets, size. Raises `Damaged`."""
    inside = memoryview(init)
    try:
        for name in _MOVIE_PARTS:
            inside = dict(_boxes(inside))[name]
        body = dict(_boxes(inside))["stsd"]
    except (KeyError, struct.error) as error:
        raise Damaged("fragment-form") from error
    return struct.pack(">I4s", len(body) + 8, b"stsd") + bytes(body)


def parameter_sets(init: bytes) -> bytes:
    """The parameter sets of an init segment as an Annex B byte stream (H.264 avcC, H.265 hvcC)."""
    entry = memoryview(sample_description(init))[16:]  # box head, version and flags, entry count
    children = dict(_boxes(entry[8 + 78 : struct.unpack_from(">I", entry)[0]]))
    if "avcC" in children:
        return b"".join(b"\0\0\0\1" + unit for unit in _avc_units(bytes(children["avcC"])))
    if "hvcC" in children:
        return b"".join(b"\0\0\0\1" + unit for unit in _hevc_units(bytes(children["hvcC"])))
    raise Damaged("fragment-form")


def annexb(sample: bytes) -> bytes:
    """An access unit with 4-byte lengths as a byte stream."""
    parts, at = [], 0
    while at + 4 <= len(sample):
        length = int.from_bytes(sample[at : at + 4], "big")
        parts += [b"\0\0\0\1", sample[at + 4 : at + 4 + length]]
        at += 4 + length
    return b"".join(parts)


def _boxes(data: memoryview) -> Iterator[tuple[str, memoryview]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            raise Damaged("fragment-form")
        yield kind.decode("latin-1"), data[at + 8 : at + size]
        at += size


def _samples(trun: memoryview) -> Iterator[Sample]:
    flags, count = int.from_bytes(trun[1:4], "big"), struct.unpack_from(">I", trun, 4)[0]
    if not flags & _DURATION or not flags & _SIZE or not flags & _FLAGS:
        raise Damaged("fragment-form")
    at = 8 + 4 * bool(flags & _DATA_OFFSET) + 4 * bool(flags & _FIRST_FLAGS)
    composed = bool(flags & _COMPOSITION)
    one = struct.Struct(">IIIi" if composed else ">III")
    for _ in range(count):
        said = one.unpack_from(trun, at)
        at += one.size
        yield Sample(said[1], said[0], not said[2] & _NOT_SYNC, said[3] if composed else 0)


def _avc_units(box: bytes) -> Iterator[bytes]:
    at = 5
    for mask in (31, 255):
        count, at = box[at] & mask, at + 1
        for _ in range(count):
            length = int.from_bytes(box[at : at + 2], "big")
            yield box[at + 2 : at + 2 + length]
            at += 2 + length


def _hevc_units(box: bytes) -> Iterator[bytes]:
    at = 23
    for _ in range(box[22]):
        count, at = int.from_bytes(box[at + 1 : at + 3], "big"), at + 3
        for _ in range(count):
            length = int.from_bytes(box[at : at + 2], "big")
            yield box[at + 2 : at + 2 + length]
            at += 2 + length
