"""The worker that makes a redacted film: `python -m kuramori.pictures.redaction_worker`.

Locked in before the first byte is read: no file, no network, no child. One SETUP, then UNITs until the
pipe ends; out come TRACK, UNITs, a DONE for each unit taken, and at the very end one END that says what
was made. Without an END there is no film.
"""

from __future__ import annotations

import json
import logging
import os
import sys

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import encoding
from kuramori.pictures.confine import confine
from kuramori.pictures.redacting import Redactor
from kuramori.pictures.redaction_boxes import METHODS, checked
from kuramori.pictures.stream_frames import DONE, END, SETUP, UNIT, Cutter, Message, pack

BLOCK_BYTES = 1 << 18


def main() -> int:
    """Until the pipe ends. Nothing is said about an error: whoever reads sees that no END came."""
    logging.disable(logging.CRITICAL)
    encoding.Encoder(64, 64, 0)  # what x264 looks up once is looked up before locking in
    try:
        confine(cpu_s=None)
    except KuramoriError:
        return 1
    cutter, redactor = Cutter(), None
    while block := os.read(0, BLOCK_BYTES):
        for message in cutter.feed(block):
            if message.kind == SETUP and redactor is None:
                redactor = _set_up(message)
            elif message.kind == UNIT and redactor is not None:
                for made in redactor.take(message):
                    _write(made)
                _write(Message(DONE))
            else:
                raise BadInput("worker-answer")
    if redactor is None:
        return 1
    for made in redactor.finish():
        _write(made)
    said = {"decoded": redactor.decoded, "pictures": redactor.made, "covered": redactor.covered,
            "encoder": {"codec": "libx264", "preset": encoding.PRESET, **encoding.ENCODER}}  # fmt: skip
    _write(Message(END, json.dumps(said).encode()))
    return 0


def _set_up(message: Message) -> Redactor:
    said = json.loads(message.data)
    if said["method"] not in METHODS:
        raise BadInput("worker-answer")
    return Redactor(
        said["codec"],
        bytes.fromhex(said["parameter_sets"]),
        checked(said["boxes"]),
        said["method"],
        start_ns=said["start_ns"],
        end_ns=said["end_ns"],
    )


def _write(message: Message) -> None:
    view = memoryview(pack(message))
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BadInput, MemoryError, ValueError, KeyError, TypeError):
        sys.exit(1)
