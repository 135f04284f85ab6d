"""The worker that looks at cameras' views: `python -m kuramori.pictures.view_worker`.

It forks for each look, so that starting costs once and not every few seconds. The child locks itself in
before it touches a byte of the picture, and ends with it; this process hands bytes on and does not read them.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import sys
import time
from typing import Any

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import frames, view_drawing, view_sketch
from kuramori.pictures.confine import confine

PATIENCE_S = 6.0
ANSWER_BYTES = 16 * 1024


def main() -> int:
    """Until the pipe ends."""
    logging.disable(logging.CRITICAL)
    while True:
        try:
            job, picture = frames.read(sys.stdin.buffer)
        except BadInput:
            return 0
        sys.stdout.buffer.write(frames.pack(_in_a_child(job, picture), b""))
        sys.stdout.buffer.flush()


def _in_a_child(job: dict[str, object], picture: bytes) -> dict[str, object]:
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        _answer(sending, job, picture)
    os.close(sending)
    try:
        said = json.loads(_read(receiving))
    except ValueError:  # it died over the picture, or was ended
        return {"error": "picture-unreadable"}
    finally:
        os.close(receiving)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return said if isinstance(said, dict) else {"error": "picture-unreadable"}


def _answer(sending: int, job: dict[str, object], picture: bytes) -> None:
    """In the child: one look, and the end of it."""
    said: dict[str, Any]
    try:
        confine()
        references = job.get("references")
        known = [view_sketch.read(one) for one in references] if isinstance(references, list) else []
        said = view_drawing.look(picture, known)
    except KuramoriError as error:
        said = {"error": error.code}
    except BaseException:  # noqa: BLE001 - the edge of a process: nothing of the caller may run on in here
        os._exit(1)
    os.write(sending, json.dumps(said).encode())
    os._exit(0)


def _read(receiving: int) -> bytes:
    parts: list[bytes] = []
    until = time.monotonic() + PATIENCE_S
    while sum(len(part) for part in parts) < ANSWER_BYTES:
        ready, _w, _x = select.select([receiving], [], [], max(0.0, until - time.monotonic()))
        part = os.read(receiving, 4096) if ready else b""
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


if __name__ == "__main__":
    sys.exit(main())
