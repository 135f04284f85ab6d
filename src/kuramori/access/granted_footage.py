"""The segment files that a grant's interval touches, and what of them the grant lets through.

A grant's interval starts at the last key frame at or before its start, and ends with the last record that
begins before its end. Reading what lies between asks for each segment's key again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.access.released_keys import segment_key
from kuramori.errors import Damaged, Refusal
from kuramori.footage import datadir
from kuramori.footage.models import Segment
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.segment_writer import ns_of_90k

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kuramori.access.models import Grant
    from kuramori.people.models import Account
    from kuramori.vault.record_seal import RecordInfo

BATCH_BYTES = 512 * 1024
"""After so much in the clear, the grant is asked again."""


def records_within(records: Sequence[RecordInfo], start_ns: int, end_ns: int) -> list[RecordInfo]:
    """The records that a look at `start_ns` to `end_ns` may decode; empty when there is nothing to see.

    The list begins with a key frame: the last one at or before `start_ns`, or else the first one there is.
    """
    pictures = [
        info for info in records if not info.flags & (Flag.INIT | Flag.LAST) and info.wall_ns < end_ns
    ]
    first = None
    for index, info in enumerate(pictures):
        if not info.flags & Flag.KEY:
            continue
        if first is not None and info.wall_ns > start_ns:
            break
        first = index
    if first is None:
        return []
    allowed = pictures[first:]
    last = allowed[-1]
    return allowed if last.wall_ns + ns_of_90k(last.duration_90k) > start_ns else []


@dataclass(slots=True)
class Opened:
    """An open segment file and the records of it that the grant lets through. Close the file after use."""

    file: SegmentFile
    allowed: list[RecordInfo]


def interval(grant: Grant) -> tuple[int, int]:
    """The footage interval of a playback grant, wall nanoseconds."""
    if grant.start_ns is None or grant.end_ns is None:
        raise Refusal("no-grant", clause="T7")
    return grant.start_ns, grant.end_ns


def rows(grant: Grant, now_ns: int) -> list[Segment]:
    """The living segments that the grant's interval touches, by time."""
    start_ns, end_ns = interval(grant)
    return list(Segment.objects.touching(grant.camera_id, start_ns, end_ns).alive(now_ns))


def open_file(row: Segment, grant: Grant) -> Opened:
    """Open one segment's file. Raises `FileNotFoundError` or `Damaged`."""
    file = SegmentFile.open(datadir.data() / row.path)
    if file.header.segment != row.id or file.header.camera != grant.camera_id:
        file.close()
        raise Damaged("segment-is-another")
    return Opened(file, records_within(file.records, *interval(grant)))


def clear(
    opened: Opened, first_seq: int, last_seq: int, grant: Grant, account: Account
) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of the records from `first_seq` to `last_seq`, in the clear, one at a time.

    Raises `Refusal` from the moment on at which anything forbids it, `Damaged` for a record that fails.
    """
    size_bytes, key = 0, None
    for seq in range(first_seq, last_seq + 1):
        if key is None or size_bytes >= BATCH_BYTES:
            size_bytes, key = 0, segment_key(grant, account, opened.file.header, opened.file.end_ns)
        fragment = opened.file.read(seq, key)
        size_bytes += len(fragment)
        yield seq, fragment
