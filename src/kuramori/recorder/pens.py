"""The few threads that seal and write, so that the event loop never waits for a disk."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger()
PENS = 2


class Pen:
    """One writer thread: does jobs strictly in the order they were put. Life: start, then stop."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, job: Callable[..., None], *args: Any) -> None:
        """Have `job(*args)` done; from any thread."""
        self._jobs.put((job, args))

    def stop(self) -> None:
        """Finish what was put and end; blocks until then."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (work := self._jobs.get()) is not None:
            job, args = work
            try:
                job(*args)
            except Exception:  # the edge of a job: the next camera's fragment must still be written
                log.exception("writer-job-failed", job=getattr(job, "__qualname__", "?"))
            del work, job, args  # or the last fragment would live until the next one comes
