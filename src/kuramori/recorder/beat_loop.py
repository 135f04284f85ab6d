"""The recorder's event loop looks at its cameras at most a dozen times a second.

Waking up costs more than the work that waits: pictures that come 15 times a second from each of 32 cameras wake
a plain loop 500 times a second and more. Letting what arrives within one beat gather in the kernel serves all
cameras at one waking, from warm caches. Measured: docs/benchmarks.md. The price is that a picture or a timer may
wait for one beat. Nothing else waits: the local socket and other threads are heard at once, and so is a camera
when the last look is longer ago than a beat.
"""

from __future__ import annotations

import asyncio
import os
import select
import selectors
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectors import SelectorKey

BEAT_S = 0.08


class BeatSelector(selectors.EpollSelector):
    """An epoll selector that rests until the beat is over, listening to local sockets only."""

    def __init__(self) -> None:
        super().__init__()
        self._last_look_s = 0.0
        self._urgent = select.epoll()
        self._urgent_handles: set[int] = set()

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """As the base class; notices whether it is a local socket."""
        key = super().register(fileobj, events, data)
        if _is_local(key.fd):
            self._urgent.register(key.fd, _mask(events))
            self._urgent_handles.add(key.fd)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """As the base class."""
        key = super().modify(fileobj, events, data)
        if key.fd in self._urgent_handles:
            self._urgent.modify(key.fd, _mask(events))
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:
        """As the base class."""
        key = super().unregister(fileobj)
        if key.fd in self._urgent_handles:
            self._urgent_handles.discard(key.fd)
            try:
                self._urgent.unregister(key.fd)
            except OSError:
                pass  # closed already
        return key

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """As the base class; `timeout` 0 (work is waiting in the loop) never rests."""
        if timeout is None or timeout > 0:
            rest_s = self._last_look_s + BEAT_S - time.monotonic()
            if rest_s > 0:
                heard = self._urgent.poll(rest_s, 1)
                timeout = 0 if heard else None if timeout is None else max(timeout - rest_s, 0)
        found = super().select(timeout)
        self._last_look_s = time.monotonic()
        return found

    def close(self) -> None:
        """As the base class."""
        self._urgent.close()
        super().close()


def _is_local(handle: int) -> bool:
    try:
        with socket.socket(fileno=os.dup(handle)) as line:
            return line.family == socket.AF_UNIX
    except OSError:
        return True  # no socket at all: no camera


def _mask(events: int) -> int:
    wanted = select.EPOLLIN if events & selectors.EVENT_READ else 0
    return wanted | (select.EPOLLOUT if events & selectors.EVENT_WRITE else 0)


def new_loop() -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner(loop_factory=new_loop)`."""
    return asyncio.SelectorEventLoop(BeatSelector())
