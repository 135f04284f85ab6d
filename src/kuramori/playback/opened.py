"""The segment files that a grant's interval touches, and what of them the grant lets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from kuramori.errors import Damaged, Refusal
from kuramori.footage import datadir
from kuramori.footage.models import Segment
from kuramori.playback.parts import parts_of, records_within
from kuramori.playback.playlist import Stretch
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.access.models import Grant
    from kuramori.vault.record_seal import RecordInfo


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
    inside = Segment.objects.filter(
        Q(end_ns__isnull=True) | Q(end_ns__gt=start_ns),
        camera=grant.camera_id,
        start_ns__lt=end_ns,
        erase_at_ns__gt=now_ns,
    )
    return list(inside.exclude(state="erased").order_by("start_ns"))


def open_file(row: Segment, grant: Grant) -> Opened:
    """Open one segment's file. Raises `FileNotFoundError` or `Damaged`."""
    file = SegmentFile.open(datadir.data() / row.path)
    if file.header.segment != row.id or file.header.camera != grant.camera_id:
        file.close()
        raise Damaged("segment-is-another")
    return Opened(file, records_within(file.records, *interval(grant)))


def stretches(grant: Grant, now_ns: int) -> Iterator[Stretch]:
    """The pieces of the interval, segment by segment. A file that is gone or damaged is left out."""
    for row in rows(grant, now_ns):
        try:
            opened = open_file(row, grant)
        except (FileNotFoundError, Damaged):
            continue
        with opened.file:
            if opened.allowed:
                yield Stretch(row.id, opened.file.header.run, parts_of(row.id, opened.allowed))
