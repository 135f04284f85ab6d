"""Areas drawn on a picture: points in 0..1 from the top left corner."""

from __future__ import annotations

import json

from kuramori.errors import BadInput

Polygon = list[list[float]]
SMALLEST_AREA = 0.002
MOST_POINTS = 40


def parsed(text: str) -> Polygon:
    """A polygon from a form's JSON, rounded to a tenth of a thousandth; [] for nothing drawn.

    Raises BadInput `polygon` for anything that is not a list of at most 40 points within the picture.
    """
    if not text.strip():
        return []
    try:
        points = json.loads(text)
        polygon = [[round(float(x), 4), round(float(y), 4)] for x, y in points]
    except (ValueError, TypeError) as error:
        raise BadInput("polygon") from error
    if len(polygon) > MOST_POINTS or not all(0 <= value <= 1 for point in polygon for value in point):
        raise BadInput("polygon")
    return polygon


def area(polygon: Polygon) -> float:
    """The enclosed share of the picture, 0..1 (shoelace formula)."""
    turned = polygon[1:] + polygon[:1]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(polygon, turned, strict=True))) / 2


def is_area(polygon: Polygon) -> bool:
    return len(polygon) >= 3 and area(polygon) >= SMALLEST_AREA


def parsed_many(text: str) -> list[Polygon]:
    """Several polygons from a form's JSON list; raises BadInput `polygon` like `parsed`."""
    try:
        parts = json.loads(text or "[]")
    except ValueError as error:
        raise BadInput("polygon") from error
    if not isinstance(parts, list) or len(parts) > MOST_POINTS:
        raise BadInput("polygon")
    return [parsed(json.dumps(part)) for part in parts]
