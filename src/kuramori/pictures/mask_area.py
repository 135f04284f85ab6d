"""What a mask covers: outlines in ten-thousandths of the picture, turned into stretches of samples.

Outlines are lists of [x, y], 0 to 10,000 from the picture's top left corner. What is covered is the inside by
the even-odd rule, and a rim around it, so that rounding and the coarser colour planes leave nothing of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import rfc8785

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

Outline = tuple[tuple[int, int], ...]
SCALE = 10_000
MOST_OUTLINES = 40
MOST_POINTS = 40
RIM_PX = 8


def from_shares(polygons: Sequence[Sequence[Sequence[float]]]) -> tuple[Outline, ...]:
    """Polygons drawn in 0..1 as outlines. Raises BadInput `mask`."""
    return checked([[[round(x * SCALE), round(y * SCALE)] for x, y in polygon] for polygon in polygons])


def checked(said: object) -> tuple[Outline, ...]:
    """Outlines from JSON: 1 to 40 of 3 to 40 points within the picture. Raises BadInput `mask`."""
    if not isinstance(said, (list, tuple)) or not 0 < len(said) <= MOST_OUTLINES:
        raise BadInput("mask")
    return tuple(_outline(one) for one in said)


def fingerprint(outlines: Sequence[Outline]) -> str:
    """SHA-256 (hex) of the canonical JSON (RFC 8785) of the outlines."""
    return hashlib.sha256(rfc8785.dumps([[list(point) for point in one] for one in outlines])).hexdigest()


def stretches(
    outlines: Sequence[Outline], width: int, height: int, rim_px: int = RIM_PX
) -> list[list[tuple[int, int]]]:
    """For each row of a picture of `width` × `height` samples: [from, until) of what is covered, `rim_px`
    samples more on every side. Stretches of one row may overlap."""
    rows: list[list[tuple[int, int]]] = [[] for _ in range(height)]
    for outline in outlines:
        for row, crossed in enumerate(_crossed(outline, width, height)):
            for low, high in crossed:
                around = (max(0, low - rim_px), min(width, high + rim_px))
                for near in range(max(0, row - rim_px), min(height, row + rim_px + 1)):
                    rows[near].append(around)
    return [_joined(row) for row in rows]


def _crossed(outline: Outline, width: int, height: int) -> list[list[tuple[int, int]]]:
    """Where each row of samples runs inside the outline: by the whole height of the row, not its middle."""
    points = [(x * width / SCALE, y * height / SCALE) for x, y in outline]
    edges = list(zip(points, points[1:] + points[:1], strict=True))
    return [
        [pair for at in (row + 0.01, row + 0.5, row + 0.99) for pair in _inside(edges, at)]
        for row in range(height)
    ]


def _inside(
    edges: Sequence[tuple[tuple[float, float], tuple[float, float]]], y: float
) -> list[tuple[int, int]]:
    crossings = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in edges if (y1 <= y) != (y2 <= y)
    )
    return [(int(low), int(high) + 1) for low, high in zip(crossings[::2], crossings[1::2], strict=False)]


def _joined(stretches_of_row: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(stretches_of_row):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _outline(said: object) -> Outline:
    if not isinstance(said, (list, tuple)) or not 3 <= len(said) <= MOST_POINTS:
        raise BadInput("mask")
    points = []
    for point in said:
        if not isinstance(point, (list, tuple)) or len(point) != 2:
            raise BadInput("mask")
        if not all(type(value) is int and 0 <= value <= SCALE for value in point):
            raise BadInput("mask")
        points.append((point[0], point[1]))
    return tuple(points)
