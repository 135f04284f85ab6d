"""Asks the worker that looks at cameras' views. Starts it when it is needed, and anew when it is gone."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import BadInput
from kuramori.pictures import frames, starting, view_sketch
from kuramori.pictures.view_sketch import Sketch, Unlike

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_FRAME_BYTES = 8 * 1024 * 1024
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Compared:
    """One look against one reference."""

    unlike: Unlike
    moved: int
    """What would remain unlike if the camera had been turned or zoomed, in hundredths."""


@dataclass(frozen=True, slots=True)
class View:
    """One look at one key frame."""

    sketch: Sketch
    digest: str
    """Of the very picture: two looks never have the same, unless the picture stands still."""
    compared: tuple[Compared, ...]
    """With each reference, in their order."""


class Views:
    """One worker for all cameras; thread-safe, one look at a time. End: `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    @property
    def worker_pid(self) -> int | None:
        """The worker's, while there is one."""
        return self._worker.pid if self._worker is not None else None

    def look(self, annexb: bytes, references: Sequence[Sketch], timeout_s: float = TIMEOUT_S) -> View:
        """One look at a key frame (Annex B). Raises BadInput: `picture-unreadable`, `picture-too-large`,
        `picture-timeout`, `worker-not-confined`."""
        if len(annexb) > KEY_FRAME_BYTES:
            raise BadInput("picture-too-large")
        job = frames.pack({"references": [one.told() for one in references]}, annexb)
        with self._lock:
            said = self._exchange(job, timeout_s)
        if "error" in said:
            raise BadInput(str(said["error"])[:48])
        return _checked(said, len(references))

    def close(self) -> None:
        """The worker is gone."""
        with self._lock:
            self._end()

    def _exchange(self, job: bytes, timeout_s: float) -> dict[str, object]:
        worker = self._worker
        if worker is None or worker.poll() is not None:
            self._end()
            worker = self._worker = _start()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(timeout_s, give_up)
        timer.start()
        try:
            assert worker.stdin is not None and worker.stdout is not None
            worker.stdin.write(job)
            worker.stdin.flush()
            return frames.read(worker.stdout)[0]
        except (OSError, BadInput) as error:
            self._end()
            raise BadInput("picture-timeout" if late.is_set() else "picture-unreadable") from error
        finally:
            timer.cancel()

    def _end(self) -> None:
        if self._worker is not None:
            starting.end(self._worker)
            self._worker = None


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        starting.command("kuramori.pictures.view_worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        **starting.surroundings(),
    )


def _checked(said: dict[str, object], references: int) -> View:
    """The answer of a process that may be a stranger's by now: believed only so far."""
    rows, digest = said.get("unlike"), said.get("digest")
    if not isinstance(rows, list) or len(rows) != references or not isinstance(digest, str):
        raise BadInput("worker-answer")
    compared = []
    for row in rows:
        if (
            not isinstance(row, list)
            or len(row) != 4
            or not all(type(n) is int and 0 <= n <= 100 for n in row)
        ):
            raise BadInput("worker-answer")
        compared.append(Compared(Unlike(*row[:3]), row[3]))
    return View(view_sketch.read(said.get("sketch")), digest[:64], tuple(compared))
