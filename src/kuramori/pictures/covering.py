"""Painting over boxes in one picture, all three planes: filled, or in blocks that say next to nothing.

Blocks: four across a box's shorter side, each the mean of what lies under it, in eight steps of
brightness and colour, and taken anew only every two seconds. So a box with a face in it gives away at
most some sixteen blocks of nine bits in two seconds, however it moves: pictures one after the other, of
which finer ones could be put together, do not exist. Filling gives away nothing, and is what is done
unless somebody asks for blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kuramori.pictures.masking import DARK, GREY
from kuramori.pictures.redaction_boxes import FILL, SCALE, Box, Sides, cover

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av

RIM_PX = 8
ACROSS = 4
MOST_ALONG = 32
STEP = 32
HELD_MS = 2_000


@dataclass(slots=True)
class _Blocks:
    """The blocks of one box, as they were taken: rows of values for each plane."""

    taken_ms: float
    planes: list[list[list[int]]] = field(default_factory=list)


class Cover:
    """Paints one stream's pictures, in their order."""

    def __init__(self, boxes: Sequence[Box], method: str) -> None:
        self._boxes, self._fills = boxes, method == FILL
        self._blocks: dict[int, _Blocks] = {}

    def paint(self, frame: av.VideoFrame, since_ms: float, until_ms: float) -> int:
        """`frame` is yuv420p with even sides, and nobody else's; it is shown from `since_ms` to `until_ms`.
        Returns how many boxes lie in it."""
        found = [(n, sides) for n, box in enumerate(self._boxes) if (sides := cover(box, since_ms, until_ms))]
        areas = [(number, _pixels(sides, frame.width, frame.height)) for number, sides in found]
        if not self._fills:
            for number, area in areas:
                held = self._blocks.get(number)
                if held is None or not held.taken_ms <= since_ms < held.taken_ms + HELD_MS:
                    self._blocks[number] = _taken(frame, area, since_ms)
        for number, area in areas:
            self._paint_one(frame, number, area)
        return len(areas)

    def _paint_one(self, frame: av.VideoFrame, number: int, area: Sides) -> None:
        for place, plane in enumerate(frame.planes):
            rows = [[DARK if place == 0 else GREY]] if self._fills else self._blocks[number].planes[place]
            samples, stride = memoryview(plane), plane.line_size
            left, top, right, bottom = _of_plane(area, place)
            for index, values in enumerate(rows):
                line = _line(values, right - left)
                first, last = _part(index, len(rows), bottom - top)
                for row in range(top + first, top + last):
                    samples[row * stride + left : row * stride + right] = line


def _pixels(sides: Sides, width: int, height: int) -> Sides:
    """In samples of the brightness plane, even on all sides, so that the colour planes end at the same
    place."""
    left, top, right, bottom = sides
    return (
        max(0, left * width // SCALE - RIM_PX) & ~1,
        max(0, top * height // SCALE - RIM_PX) & ~1,
        min(width, (-(-right * width // SCALE) + RIM_PX + 1) & ~1),
        min(height, (-(-bottom * height // SCALE) + RIM_PX + 1) & ~1),
    )


def _of_plane(area: Sides, place: int) -> Sides:
    if place == 0:
        return area
    left, top, right, bottom = area
    return left // 2, top // 2, right // 2, bottom // 2


def _taken(frame: av.VideoFrame, area: Sides, at_ms: float) -> _Blocks:
    wide, high = area[2] - area[0], area[3] - area[1]
    shorter = min(wide, high)
    across, down = (min(MOST_ALONG, max(ACROSS, ACROSS * side // shorter)) for side in (wide, high))
    made = _Blocks(at_ms)
    for place, plane in enumerate(frame.planes):
        samples, stride = memoryview(plane), plane.line_size
        left, top, right, bottom = _of_plane(area, place)
        rows = []
        for index in range(down):
            first, last = _part(index, down, bottom - top)
            cells = [_part(cell, across, right - left) for cell in range(across)]
            rows.append(
                [
                    _mean(samples, stride, left + low, left + until, top + first, top + last)
                    for low, until in cells
                ]
            )
        made.planes.append(rows)
    return made


def _mean(samples: memoryview, stride: int, left: int, right: int, top: int, bottom: int) -> int:
    count = (right - left) * (bottom - top)
    if count <= 0:
        return GREY
    total = sum(sum(samples[row * stride + left : row * stride + right]) for row in range(top, bottom))
    return total // count // STEP * STEP + STEP // 2


def _line(values: list[int], width: int) -> bytes:
    parts = []
    for index, value in enumerate(values):
        first, last = _part(index, len(values), width)
        parts.append(bytes([value]) * (last - first))
    return b"".join(parts)


def _part(index: int, count: int, length: int) -> tuple[int, int]:
    return index * length // count, (index + 1) * length // count
