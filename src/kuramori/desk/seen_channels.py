"""What a device showed a moment ago: the next page need not ask it again. In this process's memory."""

from __future__ import annotations

import threading
from typing import Any

from kuramori import clock

KEPT_NS = 10 * 60 * clock.NS_PER_S
MOST_KEPT = 8

Channels = list[dict[str, Any]]
_kept: dict[str, tuple[int, Channels]] = {}
_lock = threading.Lock()


def keep(device: str, channels: Channels) -> None:
    """Its pictures, for ten minutes; beyond eight devices the oldest goes."""
    with _lock:
        _kept.pop(device, None)
        while len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[device] = (clock.now_ns() + KEPT_NS, channels)


def kept(device: str) -> Channels:
    """What it showed; empty when that is too long ago."""
    with _lock:
        until_ns, channels = _kept.get(device, (0, []))
    return channels if clock.now_ns() < until_ns else []
