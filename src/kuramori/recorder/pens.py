"""The few threads that seal and write, so that the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

Job = tuple["Callable[..., None]", tuple["Any", ...]]
log = structlog.get_logger()
PENS = 4
LANES_PER_PEN = 32  # waking a second thread costs more than the work of a few dozen cameras


class Pen:
    """One writer thread: does jobs strictly in the order they were put. Life: start, then stop."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[list[Job] | None] = SimpleQueue()
        self._gathered: list[Job] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, job: Callable[..., None], *args: Any) -> None:
        """Have `job(*args)` done; from any thread."""
        self._jobs.put([(job, args)])

    def put_soon(self, job: Callable[..., None], *args: Any) -> None:
        """The same from the event loop: all that one round of the loop puts wakes the thread once."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._hand_over)
        self._gathered.append((job, args))

    def stop(self) -> None:
        """Finish what was put and end; blocks until then. Nothing may be gathered any more."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (jobs := self._jobs.get()) is not None:
            for job, args in jobs:
                try:
                    job(*args)
                except Exception:  # the edge of a job: the next camera's fragment must still be written
                    log.exception("writer-job-failed", job=getattr(job, "__qualname__", "?"))
            jobs = job = args = None  # type: ignore[assignment]  # or the last fragment would live on

    def _hand_over(self) -> None:
        jobs, self._gathered = self._gathered, []
        self._jobs.put(jobs)
