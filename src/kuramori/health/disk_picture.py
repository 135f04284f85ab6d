"""The forecast as a drawing: what lies on the disks day by day, against what may. Sizes are SVG units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.health.forecast import DAYS

if TYPE_CHECKING:
    from kuramori.health.forecast import Forecast

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM = 640, 220, 32, 40, 28
GIB = 1 << 30
EVERY_DAYS = 10


def picture(known: Forecast) -> dict[str, object]:
    """Points and labels for `health/disk_picture.html`."""
    top = max([known.limit_bytes, *known.used, 1]) * 1.1

    def x(day: float) -> float:
        return round(LEFT + day * (WIDTH - LEFT - RIGHT) / (DAYS - 1), 1)

    def y(size: float) -> float:
        return round((HEIGHT - BOTTOM) * (1 - size / top) + 4, 1)

    line = " ".join(f"{x(day)},{y(used)}" for day, used in enumerate(known.used))
    short = known.short_in_days
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": x(DAYS - 1),
        "base": y(0),
        "area": f"{x(0)},{y(0)} {line} {x(DAYS - 1)},{y(0)}",
        "line": line,
        "limit": y(known.limit_bytes),
        "limit_gib": round(known.limit_bytes / GIB, 1),
        "short": None if short is None else {"x": x(short), "day": short},
        "days": [{"x": x(day), "day": day} for day in range(0, DAYS, EVERY_DAYS)],
    }
