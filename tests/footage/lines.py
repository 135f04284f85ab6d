"""Fields of journal entries as the recorder writes them."""

from __future__ import annotations

from typing import Any

from kuramori.clock import NS_PER_S

CAMERA = "c1" * 16
DAY_NS = 86_400 * NS_PER_S


def opened(segment: str, start_ns: int, **changed: Any) -> dict[str, Any]:
    """A `segment-open` entry."""
    hour_start_s = start_ns // NS_PER_S // 3600 * 3600
    return {
        "segment": segment,
        "camera": CAMERA,
        "path": f"store/0/{CAMERA}/x/{start_ns}-{segment}.kura",
        "start_ns": start_ns,
        "run": "aa" * 16,
        "hour": "bb" * 16,
        "hour_start_s": hour_start_s,
        "erase_at_ns": hour_start_s * NS_PER_S + 14 * DAY_NS,
        "purpose_version": 1,
        "policy_version": 1,
        "storehouse_key": "0123456789abcdef",
        "codec": "avc1.64001f",
        "width": 1920,
        "height": 1080,
        "provisional": False,
        **changed,
    }


def ended(segment: str, end_ns: int, **changed: Any) -> dict[str, Any]:
    """A `segment-closed` entry."""
    return {
        "segment": segment,
        "camera": CAMERA,
        "end_ns": end_ns,
        "records": 12,
        "bytes": 345_678,
        "sha256": "5a" * 32,
        "key_frames": 3,
        "lost_packets": 0,
        **changed,
    }


def rotation(epoch: int, *hours: dict[str, Any], verified: bool = True) -> dict[str, Any]:
    """A `rotation` entry that erased `hours`."""
    return {"epoch": epoch, "level": 1, "verified": verified, "live_hours": 3, "erased": list(hours)}


def dead(hour: str, hour_start_s: int, erase_at_ns: int, reason: str = "expired") -> dict[str, Any]:
    """One erased hour of a `rotation` entry."""
    return {
        "camera": CAMERA,
        "hour_start_s": hour_start_s,
        "hour": hour,
        "erase_at_ns": erase_at_ns,
        "reason": reason,
    }
