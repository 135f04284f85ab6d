"""Four bytes in a picture that the eye does not see: they tell from which package a still came.

The picture's brightness is cut into cells of 8×8 pixels, two side by side for one bit: a little lighter left
than right is 1. Each of the 32 bits stands in as many places as the picture has room for, scattered by a
fixed pattern. It survives JPEG and a little work on the picture; it does not survive cutting or scaling, and
whoever wants it gone can remove it. It is a trace, not a proof. Runs in a picture worker.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from collections.abc import Iterator

BITS = 32
CELL_W, CELL_H = 8, 8
STRENGTH = 2
_EDGE = 12
"""A difference beyond this is the picture's own: it counts no more than this."""


def put(image: Image.Image, mark: bytes) -> Image.Image:
    """`image` (RGB) with the four bytes of `mark` in its brightness."""
    bits = int.from_bytes(mark[: BITS // 8].ljust(BITS // 8, b"\0"), "big")
    across, down = image.width // CELL_W, image.height // CELL_H
    cells = Image.new("L", (across, down), 128)
    for x, y, bit, turned in _places(across, down):
        left = STRENGTH if (bits >> bit & 1) ^ turned else -STRENGTH
        cells.putpixel((x, y), 128 + left)
        cells.putpixel((x + 1, y), 128 - left)
    pattern = Image.new("L", image.size, 128)
    pattern.paste(cells.resize((across * CELL_W, down * CELL_H), Image.Resampling.NEAREST))
    light, blue, red = image.convert("YCbCr").split()
    return Image.merge("YCbCr", (ImageChops.add(light, pattern, 1, -128), blue, red)).convert("RGB")


def read(image: Image.Image) -> tuple[bytes, float]:
    """The four bytes, and how clearly they stand there: 1 is sure, below 0.3 there is none."""
    across, down = image.width // CELL_W, image.height // CELL_H
    whole = image.convert("L").crop((0, 0, across * CELL_W, down * CELL_H))
    cells = whole.resize((max(across, 1), max(down, 1)), Image.Resampling.BOX)
    sums, counts = [0] * BITS, [0] * BITS
    for x, y, bit, turned in _places(across, down):
        difference = int(cells.getpixel((x, y))) - int(cells.getpixel((x + 1, y)))  # type: ignore[arg-type]
        held = max(-_EDGE, min(_EDGE, difference))
        sums[bit] += -held if turned else held
        counts[bit] += 1
    number = sum(1 << bit for bit in range(BITS) if sums[bit] > 0)
    strong = [abs(total) / (2 * STRENGTH * count) for total, count in zip(sums, counts, strict=True) if count]
    clear = sorted(strong)[len(strong) // 4] if strong else 0.0
    return number.to_bytes(BITS // 8, "big"), min(1.0, clear)


def _places(across: int, down: int) -> Iterator[tuple[int, int, int, int]]:
    """Left cell, bit, and whether the pair stands for the bit's opposite: so that a slope in the picture
    cancels itself out."""
    order = random.Random(0x6B757261)
    for y in range(down):
        for x in range(0, across - 1, 2):
            yield x, y, order.randrange(BITS), order.randrange(2)
