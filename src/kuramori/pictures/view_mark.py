"""What a camera's view looks like, as a mark of 34 bytes from which no picture can be made again.

The picture is shrunk to 64 × 36 points; light and shade that change with the day are taken out (each point
against its surroundings, in units of their contrast). Then 256 sums are taken, each of 96 points minus 96
others, always the same ones, and of each sum only the sign is kept: 256 bits. Two more bytes say how sharp
the picture was and how much of it had structure. Runs inside a picture worker.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageStat

ACROSS: Final = 64
DOWN: Final = 36
BITS: Final = 256
SUMMED: Final = 192  # points in a sum, half of them taken off
MARK_BYTES: Final = BITS // 8 + 2
FINE_WIDTH, FINE_HEIGHT = 480, 270
NEAR = 3  # radius of a point's surroundings
LEAST_CONTRAST = 2.0  # grey levels; what differs by less is flat
MOST = 2.0
ACTIVE = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a picture."""

    bits: int
    sharp: int
    """Steps between neighbours at 480 × 270 against the contrast at 64 × 36; 0 to 255."""
    active: int
    """Which share of the points differs from its surroundings; 0 to 255."""
    mean: int
    """Mean grey, 0 to 255."""
    spread: int
    """Standard deviation of grey."""
    exact: str
    """A hash of the whole picture: two pictures of a living camera never have the same."""

    def mark(self) -> bytes:
        """What is kept of an approved view."""
        return self.bits.to_bytes(BITS // 8, "big") + bytes((self.sharp, self.active))


def look(image: Image.Image) -> Seen:
    """Of a picture of any size."""
    grey = image.convert("L")
    fine = grey.resize((FINE_WIDTH, FINE_HEIGHT), Image.Resampling.BOX).filter(ImageFilter.MedianFilter(3))
    small = fine.resize((ACROSS, DOWN), Image.Resampling.BOX)
    points, contrast = _against_surroundings(small)
    stat = ImageStat.Stat(small)
    return Seen(
        bits=_signs(points),
        sharp=min(255, round(_steps(fine) / max(contrast, LEAST_CONTRAST) * 100)),
        active=round(255 * sum(abs(point) > ACTIVE for point in points) / len(points)),
        mean=round(stat.mean[0]),
        spread=round(stat.stddev[0]),
        exact=hashlib.sha256(grey.tobytes()).hexdigest()[:32],
    )


def differing(bits: int, mark: bytes) -> float:
    """Which share of the bits differs from a mark's: 0 for the same view, about 0.5 for another one."""
    return (bits ^ int.from_bytes(mark[: BITS // 8], "big")).bit_count() / BITS


def _against_surroundings(small: Image.Image) -> tuple[list[float], float]:
    """Each point less the mean around it, in units of the contrast around it; and the mean contrast."""
    exact = small.convert("F")
    less = ImageChops.subtract  # for bytes only; in floats by hand
    del less
    around = exact.filter(ImageFilter.BoxBlur(NEAR)) if exact.mode == "L" else _blurred(exact)
    apart = [one - other for one, other in zip(exact.getdata(), around.getdata(), strict=True)]
    squares = Image.new("F", small.size)
    squares.putdata([value * value for value in apart])
    contrast = [math.sqrt(max(0.0, value)) for value in _blurred(squares).getdata()]
    points = [
        max(-MOST, min(MOST, value / (around_it + LEAST_CONTRAST)))
        for value, around_it in zip(apart, contrast, strict=True)
    ]
    return points, sum(contrast) / len(contrast)


def _blurred(image: Image.Image) -> Image.Image:
    """The mean around each point, in floats (Pillow blurs bytes only): shrunk and spread again."""
    wide = (ACROSS // (2 * NEAR), DOWN // (2 * NEAR))
    return image.resize(wide, Image.Resampling.BOX).resize((ACROSS, DOWN), Image.Resampling.BILINEAR)


def _steps(image: Image.Image) -> float:
    across = ImageChops.difference(image, ImageChops.offset(image, 1, 0))
    return float(ImageStat.Stat(across.crop((1, 0, image.width, image.height))).mean[0])


def _signs(points: list[float]) -> int:
    bits = 0
    for added, taken in _sums():
        total = sum(map(points.__getitem__, added)) - sum(map(points.__getitem__, taken))
        bits = bits << 1 | (total > 0)
    return bits


@cache
def _sums() -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Which points each sum is of: drawn once and for all from a hash, so that every version agrees."""
    drawn = hashlib.shake_256(b"kuramori view mark 1").digest(BITS * SUMMED * 2)
    rows = []
    for at in range(0, len(drawn), SUMMED * 2):
        one = [
            int.from_bytes(drawn[n : n + 2], "big") % (ACROSS * DOWN) for n in range(at, at + SUMMED * 2, 2)
        ]
        rows.append((tuple(one[: SUMMED // 2]), tuple(one[SUMMED // 2 :])))
    return tuple(rows)
