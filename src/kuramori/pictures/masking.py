"""Decode, fill, encode: what is under the mask is gone before a picture leaves this process.

Runs only inside a confined process. One picture in, one picture out: no look-ahead, no reordered pictures.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av

from kuramori.errors import BadInput
from kuramori.pictures import encoding
from kuramori.pictures.encoding import TICKS_PER_S
from kuramori.pictures.mask_area import RIM_PX, stretches
from kuramori.pictures.stream_frames import DISCONTINUITY, KEY, TRACK, Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kuramori.pictures.mask_area import Outline

WAITING_PICTURES = 64
DARK, GREY = 16, 128


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
        if codec not in encoding.CODECS:
            raise BadInput("unsupported-codec")
        self._codec, self._parameter_sets, self._outlines = codec, parameter_sets, outlines
        self._decoder = encoding.decoder(self._codec)
        self._encoder: encoding.Encoder | None = None
        self._fill: Fill | None = None
        self._arrived: dict[int, tuple[int, int]] = {}

    def take(self, unit: Message) -> Iterator[Message]:
        """Decode one unit; whatever pictures that completes come out masked. What cannot be decoded is
        dropped: there is no other way out."""
        if unit.flags & DISCONTINUITY:
            yield from self._pictures(None)
            self._decoder, self._encoder = encoding.decoder(self._codec), None
            self._arrived.clear()
        self._arrived[unit.pts_90k] = (unit.wall_ns, unit.flags)
        while len(self._arrived) > WAITING_PICTURES:
            del self._arrived[next(iter(self._arrived))]
        packet = av.Packet((self._parameter_sets if unit.flags & KEY else b"") + encoding.annexb(unit.data))
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
        encoding.require_size(frame)
        wall_ns, flags = self._arrived.pop(frame.pts or 0, (0, 0))
        if not wall_ns:
            return  # a picture of no unit: it has no time
        clean = encoding.own_copy(frame)
        if self._fill is None or not self._fill.fits(clean):
            self._fill = Fill(self._outlines, clean.width, clean.height)
        self._fill.paint(clean)
        if self._encoder is None or not self._encoder.fits(clean):
            self._encoder = encoding.Encoder(clean.width, clean.height, clean.color_range)
            yield Message(TRACK, self._encoder.track())
        yield from self._encoder.take(clean, wall_ns, flags)


def _flat(rows: list[list[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    return [(row, low, high) for row, pieces in enumerate(rows) for low, high in pieces]
