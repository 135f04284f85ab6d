"""Test pictures, held in this process's memory for as long as a person draws on them. Never stored."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from kuramori import clock
from kuramori.pictures.asking import Picture

if TYPE_CHECKING:
    from kuramori.cameras.position import Position

Side = Literal["before", "now"]
HELD_NS = 15 * 60 * clock.NS_PER_S
MOST_HELD = 4


@dataclass(frozen=True, slots=True)
class _Held:
    picture: Picture
    until_ns: int
    codec: str
    position: Position | None = None
    shown: frozenset[Side] = frozenset()


_held: dict[tuple[int, str], _Held] = {}
_lock = threading.Lock()


def hold(account_id: int, camera_id: str, picture: Picture, codec: str = "") -> None:
    """Keep a picture for this person and camera for 15 minutes; beyond four the oldest goes. `codec` as in
    RFC 6381."""
    with _lock:
        _drop_old()
        _held.pop((account_id, camera_id), None)
        while len(_held) >= MOST_HELD:
            del _held[next(iter(_held))]
        _held[(account_id, camera_id)] = _Held(picture, clock.now_ns() + HELD_NS, codec)


def held(account_id: int, camera_id: str) -> Picture | None:
    """The picture this person may still see of this camera."""
    with _lock:
        _drop_old()
        found = _held.get((account_id, camera_id))
    return found.picture if found else None


def codec_of(account_id: int, camera_id: str) -> str:
    """The format of the camera that a held picture came from; empty without one."""
    with _lock:
        found = _held.get((account_id, camera_id))
    return found.codec if found else ""


def stood(account_id: int, camera_id: str, position: Position | None = None) -> Position | None:
    """Where a movable camera pointed when its picture was first drawn on; `position`: where it points now."""
    with _lock:
        found = _held.get((account_id, camera_id))
        if found is not None and found.position is None and position is not None:
            found = _held[(account_id, camera_id)] = replace(found, position=position)
    return found.position if found else None


def shown(account_id: int, camera_id: str, side: Side) -> None:
    """This person was shown the picture approved `before`, or the one held `now`, while it is held."""
    with _lock:
        found = _held.get((account_id, camera_id))
        if found is not None:
            _held[(account_id, camera_id)] = replace(found, shown=found.shown | {side})


def both_shown(account_id: int, camera_id: str) -> bool:
    """Whether this person had both before their eyes."""
    with _lock:
        found = _held.get((account_id, camera_id))
    return found is not None and found.shown == {"before", "now"}


def drop(account_id: int, camera_id: str) -> None:
    """The drawing is approved: the picture goes."""
    with _lock:
        _held.pop((account_id, camera_id), None)


def _drop_old() -> None:
    now_ns = clock.now_ns()
    for key in [key for key, one in _held.items() if one.until_ns <= now_ns]:
        del _held[key]
