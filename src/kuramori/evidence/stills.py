"""Single pictures out of a clip: decoded in a picture worker, marked, held in memory until packed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.access import granted_footage
from kuramori.errors import BadInput
from kuramori.evidence import hashing
from kuramori.evidence.fragments import annexb, parameter_sets, read_fragment
from kuramori.footage.models import Segment
from kuramori.pictures import asking
from kuramori.vault.segment_writer import ns_of_90k

if TYPE_CHECKING:
    from kuramori.evidence.clips import Clip
    from kuramori.evidence.redacted_films import Film
    from kuramori.people.models import Account

MOST_STILLS = 12
MARK_BYTES = 4


@dataclass(frozen=True, slots=True)
class Still:
    """One JPEG with its moment."""

    name: str
    jpeg: bytes
    at_ns: int
    clip: str

    def said(self, mark: str) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {"file": self.name, "at": clock.iso(self.at_ns), "from": self.clip, "invisible_mark": mark,
                **hashing.of(self.jpeg)}  # fmt: skip


def mark_of(package: str) -> bytes:
    """The invisible mark of a package: the first bytes of its number's SHA-256, so that a still tells from
    which package it came."""
    return hashlib.sha256(b"kuramori package mark\0" + package.encode()).digest()[:MARK_BYTES]


def still(clip: Clip, account: Account, at_ns: int, name: str, mark: bytes) -> Still:
    """The last picture at or before `at_ns` (the first one of the clip, if that is later)."""
    keys = [key for key in clip.keys if key[0] <= at_ns] or clip.keys[:1]
    if not keys:
        raise BadInput("no-footage")
    _wall_ns, segment, first = keys[-1]
    row = Segment.objects.get(id=segment)
    opened = granted_footage.open_file(row, clip.grant)
    stream, shown_ns = [parameter_sets(clip.init)], 0
    with opened.file:
        infos = {info.seq: info for info in opened.allowed}
        last = max(seq for seq, info in infos.items() if seq == first or info.wall_ns <= at_ns)
        for seq, fragment in granted_footage.clear(opened, first, last, clip.grant, account):
            read, at = read_fragment(fragment), 0
            wall_ns = infos[seq].wall_ns
            for sample in read.samples:
                if stream[1:] and wall_ns > at_ns:
                    break
                stream.append(annexb(bytes(read.data[at : at + sample.size_bytes])))
                shown_ns = wall_ns
                at += sample.size_bytes
                wall_ns += ns_of_90k(sample.duration_90k)
    picture = asking.still_picture(b"".join(stream), mark)
    return Still(name, picture.jpeg, shown_ns, clip.name)


def of_film(film: Film, at_ns: int, name: str, mark: bytes) -> Still:
    """The same out of a redacted film."""
    stream, shown_ns = film.up_to(at_ns)
    return Still(name, asking.still_picture(stream, mark).jpeg, shown_ns, film.clip.name)
