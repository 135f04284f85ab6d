"""Pictures that a browser cannot play, made anew as H.264 of a size agreed before the first one.

Runs only inside a confined process. One picture in, at most one out, with the same presentation time.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.video.reformatter import ColorRange

from kuramori.errors import BadInput
from kuramori.pictures import encoding
from kuramori.pictures.encoding import TICKS_PER_S
from kuramori.pictures.sizes import fitted
from kuramori.pictures.stream_frames import KEY, TRACK, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

PRESET = "superfast"
WAITING_PICTURES = 64


class Converter:
    """One stream. `track` first, `take` for each access unit, `rest` at the end."""

    def __init__(self, codec: str, parameter_sets: bytes, width: int, height: int) -> None:
        """`codec` is h264 or hevc, `parameter_sets` Annex B; the result is `width` × `height`, whatever the
        stream says later. Raises BadInput."""
        if codec not in encoding.CODECS:
            raise BadInput("unsupported-codec")
        if fitted(width, height) != (width, height):
            raise BadInput("picture-too-large")
        self._parameter_sets = parameter_sets
        self._size = (width, height)
        self._decoder = encoding.decoder(codec)
        self._encoder = encoding.Encoder(width, height, int(ColorRange.MPEG), PRESET)
        self._keys: dict[int, int] = {}

    def track(self) -> Message:
        """What a player has to know first. Depends on the size alone."""
        return Message(TRACK, self._encoder.track())

    def take(self, unit: Message) -> Iterator[Message]:
        """What came of one access unit. What cannot be decoded is left out."""
        self._keys[unit.pts_90k] = unit.flags & KEY
        while len(self._keys) > WAITING_PICTURES:
            del self._keys[next(iter(self._keys))]
        before = self._parameter_sets if unit.flags & KEY else b""
        packet = av.Packet(before + encoding.annexb(unit.data))
        packet.pts, packet.dts, packet.time_base = unit.pts_90k, unit.dts_90k, Fraction(1, TICKS_PER_S)
        yield from self._pictures(packet)

    def rest(self) -> Iterator[Message]:
        """The pictures that waited for later ones."""
        yield from self._pictures(None)

    def _pictures(self, packet: av.Packet | None) -> Iterator[Message]:
        try:
            frames = self._decoder.decode(packet)
        except (av.error.FFmpegError, ValueError):
            return
        for frame in frames:
            encoding.require_size(frame)
            if frame.pts is not None:
                yield from self._encoder.take(self._fitting(frame), 0, self._keys.pop(frame.pts, 0))

    def _fitting(self, frame: av.VideoFrame) -> av.VideoFrame:
        """4:2:0 at 8 bit, of our size, in the usual range of brightness."""
        width, height = self._size
        made = frame
        usual = frame.format.name == "yuv420p" and frame.color_range != ColorRange.JPEG
        if not usual or (frame.width, frame.height) != self._size:
            made = frame.reformat(
                width=width,
                height=height,
                format="yuv420p",
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
            made.pts = frame.pts
        return encoding.own_copy(made)
