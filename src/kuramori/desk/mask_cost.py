"""What a mask will cost, told before anybody chooses one. Measured: docs/design/masks.md."""

from __future__ import annotations

from dataclasses import dataclass

CORE_PERCENT_1080P15 = 30
PIXELS_1080P = 1920 * 1080
MOST_BITS_PER_PIXEL = 4  # the encoder's upper limit, bit/s
S_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class MaskCost:
    """Percent of one processor core at 15 pictures a second; gigabytes of footage a day at most."""

    core_percent: int
    gigabytes_a_day: int


def estimated(width: int, height: int) -> MaskCost:
    """For a picture of that many pixels; both grow with the size of the picture."""
    pixels = width * height or PIXELS_1080P
    return MaskCost(
        max(1, round(CORE_PERCENT_1080P15 * pixels / PIXELS_1080P)),
        max(1, round(pixels * MOST_BITS_PER_PIXEL * S_PER_DAY / 8 / 1e9)),
    )
