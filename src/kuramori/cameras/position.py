"""Where a camera that can be moved points, as it tells over ONVIF (PTZ service 5.4): pan, tilt and zoom.

In ONVIF's generic spaces pan and tilt run from -1 to 1 and zoom from 0 to 1; some cameras tell degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Position = dict[str, float]
AXES = ("pan", "tilt", "zoom")
NEAR = 0.01
NEAR_DEGREES = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the camera knows by name; `position` is None where it keeps that to itself."""

    token: str
    name: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where it points now (None: it does not tell), and which places it knows."""

    position: Position | None = None
    places: tuple[Place, ...] = ()


def parsed(said: object) -> Position | None:
    """The axes that are told as finite numbers; None for none."""
    if not isinstance(said, dict):
        return None
    axes = {name: said[name] for name in AXES if isinstance(said.get(name), int | float)}
    return {name: float(value) for name, value in axes.items() if math.isfinite(value)} or None


def same(one: Position, other: Position) -> bool:
    """Whether both are the same place, as exactly as such cameras return to one. An axis that only one of
    them tells makes them different."""
    if one.keys() != other.keys():
        return False
    return all(abs(one[axis] - other[axis]) <= _near(one[axis], other[axis]) for axis in one)


def _near(*values: float) -> float:
    return NEAR if all(abs(value) <= 1 for value in values) else NEAR_DEGREES
