"""What it costs to show a camera's H.265 in a browser that cannot play it, told at registration.

Measured on the reference box: 1080p at 15 pictures a second takes half of one core (docs/design/playback.md).
"""

from __future__ import annotations

CORE_PERCENT_1080P15 = 50
PIXELS_1080P = 1920 * 1080


def core_percent(width: int, height: int) -> int:
    """Percent of one processor core for each person who watches, at 15 pictures a second."""
    pixels = width * height or PIXELS_1080P
    return max(1, round(CORE_PERCENT_1080P15 * pixels / PIXELS_1080P))
