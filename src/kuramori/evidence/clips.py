"""From a grant to pack to clips: footage that hangs together, read in the clear, counted and hashed.

A clip ends where media time does not follow on, the run or the init segment changes, or 1.5 GiB are reached.
Nothing is written anywhere: each pass decrypts again, which costs less than keeping a picture somewhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.access import granted_footage
from kuramori.errors import BadInput
from kuramori.evidence import progressive
from kuramori.evidence.fragments import read_fragment, sample_description
from kuramori.evidence.hashing import FileHash
from kuramori.footage.models import Segment
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_writer import ns_of_90k

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kuramori.access.granted_footage import Opened
    from kuramori.access.models import Grant
    from kuramori.people.models import Account
    from kuramori.vault.record_seal import RecordInfo
    from kuramori.vault.segment_header import SegmentHeader

CLIP_BYTES = 1536 * 1024 * 1024
SLACK_90K = 2
"""Media time that follows on to within this is one clip."""


@dataclass(slots=True)
class Piece:
    """Records of one segment, both included, that belong to a clip."""

    segment: str
    first_seq: int
    last_seq: int


@dataclass(slots=True)
class Clip:
    """One stretch of one camera; the files made of it are streamed, never kept."""

    name: str
    grant: Grant
    init: bytes
    header: SegmentHeader
    start_ns: int
    end_ns: int = 0
    pieces: list[Piece] = field(default_factory=list)
    segments: list[dict[str, str]] = field(default_factory=list)
    table: progressive.Table = field(default_factory=progressive.Table)
    original: FileHash = field(default_factory=FileHash)
    viewing: FileHash = field(default_factory=FileHash)
    stream_sha256: str = ""
    head: bytes = b""
    # Wall time, and place in the clip, of each fragment that begins with a key frame.
    keys: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def original_name(self) -> str:
        return f"1-original/{self.name}.mp4"

    @property
    def viewing_name(self) -> str:
        return f"2-viewing/{self.name}.mp4"


@dataclass(slots=True)
class _Reading:
    """Where the survey stands."""

    account: Account
    tick: Callable[[int], None]
    clips: list[Clip] = field(default_factory=list)
    stream: Any = field(default_factory=hashlib.sha256)
    follows_90k: int = -1


def survey(
    grant: Grant, account: Account, prefix: str, tick: Callable[[int], None]
) -> tuple[list[Clip], list[str]]:
    """The clips of the grant's interval, hashed; and the segments that are no longer there.

    Decrypts everything twice. `tick` is told the bytes done. Raises `BadInput` `no-footage`, `Refusal`,
    `Damaged`.
    """
    reading, missing = _Reading(account, tick), []
    for row in granted_footage.rows(grant, clock.now_ns()):
        try:
            opened = granted_footage.open_file(row, grant)
        except FileNotFoundError:
            missing.append(row.id)
            continue
        with opened.file:
            if opened.allowed:
                _take_segment(reading, opened, row, grant, prefix)
    if not reading.clips:
        raise BadInput("no-footage")
    _end_clip(reading)
    for clip in reading.clips:
        for part in viewing(clip, account):
            clip.viewing.update(part)
            tick(len(part))
    return reading.clips, missing


def original(clip: Clip, account: Account) -> Iterator[bytes]:
    """As recorded: the init segment and every fragment, bit for bit."""
    yield clip.init
    for _seq, fragment in fragments(clip, account):
        yield fragment


def viewing(clip: Clip, account: Account) -> Iterator[bytes | memoryview]:
    """The same pictures, not encoded again, as a progressive MP4."""
    yield clip.head
    for _seq, fragment in fragments(clip, account):
        yield read_fragment(fragment).data


def _take_segment(reading: _Reading, opened: Opened, row: Segment, grant: Grant, prefix: str) -> None:
    header, first = opened.file.header, opened.allowed[0]
    init = next(granted_footage.clear(opened, 0, 0, grant, reading.account))[1]
    infos = {info.seq: info for info in opened.allowed}
    for seq, fragment in granted_footage.clear(
        opened, first.seq, opened.allowed[-1].seq, grant, reading.account
    ):
        info, read = infos[seq], read_fragment(fragment)
        if _begins_anew(reading, header, init, info):
            _end_clip(reading)
            name = f"{prefix}_{len(reading.clips) + 1:04d}"
            reading.clips.append(Clip(name, grant, init, header, info.wall_ns))
            reading.clips[-1].original.update(init)
            reading.stream = hashlib.sha256()
        clip = reading.clips[-1]
        if not clip.pieces or clip.pieces[-1].segment != row.id:
            clip.pieces.append(Piece(row.id, seq, seq))
            clip.segments.append({"segment": row.id, "sha256": row.sha256})
        clip.pieces[-1].last_seq = seq
        clip.table.add(read)
        clip.original.update(fragment)
        reading.stream.update(read.data)
        if info.flags & Flag.KEY:
            clip.keys.append((info.wall_ns, row.id, seq))
        reading.follows_90k = info.media_90k + info.duration_90k
        clip.end_ns = info.wall_ns + ns_of_90k(info.duration_90k)
        reading.tick(len(fragment))


def _begins_anew(reading: _Reading, header: SegmentHeader, init: bytes, info: RecordInfo) -> bool:
    if not reading.clips or info.flags & Flag.DISCONTINUITY:
        return True
    clip = reading.clips[-1]
    long = clip.original.size_bytes > CLIP_BYTES and bool(info.flags & Flag.KEY)
    seam = abs(info.media_90k - reading.follows_90k) > SLACK_90K
    return clip.header.run != header.run or clip.init != init or seam or long


def _end_clip(reading: _Reading) -> None:
    if not reading.clips:
        return
    clip = reading.clips[-1]
    clip.stream_sha256 = reading.stream.hexdigest()
    stsd = sample_description(clip.init)
    clip.head = progressive.head(clip.table, stsd, clip.header.width, clip.header.height)


def fragments(clip: Clip, account: Account) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of every fragment, in the clear, one at a time."""
    for piece in clip.pieces:
        row = Segment.objects.get(id=piece.segment)
        opened = granted_footage.open_file(row, clip.grant)
        with opened.file:
            yield from granted_footage.clear(opened, piece.first_seq, piece.last_seq, clip.grant, account)
