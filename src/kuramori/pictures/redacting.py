"""Decode, cover, encode: a film in which what lies under the boxes is gone. Runs only inside a confined
process.

Each picture is covered by everything that its boxes cover while it is shown, half its length before and after
included, so that a face that moves between two set moments, or a clock that is off by a picture, shows
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.pictures import encoding, masking
from kuramori.pictures.covering import Cover
from kuramori.pictures.redaction_boxes import EDGE_MS
from kuramori.pictures.stream_frames import TRACK, Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import av

    from kuramori.pictures.redaction_boxes import Box

MS = 1_000_000
TICKS_PER_MS = 90
LAST_TICKS = 6_000
"""How long the last picture is taken to last when it is the only one."""


class Redactor(masking.Masker):
    """One clip. Only pictures from `start_ns` until before `end_ns` come out; the ones before are needed
    to decode."""

    def __init__(
        self,
        codec: str,
        parameter_sets: bytes,
        boxes: Sequence[Box],
        method: str,
        *,
        start_ns: int,
        end_ns: int,
    ) -> None:
        super().__init__(codec, parameter_sets, ())
        self._cover, self._start_ns, self._end_ns = Cover(boxes, method), start_ns, end_ns
        self._waiting: tuple[av.VideoFrame, int, int] | None = None
        self._lasted = LAST_TICKS
        self.decoded = self.made = self.covered = 0

    def finish(self) -> Iterator[Message]:
        """Whatever the decoder still holds, and the last picture."""
        yield from self._pictures(None)
        yield from self._out(None)

    def _masked(self, frame: av.VideoFrame) -> Iterator[Message]:
        encoding.require_size(frame)
        wall_ns, flags = self._arrived.pop(frame.pts or 0, (0, 0))
        if not wall_ns:
            return  # a picture of no unit: it has no time
        self.decoded += 1
        yield from self._out(int(frame.pts or 0))
        if self._start_ns <= wall_ns < self._end_ns:
            self._waiting = (encoding.own_copy(frame), wall_ns, flags)

    def _out(self, next_90k: int | None) -> Iterator[Message]:
        """The picture that waited to learn how long it is shown."""
        if self._waiting is None:
            return
        (frame, wall_ns, flags), self._waiting = self._waiting, None
        if next_90k is not None:
            self._lasted = max(1, next_90k - int(frame.pts or 0))
        lasts_ms = self._lasted / TICKS_PER_MS
        edge_ms = max(EDGE_MS, lasts_ms / 2)
        self.covered += bool(
            self._cover.paint(frame, wall_ns / MS - edge_ms, wall_ns / MS + lasts_ms + edge_ms)
        )
        if self._encoder is None or not self._encoder.fits(frame):
            self._encoder = encoding.Encoder(frame.width, frame.height, frame.color_range)
            yield Message(TRACK, self._encoder.track())
        for made in self._encoder.take(frame, wall_ns, flags):
            self.made += 1
            yield made
