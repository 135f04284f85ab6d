"""What the workers that run as long as a stream share: a decoder, a copy of its pictures, and our encoder.

Runs only inside a confined process.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from kuramori.errors import BadInput
from kuramori.pictures.stream_frames import DISCONTINUITY, KEY, UNIT, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

CODECS = ("h264", "hevc")
MOST_PIXELS = 50_000_000
TICKS_PER_S = 90_000
LONGEST_GROUP_90K = 2 * TICKS_PER_S
START_CODE = b"\0\0\0\1"
PRESET = "veryfast"
ENCODER = {
    "tune": "zerolatency",
    "crf": "23",
    "threads": "1",  # a confined process cannot start threads
    "forced-idr": "1",
    "a53cc": "0",  # nothing the camera wrote beside its pictures is copied
    "x264-params": "keyint=infinite:scenecut=0",
}


def decoder(codec: str) -> Any:
    """A fresh decoder for one of CODECS."""
    made = av.CodecContext.create(codec, "r")
    made.thread_count = 1
    return made


class Encoder:
    """H.264 by x264, for pictures of one size."""

    def __init__(self, width: int, height: int, color_range: int, preset: str = PRESET) -> None:
        """The same arguments always give the same `track`."""
        context = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, TICKS_PER_S)
        context.framerate = Fraction(15)
        context.thread_count = 1
        context.color_range = color_range
        context.flags |= Flags.global_header
        most = str(width * height * 4)  # bit/s
        context.options = {**ENCODER, "preset": preset, "maxrate": most, "bufsize": most}
        context.open()
        self._context: Any = context
        self._last_90k: int | None = None
        self._last_key_90k = 0
        self._fresh = True

    def fits(self, frame: av.VideoFrame) -> bool:
        return (self._context.width, self._context.height) == (frame.width, frame.height)

    def track(self) -> bytes:
        """What a player has to know first: JSON with sps, pps (hex), width and height."""
        units = _nal_units(bytes(self._context.extradata))
        said = {
            "sps": [unit.hex() for unit in units if unit[0] & 31 == 7],
            "pps": [unit.hex() for unit in units if unit[0] & 31 == 8],
            "width": self._context.width,
            "height": self._context.height,
        }
        return json.dumps(said).encode()

    def take(self, frame: av.VideoFrame, wall_ns: int, flags: int) -> Iterator[Message]:
        """Encode one picture; a key frame where the camera made one, and every two seconds."""
        pts_90k = int(frame.pts or 0)
        if self._last_90k is not None and pts_90k <= self._last_90k:
            return  # shown earlier than the picture before it: a broken stream
        self._last_90k = pts_90k
        key = self._fresh or bool(flags & KEY) or pts_90k - self._last_key_90k >= LONGEST_GROUP_90K
        frame.pict_type = PictureType.I if key else PictureType.NONE
        if key:
            self._last_key_90k = pts_90k
        more = DISCONTINUITY if self._fresh and flags & DISCONTINUITY else 0
        self._fresh = False
        for packet in self._context.encode(frame):
            made = b"".join(
                len(unit).to_bytes(4, "big") + unit
                for unit in _nal_units(bytes(packet))
                if unit[0] & 31 in (1, 5)
            )
            is_key = KEY if packet.is_keyframe else 0
            yield Message(UNIT, made, is_key | more, pts_90k, pts_90k, wall_ns)


def own_copy(frame: av.VideoFrame) -> av.VideoFrame:
    """The picture alone, 4:2:0 at 8 bit, even sides: a buffer of our own, without anything the stream
    carried beside it. (The decoder goes on predicting from its own.)"""
    width, height = frame.width & ~1, frame.height & ~1
    if frame.format.name in ("yuv420p", "yuvj420p") and (width, height) == (frame.width, frame.height):
        source = frame
    else:
        source = frame.reformat(width=width, height=height, format="yuv420p", threads=1)
    clean = av.VideoFrame(width, height, "yuv420p")
    for ours, theirs in zip(clean.planes, source.planes, strict=True):
        _copy_plane(memoryview(ours), ours.line_size, memoryview(theirs), theirs.line_size, ours.height)
    clean.pts, clean.time_base = frame.pts, Fraction(1, TICKS_PER_S)
    clean.color_range = frame.color_range
    return clean


def _copy_plane(ours: memoryview, our_stride: int, theirs: memoryview, their_stride: int, rows: int) -> None:
    if our_stride == their_stride:
        ours[: rows * our_stride] = theirs[: rows * our_stride]
        return
    across = min(our_stride, their_stride)
    for row in range(rows):
        ours[row * our_stride : row * our_stride + across] = theirs[
            row * their_stride : row * their_stride + across
        ]


def annexb(data: bytes) -> bytes:
    """An access unit with 4-byte lengths as a byte stream."""
    parts, at = [], 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        parts += [START_CODE, data[at + 4 : at + 4 + length]]
        at += 4 + length
    return b"".join(parts)


def _nal_units(annexb: bytes) -> list[bytes]:
    """The NAL units of a byte stream that our own encoder made."""
    return [unit.rstrip(b"\0") for unit in annexb.split(b"\0\0\1") if unit.rstrip(b"\0")]


def require_size(frame: av.VideoFrame) -> None:
    """Raises BadInput `picture-too-large`."""
    if frame.width * frame.height > MOST_PIXELS:
        raise BadInput("picture-too-large")
