"""An event loop with a beat: what cameras send gathers in the kernel, and one waking serves all of them.

Waking up costs more than the work that waits: pictures that come 15 times a second from each of 32 cameras
wake a plain loop 500 times a second and more. So there are three ways of listening to a descriptor. What is
registered is heard at once; `listen` makes a connection wait for the short beat (somebody watches) or for the
beat (it is only recorded). Timers rest until the loop wakes anyway, so for one beat at most. Measured:
docs/benchmarks.md.
"""

from __future__ import annotations

import asyncio
import os
import select
import selectors
import time
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from selectors import SelectorKey

BEAT_S = 0.36
SHORT_BEAT_S = 0.08


class Heard(Enum):
    """How soon a descriptor is looked at."""

    AT_ONCE = "at once"
    SHORT_BEAT = "short beat"
    BEAT = "beat"


class BeatSelector(selectors.EpollSelector):
    """Looks at all descriptors once a beat, and in between only at those that must not wait for it.

    After each look at all, `bell` is found readable, last of all: whoever reads it comes after the cameras.
    """

    def __init__(self, bell: int = -1) -> None:
        super().__init__()
        self._bell = bell
        self._now_ears = select.epoll()
        self._short_ears = select.epoll()
        self._masks: dict[int, int] = {}
        self._ways: dict[int, Heard] = {}
        self._short_count = 0
        self._beat_due_s = time.monotonic()
        self._short_due_s = 0.0
        self._again = False

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """As the base class. Heard at once, until `listen` says otherwise."""
        key = super().register(fileobj, events, data)
        mask = self._masks[key.fd] = _mask(events)
        self._ways[key.fd] = Heard.AT_ONCE
        self._now_ears.register(key.fd, mask)
        self._short_ears.register(key.fd, mask)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """As the base class. It goes on being heard in the same way."""
        key = super().modify(fileobj, events, data)
        mask = self._masks[key.fd] = _mask(events)
        if self._ways[key.fd] is Heard.AT_ONCE:
            self._now_ears.modify(key.fd, mask)
        if self._ways[key.fd] is not Heard.BEAT:
            self._short_ears.modify(key.fd, mask)
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:
        """As the base class."""
        key = super().unregister(fileobj)
        self._move(key.fd, None)
        del self._masks[key.fd], self._ways[key.fd]
        return key

    def listen(self, handle: int, way: Heard) -> None:
        """From now on `handle` (registered) is looked at in this way."""
        if handle in self._ways and self._ways[handle] is not way:
            self._move(handle, way)
            if way is not Heard.BEAT:
                self._short_due_s = 0.0  # what has gathered in it is looked at now

    def look_again(self) -> None:
        """There was more to read than could be taken: look at all once more, before anything rests."""
        self._again = True

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """As the base class, but a timer may be up to a beat late; 0 never rests."""
        if not self._again and (timeout is None or timeout > 0):
            self._rest()
        now_s = time.monotonic()
        if self._again or now_s >= self._beat_due_s:
            return self._look_at_all(now_s)
        ears, due = self._now_ears, self._short_count and now_s >= self._short_due_s
        if due:
            ears, self._short_due_s = self._short_ears, now_s + SHORT_BEAT_S
        return self._found(ears.poll(0, max(len(self._ways), 1)))

    def close(self) -> None:
        """As the base class."""
        self._now_ears.close()
        self._short_ears.close()
        super().close()

    def _rest(self) -> None:
        until_s = self._beat_due_s
        if self._short_count:
            until_s = min(until_s, self._short_due_s)
        rest_s = until_s - time.monotonic()
        if rest_s > 0:
            self._now_ears.poll(rest_s, 1)

    def _look_at_all(self, now_s: float) -> list[tuple[SelectorKey, int]]:
        self._again = False
        if now_s >= self._beat_due_s:
            self._beat_due_s = max(self._beat_due_s + BEAT_S, now_s + BEAT_S / 2)
        self._short_due_s = now_s + SHORT_BEAT_S
        found = super().select(0)
        if self._bell in self._ways:
            found.append((self.get_map()[self._bell], selectors.EVENT_READ))
        return found

    def _found(self, ready: list[tuple[int, int]]) -> list[tuple[SelectorKey, int]]:
        keys = self.get_map()
        found = []
        for handle, mask in ready:
            key = keys[handle]
            read = selectors.EVENT_READ if mask & ~select.EPOLLOUT else 0
            write = selectors.EVENT_WRITE if mask & ~select.EPOLLIN else 0
            found.append((key, (read | write) & key.events))
        return found

    def _move(self, handle: int, way: Heard | None) -> None:
        before = self._ways[handle]
        if before is Heard.AT_ONCE:
            _drop(self._now_ears, handle)
        if before is not Heard.BEAT and way in (None, Heard.BEAT):
            _drop(self._short_ears, handle)
        if way is not None:
            if way is Heard.AT_ONCE:
                self._now_ears.register(handle, self._masks[handle])
            if way is not Heard.BEAT and before is Heard.BEAT:
                self._short_ears.register(handle, self._masks[handle])
            self._ways[handle] = way
        self._short_count += (way is Heard.SHORT_BEAT) - (before is Heard.SHORT_BEAT)


class BeatLoop(asyncio.SelectorEventLoop):
    """For the process that receives many cameras: `asyncio.Runner(loop_factory=BeatLoop)`."""

    def __init__(self) -> None:
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._beat = BeatSelector(self._bell)
        super().__init__(self._beat)

    def listen(self, handle: int, way: Heard) -> None:
        """How soon the connection with this descriptor is looked at."""
        self._beat.listen(handle, way)

    def look_again(self) -> None:
        """See `BeatSelector.look_again`."""
        self._beat.look_again()

    def at_each_beat(self, call: Callable[[], None]) -> None:
        """`call()` each time after all connections have been read. One call at a time."""
        self.add_reader(self._bell, call)

    def no_more_beats(self) -> None:
        """Undo `at_each_beat`."""
        self.remove_reader(self._bell)

    def close(self) -> None:
        """As the base class."""
        if not self.is_closed():
            super().close()
            os.close(self._bell)


def _drop(ears: select.epoll, handle: int) -> None:
    try:
        ears.unregister(handle)
    except OSError:
        pass  # closed already


def _mask(events: int) -> int:
    wanted = select.EPOLLIN if events & selectors.EVENT_READ else 0
    return wanted | (select.EPOLLOUT if events & selectors.EVENT_WRITE else 0)
