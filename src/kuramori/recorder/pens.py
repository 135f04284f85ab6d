"""The few threads that seal and write, so that the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.recorder.segment_lane import SegmentLane
    from kuramori.recorder.store import Store

Job = tuple["Callable[..., object]", tuple["Any", ...]]
log = structlog.get_logger()
PENS = 4
LANES_PER_PEN = 32  # waking a second thread costs more than the work of a few dozen cameras


class Overtaken(Exception):  # noqa: N818 - no error of anybody's: the news that it is over for this thread
    """The thread hung in a disk for so long that another one went on with its jobs."""


class Pen:
    """One writer thread: does jobs strictly in the order they were put. Life: start, then stop.

    A thread that hangs in a disk is given up (`overtake`): a new one goes on with the jobs, since a pen
    serves many cameras and not all of them write to that disk.
    """

    def __init__(self, name: str) -> None:
        self.touching: tuple[SegmentLane, Store] | None = None
        """Whose files the job at work waits for, and since when (`since_s`, monotonic)."""
        self.since_s = 0.0
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[list[Job] | None] = SimpleQueue()
        self._at_hand: deque[Job] = deque()
        self._gathered: list[Job] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, job: Callable[..., object], *args: Any) -> None:
        """Have `job(*args)` done; from any thread."""
        self._jobs.put([(job, args)])

    def put_soon(self, job: Callable[..., object], *args: Any) -> None:
        """The same from the event loop: all that one round of the loop puts wakes the thread once."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._hand_over)
        self._gathered.append((job, args))

    def stop(self) -> None:
        """Finish what was put and end; blocks until then. Nothing may be gathered any more."""
        self._jobs.put(None)
        self._thread.join()

    def touch(self, lane: SegmentLane, store: Store) -> None:
        """The job is about to wait for this store's files."""
        self.since_s = time.monotonic()
        self.touching = (lane, store)

    def let_go(self) -> None:
        """It came back. Raises Overtaken when it took so long that another thread has gone on."""
        with self._lock:
            if threading.current_thread() is not self._thread:
                raise Overtaken
            self.touching = None

    def overtake(self, store: Store) -> None:
        """From the event loop: if the thread still hangs in `store`, which has been given up, go on without
        it."""
        with self._lock:
            if self.touching is None or self.touching[1] is not store:
                return
            lane, _ = self.touching
            self.touching = None
            self._at_hand.appendleft((lane.overtaken, (store,)))
            self._thread = threading.Thread(target=self._run, name=self._thread.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            if not self._at_hand:
                jobs = self._jobs.get()
                if jobs is None:
                    return
                self._at_hand.extend(jobs)
            job, args = self._at_hand.popleft()
            try:
                job(*args)
            except Overtaken:
                return
            except Exception:  # the edge of a job: the next camera's fragment must still be written
                log.exception("writer-job-failed", job=getattr(job, "__qualname__", "?"))
            jobs = job = args = None  # type: ignore[assignment]  # or the last fragment would live on

    def _hand_over(self) -> None:
        jobs, self._gathered = self._gathered, []
        self._jobs.put(jobs)
