"""How large a converted picture is. Decodes nothing, so that a page's process can ask it too."""

from __future__ import annotations

MOST_SIDE_PX = 1920


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size of the converted picture: even sides, none longer than 1920 px, never enlarged."""
    shrink = min(1.0, MOST_SIDE_PX / max(width, height, 1))
    return max(2, int(width * shrink) & ~1), max(2, int(height * shrink) & ~1)
