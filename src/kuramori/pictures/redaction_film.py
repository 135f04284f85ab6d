"""Has one clip redacted by a worker of its own, and takes the film from it: all of it or nothing."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kuramori.errors import BadInput
from kuramori.pictures import starting
from kuramori.pictures.stream_frames import DONE, END, SETUP, TRACK, UNIT, Cutter, Message, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kuramori.pictures.redaction_boxes import Box

MODULE = "kuramori.pictures.redaction_worker"
HANG_S = 20.0
BLOCK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make of a clip. `codec` is h264 or hevc, `parameter_sets` Annex B."""

    codec: str
    parameter_sets: bytes
    boxes: Sequence[Box]
    method: str
    start_ns: int
    end_ns: int

    def message(self) -> Message:
        """As the worker takes it."""
        said = {"codec": self.codec, "parameter_sets": self.parameter_sets.hex(), "method": self.method,
                "boxes": [[list(moment) for moment in box] for box in self.boxes],
                "start_ns": self.start_ns, "end_ns": self.end_ns}  # fmt: skip
        return Message(SETUP, json.dumps(said).encode())


@dataclass(slots=True)
class Pictures:
    """What the worker made: coded pictures (H.264, 4-byte lengths) in the order in which they are shown."""

    sps: tuple[bytes, ...] = ()
    pps: tuple[bytes, ...] = ()
    width: int = 0
    height: int = 0
    units: list[Message] = field(default_factory=list)
    decoded: int = 0
    covered: int = 0
    encoder: dict[str, str] = field(default_factory=dict)


def made(
    wanted: Wanted,
    units: Iterable[Message],
    most_bytes: int,
    *,
    started: Callable[[int], None] = lambda pid: None,
) -> Pictures:
    """The film of `units`. `started` is told the worker's process id.

    Raises BadInput `redaction-failed` (the worker died, hung or talked nonsense), `redaction-too-long`
    (more than `most_bytes`); whatever `units` raises. The worker is gone in every case, and nothing of it
    stays.
    """
    worker = subprocess.Popen(
        starting.command(MODULE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        **starting.surroundings(),
    )
    taking = _Taking(worker, most_bytes)
    taking.start()
    try:
        started(worker.pid)
        sent = 0
        taking.write(wanted.message())
        for unit in units:
            taking.write(unit)
            sent += 1
        return taking.ended(sent)
    finally:
        taking.stop()


class _Taking:
    """The reader of one worker's answers, in a thread of its own, and a watch over both sides."""

    def __init__(self, worker: subprocess.Popen[bytes], most_bytes: int) -> None:
        self._worker, self._most_bytes = worker, most_bytes
        self._film, self._bytes, self._done = Pictures(), 0, 0
        self._said: dict[str, Any] | None = None
        self._wrong = ""
        self._moved_s = time.monotonic()
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._watch = threading.Thread(target=self._look_after, daemon=True)

    def start(self) -> None:
        self._reader.start()
        self._watch.start()

    def write(self, message: Message) -> None:
        assert self._worker.stdin is not None
        view = memoryview(pack(message))
        try:
            while view:
                view = view[self._worker.stdin.write(view) or 0 :]
                self._moved_s = time.monotonic()
        except (OSError, ValueError) as gone:
            raise BadInput(self._wrong or "redaction-failed") from gone

    def ended(self, sent: int) -> Pictures:
        """No more units: the film, if all of it is there."""
        assert self._worker.stdin is not None
        try:
            self._worker.stdin.close()
        except OSError as gone:
            raise BadInput("redaction-failed") from gone
        self._reader.join()
        if self._wrong:
            raise BadInput(self._wrong)
        said = self._said
        if self._worker.wait() != 0 or said is None or self._done != sent:
            raise BadInput("redaction-failed")
        film = self._film
        try:
            film.decoded, film.covered = int(said["decoded"]), int(said["covered"])
            film.encoder = {str(key)[:40]: str(value)[:80] for key, value in said["encoder"].items()}
            whole = len(film.units) == int(said["pictures"])
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadInput("redaction-failed") from error
        if not whole:
            raise BadInput("redaction-failed")
        return film

    def stop(self) -> None:
        self._over.set()
        self._worker.kill()
        self._reader.join()
        starting.end(self._worker)

    def _read(self) -> None:
        assert self._worker.stdout is not None
        cutter = Cutter()
        try:
            while block := self._worker.stdout.read(BLOCK_BYTES):
                self._moved_s = time.monotonic()
                for message in cutter.feed(block):
                    self._take(message)
        except (BadInput, ValueError, KeyError, TypeError, IndexError, OSError) as error:
            self._wrong = error.code if isinstance(error, BadInput) else "redaction-failed"
            if self._wrong == "worker-answer":
                self._wrong = "redaction-failed"
            self._worker.kill()

    def _take(self, message: Message) -> None:
        if self._said is not None:
            raise BadInput("worker-answer")
        if message.kind == DONE:
            self._done += 1
        elif message.kind == TRACK and not self._film.sps:
            _track(self._film, message.data)
        elif message.kind == UNIT and self._film.sps and message.data:
            self._bytes += len(message.data)
            if self._bytes > self._most_bytes:
                raise BadInput("redaction-too-long")
            self._film.units.append(message)
        elif message.kind == END:
            self._said = json.loads(message.data)
        else:
            raise BadInput("worker-answer")

    def _look_after(self) -> None:
        while not self._over.wait(1.0):
            if time.monotonic() - self._moved_s > HANG_S:
                self._wrong = "redaction-failed"
                self._worker.kill()
                return


def _track(film: Pictures, data: bytes) -> None:
    said = json.loads(data)
    film.sps = tuple(bytes.fromhex(one) for one in said["sps"])
    film.pps = tuple(bytes.fromhex(one) for one in said["pps"])
    film.width, film.height = said["width"], said["height"]
    sizes = all(type(side) is int and 0 < side < 1 << 16 for side in (film.width, film.height))
    if not sizes or not film.pps or len(film.sps[0]) < 4:
        raise BadInput("worker-answer")
