"""Asks one picture worker about many key frames of one look. Nothing of them is kept here."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING, Self

from kuramori.errors import BadInput
from kuramori.pictures import frames, starting
from kuramori.pictures.key_pictures_shape import PART_SIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_S = 15.0
_JPEG_START = b"\xff\xd8\xff"


class KeyPictures:
    """One worker; for one look only, since a hostile stream may own it. Use as a context manager or `close`.

    Raises BadInput from every question: `picture-unreadable`, `picture-too-large`, `picture-timeout`,
    `worker-not-confined`; after `picture-timeout` or a dead worker it answers nothing more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._init = b""
        self._worker = subprocess.Popen(
            starting.command("kuramori.pictures.key_pictures_worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **starting.surroundings(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def small(self, init: bytes, unit: bytes, side_px: int) -> bytes:
        """A key frame (an access unit with 4-byte lengths) as a JPEG of at most `side_px` a side."""
        jpeg = self._ask(init, {"kind": "small", "side": side_px}, unit)
        if not jpeg.startswith(_JPEG_START):
            raise BadInput("picture-unreadable")
        return jpeg

    def part(self, init: bytes, unit: bytes, box: Sequence[int]) -> bytes:
        """`PART_SIDE`² grey values of what lies in `box` of a key frame (as in `small`)."""
        grey = self._ask(init, {"kind": "part", "box": list(box)}, unit)
        if len(grey) != PART_SIDE * PART_SIDE:
            raise BadInput("picture-unreadable")
        return grey

    def _ask(self, init: bytes, job: dict[str, object], payload: bytes) -> bytes:
        with self._lock:
            if init != self._init:
                self._exchange({"kind": "init"}, init)
                self._init = init
            return self._exchange(job, payload)

    def _exchange(self, job: dict[str, object], payload: bytes) -> bytes:
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._worker.kill()

        timer = threading.Timer(TIMEOUT_S, give_up)
        timer.daemon = True
        timer.start()
        try:
            self._worker.stdin.write(frames.pack(job, payload))
            self._worker.stdin.flush()
            header, answer = frames.read(self._worker.stdout)
        except (OSError, ValueError, BadInput) as error:
            self._worker.kill()
            raise BadInput("picture-timeout" if late.is_set() else "picture-unreadable") from error
        finally:
            timer.cancel()
        if "error" in header:
            raise BadInput(str(header["error"])[:48])
        return answer

    def close(self) -> None:
        """End the worker and everything in it."""
        starting.end(self._worker)
