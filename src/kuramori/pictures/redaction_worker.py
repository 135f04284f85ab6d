"""The worker that makes a redacted film: `python -m kuramori.pictures.redaction_worker`.

Locked in before the first byte is read: no file, no network, no child. One SETUP, then UNITs until the
pipe ends; out come TRACK, UNITs, a DONE for each unit taken, and at the very end one END that says what
was made. Without an END there is no film.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kuramori.errors import BadInput
from kuramori.pictures import encoding, stream_worker
from kuramori.pictures.redacting import Redactor
from kuramori.pictures.redaction_boxes import METHODS, checked
from kuramori.pictures.stream_frames import DONE, END, SETUP, UNIT, Message
from kuramori.pictures.stream_worker import write

if TYPE_CHECKING:
    from collections.abc import Iterator


def work(messages: Iterator[Message]) -> int:
    """Until the pipe ends; then what was made."""
    redactor = None
    for message in messages:
        if message.kind == SETUP and redactor is None:
            redactor = _set_up(message)
        elif message.kind == UNIT and redactor is not None:
            for made in redactor.take(message):
                write(made)
            write(Message(DONE))
        else:
            raise BadInput("worker-answer")
    if redactor is None:
        return 1
    for made in redactor.finish():
        write(made)
    said = {"decoded": redactor.decoded, "pictures": redactor.made, "covered": redactor.covered,
            "encoder": {"codec": "libx264", "preset": encoding.PRESET, **encoding.ENCODER}}  # fmt: skip
    write(Message(END, json.dumps(said).encode()))
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


if __name__ == "__main__":
    stream_worker.run(work)
