"""Decode, fill, encode: what is under the mask is gone before a picture leaves this process.

Runs only inside a confined process. One picture in, one picture out: no look-ahead, no reordered pictures.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from kuramori.errors import BadInput
from kuramori.pictures.mask_area import RIM_PX, stretches
from kuramori.pictures.stream_frames import DISCONTINUITY, KEY, TRACK, UNIT, Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kuramori.pictures.mask_area import Outline

MOST_PIXELS = 50_000_000
TICKS_PER_S = 90_000
LONGEST_GROUP_90K = 2 * TICKS_PER_S
WAITING_PICTURES = 64
DARK, GREY = 16, 128
START_CODE = b"\0\0\0\1"
ENCODER = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "crf": "23",
    "threads": "1",  # a confined process cannot start threads
    "forced-idr": "1",
    "a53cc": "0",  # nothing the camera wrote beside its pictures is copied
    "x264-params": "keyint=infinite:scenecut=0",
}


class Fill:
    """Paints the covered stretches of one size of picture, all three planes."""

    def __init__(self, outlines: Sequence[Outline], width: int, height: int) -> None:
        self._size = (width, height)
        self._luma = _flat(stretches(outlines, width, height))
        self._colour = _flat(stretches(outlines, (width + 1) // 2, (height + 1) // 2, RIM_PX // 2))

    def fits(self, frame: av.VideoFrame) -> bool:
        return self._size == (frame.width, frame.height)

    def paint(self, frame: av.VideoFrame) -> None:
        """`frame` is yuv420p of this size, and nobody else's."""
        for plane, rows, value in zip(
            frame.planes, (self._luma, self._colour, self._colour), (DARK, GREY, GREY), strict=True
        ):
            samples, stride = memoryview(plane), plane.line_size
            paint = bytes([value]) * stride
            for row, low, high in rows:
                samples[row * stride + low : row * stride + high] = paint[low:high]


class Masker:
    """One stream under one mask. `take` gives what came of each access unit."""

    def __init__(self, codec: str, parameter_sets: bytes, outlines: Sequence[Outline]) -> None:
        """`codec` is h264 or hevc, `parameter_sets` Annex B."""
        if codec not in ("h264", "hevc"):
            raise BadInput("unsupported-codec")
        self._codec, self._parameter_sets, self._outlines = codec, parameter_sets, outlines
        self._decoder = self._fresh_decoder()
        self._encoder: Encoder | None = None
        self._fill: Fill | None = None
        self._arrived: dict[int, tuple[int, int]] = {}

    def take(self, unit: Message) -> Iterator[Message]:
        """Decode one unit; whatever pictures that completes come out masked. What cannot be decoded is
        dropped: there is no other way out."""
        if unit.flags & DISCONTINUITY:
            yield from self._pictures(None)
            self._decoder, self._encoder = self._fresh_decoder(), None
            self._arrived.clear()
        self._arrived[unit.pts_90k] = (unit.wall_ns, unit.flags)
        while len(self._arrived) > WAITING_PICTURES:
            del self._arrived[next(iter(self._arrived))]
        packet = av.Packet((self._parameter_sets if unit.flags & KEY else b"") + _annexb(unit.data))
        packet.pts, packet.dts, packet.time_base = unit.pts_90k, unit.dts_90k, Fraction(1, TICKS_PER_S)
        yield from self._pictures(packet)

    def _pictures(self, packet: av.Packet | None) -> Iterator[Message]:
        try:
            frames = self._decoder.decode(packet)
        except (av.error.FFmpegError, ValueError):
            return
        for frame in frames:
            yield from self._masked(frame)

    def _masked(self, frame: av.VideoFrame) -> Iterator[Message]:
        require_size(frame)
        wall_ns, flags = self._arrived.pop(frame.pts or 0, (0, 0))
        if not wall_ns:
            return  # a picture of no unit: it has no time
        clean = own_copy(frame)
        if self._fill is None or not self._fill.fits(clean):
            self._fill = Fill(self._outlines, clean.width, clean.height)
        self._fill.paint(clean)
        if self._encoder is None or not self._encoder.fits(clean):
            self._encoder = Encoder(clean)
            yield Message(TRACK, self._encoder.track())
        yield from self._encoder.take(clean, wall_ns, flags)

    def _fresh_decoder(self) -> Any:
        decoder = av.CodecContext.create(self._codec, "r")
        decoder.thread_count = 1
        return decoder


class Encoder:
    """H.264 by x264, for pictures of one size."""

    def __init__(self, frame: av.VideoFrame) -> None:
        context = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = frame.width, frame.height, "yuv420p"
        context.time_base = Fraction(1, TICKS_PER_S)
        context.framerate = Fraction(15)
        context.thread_count = 1
        context.color_range = frame.color_range
        context.flags |= Flags.global_header
        most = str(frame.width * frame.height * 4)  # bit/s
        context.options = {**ENCODER, "maxrate": most, "bufsize": most}
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


def blank(width: int, height: int) -> av.VideoFrame:
    """A picture of our own."""
    frame = av.VideoFrame(width, height, "yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, TICKS_PER_S)
    return frame


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


def _flat(rows: list[list[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    return [(row, low, high) for row, pieces in enumerate(rows) for low, high in pieces]


def _annexb(data: bytes) -> bytes:
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
    if frame.width * frame.height > MOST_PIXELS:
        raise BadInput("picture-too-large")
