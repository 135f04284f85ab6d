"""The real recorder in this process, with the clock handed in: for the erasure demonstration only."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.main.demo_erase_words import passing
from kuramori.recorder.process import Recorder

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

Answer = TypeVar("Answer")
STEP_S = 12 * HOUR_S


class RecorderInAThread:
    """The real recorder on an event loop of its own, with the clock handed in."""

    def __init__(self, data: Path, time_machine: ManualClock) -> None:
        self._clock = time_machine
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.recorder: Recorder = self._await(_made(data, time_machine))
        self._await(self.recorder.start())
        self._running = asyncio.run_coroutine_threadsafe(self.recorder.run(), self._loop)

    def _await(self, doing: Coroutine[object, object, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(60)

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """While the block runs, the clock in hand goes as fast as the wall's."""
        over = threading.Event()

        def follow() -> None:
            before_s = time.monotonic()
            while not over.wait(0.01):
                now_s = time.monotonic()
                self._clock.advance_s(now_s - before_s)
                before_s = now_s

        follower = threading.Thread(target=follow)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()

    def jump_to(self, wall_ns: int) -> None:
        """Move the clock there in half days; the recorder looks around at each."""
        while (left_s := (wall_ns - self._clock.wall_ns()) / NS_PER_S) > -1:
            self._clock.advance_s(min(STEP_S, left_s + 2))
            self._await(self.recorder.look_around())
            passing(self._clock.wall_ns())
        passing(None)

    def stop(self) -> None:
        """End the recorder and its loop."""
        self.recorder.ask_to_stop()
        self._running.result(30)
        self._await(self.recorder.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


async def _made(data: Path, time_machine: ManualClock) -> Recorder:
    return Recorder(data, time_machine)  # its events belong to the loop it is made on
