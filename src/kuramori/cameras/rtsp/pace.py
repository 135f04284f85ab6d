"""An event loop that lets bytes gather.

A camera sends a picture as a train of packets within a few milliseconds. A loop that wakes for the first of
them reads every picture in several small pieces, each costing a wake-up, a system call and a pass through the
loop. Pausing a few milliseconds after the first byte lets whole pictures, and those of other cameras, arrive.
"""

from __future__ import annotations

import asyncio
import selectors
import time

PAUSE_S = 0.012


class PacedSelector(selectors.EpollSelector):
    """After the first byte waits `PAUSE_S` for what follows it; not while other work is ready."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout)
        if not ready or timeout == 0:
            return ready
        time.sleep(PAUSE_S)
        return super().select(0)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """For the process that receives many cameras: `asyncio.Runner(loop_factory=new_event_loop)`."""
    return asyncio.SelectorEventLoop(PacedSelector())
