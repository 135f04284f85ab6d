"""Erasing one camera's interval before its date.

A court, a complaint, a camera that pointed the wrong way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.footage import orders
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account


def erase_early(manager: Account, camera: Camera, start_ns: int, end_ns: int, reason: str) -> str:
    """Order the erasure of every piece of footage that the interval touches; returns the order's id.

    Needs no unlocked storehouse. The key of each hour it touches dies; the pieces of that hour outside the
    interval get keys of their own and stay until their day. Raises `Refusal` (not the
    manager) or `BadInput`. What came of it arrives as certificates.
    """
    require_role(manager, clock.now_ns(), MANAGER)
    if not start_ns < end_ns:
        raise BadInput("interval-empty")
    if not reason.strip():
        raise BadInput("reason-missing")
    return orders.issue(
        "erase",
        actor=manager.actor,
        camera=camera.id,
        from_s=start_ns // clock.NS_PER_S,
        until_s=-(-end_ns // clock.NS_PER_S),
        reason=reason.strip(),
    )
