"""A camera's user name and password, in this process's memory until the next camera is added.

Set-up asks once for what several cameras share. Nothing here is stored; 15 minutes later, or once it has been
used or another camera was tried, the bytes are overwritten.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from kuramori import clock

HELD_NS = 15 * 60 * clock.NS_PER_S


@dataclass(slots=True)
class _Typed:
    camera_id: str
    user: bytearray
    password: bytearray
    until_ns: int


_held: dict[int, _Typed] = {}
_lock = threading.Lock()


def hold(account_id: int, camera_id: str, user: str, password: str) -> None:
    """Keep what this person typed for this camera; what was kept for another goes."""
    with _lock:
        _wipe(_held.pop(account_id, None))
        until_ns = clock.now_ns() + HELD_NS
        _held[account_id] = _Typed(
            camera_id, bytearray(user.encode()), bytearray(password.encode()), until_ns
        )


def take(account_id: int, camera_id: str) -> tuple[str, str] | None:
    """User name and password typed for that camera, once; None when they are gone."""
    with _lock:
        found = _held.pop(account_id, None)
        right = found is not None and found.camera_id == camera_id and found.until_ns > clock.now_ns()
        said = (found.user.decode(), found.password.decode()) if found and right else None
        _wipe(found)
    return said


def are_held(account_id: int, camera_id: str) -> bool:
    """Whether `take` would give them."""
    with _lock:
        found = _held.get(account_id)
        if found is not None and found.until_ns <= clock.now_ns():
            _wipe(_held.pop(account_id))
            return False
        return found is not None and found.camera_id == camera_id


def _wipe(typed: _Typed | None) -> None:
    if typed is not None:
        typed.user[:] = bytes(len(typed.user))
        typed.password[:] = bytes(len(typed.password))
