"""A keeper's box with footage, and orders to hold some of it."""

from __future__ import annotations

from typing import Any

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.errors import KeyGone
from tests.recorder.keeper_rig import KeeperRig, Written, camera_id

DAY_S = 24 * HOUR_S


def hold(rig: KeeperRig, **more: Any) -> str:
    """File an order that holds the camera's last minute for ten days; `more` replaces fields."""
    now_ns = rig.clock.wall_ns()
    fields: dict[str, Any] = {
        "camera": camera_id(1),
        "from_s": now_ns // NS_PER_S - 60,
        "until_s": now_ns // NS_PER_S,
        "case": "令和9年 第12号",
        "basis": "捜査関係事項照会書",
        "reason": "自転車の盗難",
        "requester": "account:1",
        "approver": "第二者:山田",
        "ends_at_ns": now_ns + 10 * DAY_S * NS_PER_S,
        "review_at_ns": now_ns + 5 * DAY_S * NS_PER_S,
    }
    return rig.order("hold", **{**fields, **more})


def opens(rig: KeeperRig, written: Written, camera: int = 1) -> bool:
    """Does the recorder still give this segment's sealed key, as the socket asks?"""
    try:
        given = rig.keeper.sealed_key(camera_id(camera), written.hour, written.segment, written.wrapped)
    except KeyGone:
        return False
    return given == written.sealed
