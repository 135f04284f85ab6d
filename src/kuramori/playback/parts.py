"""Which records of a segment file make the pieces that a player fetches: pure, from clear headers alone.

A piece goes from key frame to key frame and plays on its own. A grant's interval starts at the last key frame
at or before its start, and ends with the last record that begins before its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.access.granted_footage import records_within
from kuramori.vault.segment_header import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.vault.record_seal import RecordInfo

__all__ = ["MEDIA_HZ", "Part", "allows", "parts_of", "records_within"]
MEDIA_HZ = 90_000
SHORTEST_90K = MEDIA_HZ  # groups of pictures shorter than a second are joined up to this


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a segment, both records included. Times: wall nanoseconds, media in 1/90000 s."""

    segment: str
    first_seq: int
    last_seq: int
    start_ns: int
    media_90k: int
    duration_90k: int
    seam: bool  # media time does not follow on from the piece before in the same file


def parts_of(segment: str, allowed: Sequence[RecordInfo]) -> list[Part]:
    """Cut allowed records (as `records_within` gives them) into pieces at key frames."""
    groups: list[list[RecordInfo]] = []
    length_90k = 0
    for info in allowed:
        seam = bool(info.flags & Flag.DISCONTINUITY)
        if not groups or (info.flags & Flag.KEY and (seam or length_90k >= SHORTEST_90K)):
            groups.append([])
            length_90k = 0
        groups[-1].append(info)
        length_90k += info.duration_90k
    return [_part(segment, group, index > 0) for index, group in enumerate(groups)]


def _part(segment: str, group: Sequence[RecordInfo], follows: bool) -> Part:
    first, last = group[0], group[-1]
    return Part(
        segment=segment,
        first_seq=first.seq,
        last_seq=last.seq,
        start_ns=first.wall_ns,
        media_90k=first.media_90k,
        duration_90k=last.media_90k + last.duration_90k - first.media_90k,
        seam=follows and bool(first.flags & Flag.DISCONTINUITY),
    )


def allows(allowed: Sequence[RecordInfo], first_seq: int, last_seq: int) -> bool:
    """Whether `first_seq` to `last_seq` lies inside the allowed records and starts with a key frame."""
    if not allowed or not allowed[0].seq <= first_seq <= last_seq <= allowed[-1].seq:
        return False
    return bool(allowed[first_seq - allowed[0].seq].flags & Flag.KEY)
