"""The recorder's event loop looks at its sockets at most 25 times a second.

Waking up costs more than the work that waits: a picture that comes 15 times a second from each of 32 cameras
wakes a plain loop some 500 times a second. Letting what arrives within one beat gather in the kernel serves
all cameras at one waking, from warm caches. Measured: docs/benchmarks.md. The price is at most one beat of
delay; an event that comes when the last look is longer ago is served at once.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectors import SelectorKey

BEAT_S = 0.04


class BeatSelector(selectors.EpollSelector):
    """An epoll selector that sleeps out the beat before it looks again."""

    def __init__(self) -> None:
        super().__init__()
        self._last_look_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """As the base class; `timeout` 0 (work is waiting in the loop) never sleeps."""
        if timeout is None or timeout > 0:
            rest_s = self._last_look_s + BEAT_S - time.monotonic()
            if rest_s > 0:
                asleep_s = rest_s if timeout is None else min(rest_s, timeout)
                time.sleep(asleep_s)
                if timeout is not None:
                    timeout -= asleep_s
        found = super().select(timeout)
        self._last_look_s = time.monotonic()
        return found


def new_loop() -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner(loop_factory=new_loop)`."""
    return asyncio.SelectorEventLoop(BeatSelector())
