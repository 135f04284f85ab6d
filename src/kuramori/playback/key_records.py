"""The key frames of a granted interval: where they are (clear headers), and one of them in the clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.access.granted_footage import open_file, rows
from kuramori.access.released_keys import segment_key
from kuramori.errors import Damaged, Refusal
from kuramori.recorder import fmp4_reading
from kuramori.vault.segment_header import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.access.granted_footage import Opened
    from kuramori.access.models import Grant
    from kuramori.footage.models import Segment
    from kuramori.people.models import Account


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """One key frame of a segment: its row, record number and wall time (nanoseconds)."""

    row: Segment
    seq: int
    wall_ns: int


def of_grant(grant: Grant, now_ns: int) -> Iterator[KeyFrame]:
    """All of them by time, from clear headers; a file that is gone or damaged is left out."""
    for row in rows(grant, now_ns):
        try:
            opened = open_file(row, grant)
        except (FileNotFoundError, Damaged):
            continue
        with opened.file:
            for info in opened.allowed:
                if info.flags & Flag.KEY:
                    yield KeyFrame(row, info.seq, info.wall_ns)


def before(grant: Grant, at_ns: int, now_ns: int) -> KeyFrame | None:
    """The last key frame at or before `at_ns`, or else the first one; without reading the other files."""
    found = None
    touched = [row for row in rows(grant, now_ns) if row.start_ns <= at_ns][-1:] or rows(grant, now_ns)[:1]
    for row in touched:
        try:
            opened = open_file(row, grant)
        except (FileNotFoundError, Damaged):
            continue
        with opened.file:
            for info in opened.allowed:
                if info.flags & Flag.KEY and (found is None or info.wall_ns <= at_ns):
                    found = KeyFrame(row, info.seq, info.wall_ns)
    return found


def opened_for(grant: Grant, frame: KeyFrame) -> Opened:
    """Its file, open. Raises `Refusal` when it has been erased meanwhile. Close the file after use."""
    try:
        return open_file(frame.row, grant)
    except (FileNotFoundError, Damaged) as gone:
        raise Refusal("footage-erased", clause="T6e", camera=grant.camera_id, segment=frame.row.id) from gone


def clear(opened: Opened, seq: int, grant: Grant, viewer: Account) -> tuple[bytes, bytes]:
    """Init segment and the key frame that record `seq` begins with (4-byte lengths), in the clear; all that
    may forbid it is asked (not the session). Raises `Damaged`."""
    if not any(info.seq == seq for info in opened.allowed):
        raise Refusal("grant-other-interval", clause="T7", grant=grant.id)
    key = segment_key(grant, viewer, opened.file.header, opened.file.end_ns)
    first = next(fmp4_reading.read_fragments(opened.file.read(seq, key)), None)
    if first is None:
        raise Damaged("fragment-shape")
    return opened.file.read(0, key), first.unit.data
