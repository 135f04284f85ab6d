"""Opens what a masked camera left and looks for the frame number in every picture of it."""

from __future__ import annotations

import io
from pathlib import Path

import av

from kuramori.errors import KeyGone
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key
from tests.recorder.stream_rig import StreamRig
from tests.rig.clips import BITS, CELL, read_frame_number


def clear_video(rig: StreamRig, path: Path) -> bytes:
    """A whole segment in the clear, or nothing when nobody opens it any more."""
    with SegmentFile(path) as found:
        head = found.header
        try:
            sealed = rig.keeper.sealed_key(head.camera, head.hour, head.segment, head.wrapped_key)
        except KeyGone:
            return b""
        key = open_segment_key(
            rig.storehouse.private,
            sealed,
            SealContext(1, head.recorder, head.camera, head.segment, head.start_ns, head.storehouse_key),
        )
        return b"".join(found.read(info.seq, key) for info in found.records)


def decoded(video: bytes) -> int:
    """How many pictures come out."""
    return len(_pictures(video))


def numbers_seen(video: bytes) -> set[int]:
    """The frame numbers that can be read: at least one light cell, and no cell that is neither."""
    found = set()
    for frame in _pictures(video):
        luma, stride = bytes(frame.planes[0]), frame.planes[0].line_size
        row = CELL // 2 * stride
        cells = [luma[row + bit * CELL + CELL // 2] for bit in range(BITS)]
        if all(cell < 64 or cell > 190 for cell in cells) and (number := read_frame_number(luma, stride)):
            found.add(number)
    return found


def _pictures(video: bytes) -> list[av.VideoFrame]:
    if not video:
        return []
    with av.open(io.BytesIO(video)) as file:
        return list(file.decode(video=0))
