"""墨消し: boxes that a person set on the picture at certain moments, and what they cover in between.

A box is a list of moments [at_ms, left, top, right, bottom]: milliseconds since 1970 UTC, and
ten-thousandths of the picture from its top left corner. Between two moments its sides go in a straight
line; before the first and after the last there is no box.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import rfc8785

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

Moment = tuple[int, int, int, int, int]
Box = tuple[Moment, ...]
Sides = tuple[int, int, int, int]
SCALE = 10_000
MOST_BOXES = 60
MOST_MOMENTS = 200
MOST_IN_ALL = 2_000
SMALLEST = 50
"""A side below half a hundredth of the picture covers nothing: it was a slip of the hand."""
LATEST_MS = 1 << 43
GROW = 8
"""Each side moves outwards by one part in eight of the box's width or height: hands are not exact."""
EDGE_MS = 100
"""A box is stretched by so much in time, at least: the player's clock is not exact to the picture."""
FILL, PIXELATE = "fill", "pixelate"
METHODS = (FILL, PIXELATE)


def checked(said: object) -> tuple[Box, ...]:
    """Boxes from JSON. Raises BadInput `boxes`, `boxes-too-many`."""
    if not isinstance(said, (list, tuple)) or not said:
        raise BadInput("boxes")
    if (
        len(said) > MOST_BOXES
        or sum(len(one) for one in said if isinstance(one, (list, tuple))) > MOST_IN_ALL
    ):
        raise BadInput("boxes-too-many")
    return tuple(_box(one) for one in said)


def fingerprint(boxes: Sequence[Box], method: str) -> str:
    """SHA-256 (hex) of the canonical JSON (RFC 8785) of boxes and method."""
    plain = [[list(moment) for moment in box] for box in boxes]
    return hashlib.sha256(rfc8785.dumps({"boxes": plain, "method": method})).hexdigest()


def cover(box: Box, since_ms: float, until_ms: float) -> Sides | None:
    """Everything that the box covers at any moment from `since_ms` to `until_ms`, both included, with the
    margin that is added for the hand; None where there is no box in that time."""
    if until_ms < box[0][0] or since_ms > box[-1][0]:
        return None
    since, until = max(since_ms, box[0][0]), min(until_ms, box[-1][0])
    places = [_at(box, since), _at(box, until)]
    places += [tuple(map(float, one[1:])) for one in box if since < one[0] < until]
    left, top = min(one[0] for one in places), min(one[1] for one in places)
    right, bottom = max(one[2] for one in places), max(one[3] for one in places)
    wide, high = (right - left) / GROW, (bottom - top) / GROW
    return (
        max(0, int(left - wide)),
        max(0, int(top - high)),
        min(SCALE, int(right + wide) + 1),
        min(SCALE, int(bottom + high) + 1),
    )


def _at(box: Box, at_ms: float) -> tuple[float, ...]:
    before = max((one for one in box if one[0] <= at_ms), key=lambda one: one[0])
    after = min((one for one in box if one[0] >= at_ms), key=lambda one: one[0])
    if before[0] == after[0]:
        return tuple(map(float, before[1:]))
    share = (at_ms - before[0]) / (after[0] - before[0])
    return tuple(low + (high - low) * share for low, high in zip(before[1:], after[1:], strict=True))


def _box(said: object) -> Box:
    if not isinstance(said, (list, tuple)) or not 2 <= len(said) <= MOST_MOMENTS:
        raise BadInput("boxes")
    box = tuple(_moment(one) for one in said)
    if any(later[0] <= earlier[0] for earlier, later in zip(box, box[1:], strict=False)):
        raise BadInput("boxes")
    return box


def _moment(said: object) -> Moment:
    if not isinstance(said, (list, tuple)) or len(said) != 5 or any(type(one) is not int for one in said):
        raise BadInput("boxes")
    at_ms, left, top, right, bottom = said
    inside = 0 <= left < right <= SCALE and 0 <= top < bottom <= SCALE
    if not (inside and 0 < at_ms < LATEST_MS) or min(right - left, bottom - top) < SMALLEST:
        raise BadInput("boxes")
    return at_ms, left, top, right, bottom
