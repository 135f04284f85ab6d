"""A clip's coded pictures for the worker that covers them, each with the moment at which the player shows it.

A piece from key frame to key frame carries the time at which it arrived, which is late by whatever held
it up. The player takes the least delayed of the neighbours for true (playback/screen.js), and boxes were
set by the player's clock, so the same is done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.access import granted_footage
from kuramori.evidence import clips
from kuramori.evidence.fragments import read_fragment
from kuramori.footage.models import Segment
from kuramori.pictures.stream_frames import KEY, UNIT, Message
from kuramori.vault.segment_header import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kuramori.evidence.clips import Clip
    from kuramori.people.models import Account
    from kuramori.vault.record_seal import RecordInfo

NEIGHBOURS = 15


def units(clip: Clip, account: Account) -> Iterator[Message]:
    """In decoding order. Decrypts as it goes; raises what reading under a grant raises."""
    infos = _infos(clip)
    shifts, piece, composed_90k = _shifts(infos), -1, 0
    for info, (_seq, fragment) in zip(infos, clips.fragments(clip, account), strict=True):
        read, at = read_fragment(fragment), 0
        if info.flags & Flag.KEY or piece < 0:
            piece, composed_90k = piece + 1, read.samples[0].composition_90k
        dts_90k = info.media_90k
        for sample in read.samples:
            pts_90k = dts_90k + sample.composition_90k
            wall_ns = shifts[piece] + _ns(pts_90k - composed_90k)
            data = bytes(read.data[at : at + sample.size_bytes])
            yield Message(UNIT, data, KEY if sample.key else 0, pts_90k, dts_90k, wall_ns)
            at += sample.size_bytes
            dts_90k += sample.duration_90k


def _infos(clip: Clip) -> list[RecordInfo]:
    found: list[RecordInfo] = []
    for piece in clip.pieces:
        opened = granted_footage.open_file(Segment.objects.get(id=piece.segment), clip.grant)
        with opened.file:
            found += [info for info in opened.allowed if piece.first_seq <= info.seq <= piece.last_seq]
    return found


def _shifts(infos: Sequence[RecordInfo]) -> list[int]:
    """For each piece, wall time minus media time in nanoseconds."""
    raw = [
        info.wall_ns - _ns(info.media_90k)
        for number, info in enumerate(infos)
        if number == 0 or info.flags & Flag.KEY
    ]
    return [min(raw[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]) for at in range(len(raw))]


def _ns(ticks_90k: int) -> int:
    return ticks_90k * 100_000 // 9
