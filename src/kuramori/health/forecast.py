"""How long the disks suffice: a pure calculation over whole days. Sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAYS = 62
WARN_DAYS = 14


@dataclass(frozen=True, slots=True)
class CameraLoad:
    """One camera: what it writes a day, how long it is kept, what lies there.

    `dies` maps days from now (0 is today) to bytes that are erased then.
    """

    camera: str
    day_bytes: int
    period_days: int
    kept_bytes: int
    dies: Mapping[int, int] = field(default_factory=dict)

    @property
    def need_bytes(self) -> int:
        """What it takes when its period is full."""
        return self.day_bytes * self.period_days


@dataclass(frozen=True, slots=True)
class Forecast:
    """`used[d]` is what lies on the disks at the end of day d; `limit_bytes` what may."""

    used: tuple[int, ...]
    limit_bytes: int
    short_in_days: int | None
    """The first day on which there is too little room; None within the time looked at."""
    fits_days: dict[str, int | None]
    """camera → days of its footage that fit while the others keep their whole periods; None: unknown."""

    @property
    def warns(self) -> bool:
        """Time to do something before cameras stop or footage dies early."""
        return self.short_in_days is not None and self.short_in_days <= WARN_DAYS


def forecast(loads: Sequence[CameraLoad], room_bytes: int) -> Forecast:
    """`room_bytes`: free space above the reserves of the disks that take footage."""
    used, total, short = [], sum(load.kept_bytes for load in loads), None
    limit = total + room_bytes
    for day in range(DAYS):
        for load in loads:
            total += load.day_bytes - load.dies.get(day, 0)
            if day >= load.period_days:
                total -= load.day_bytes
        used.append(total)
        if short is None and total > limit:
            short = day
    need = sum(load.need_bytes for load in loads)
    fits = {
        load.camera: max(0, limit - need + load.need_bytes) // load.day_bytes if load.day_bytes else None
        for load in loads
    }
    return Forecast(tuple(used), limit, short, fits)
