"""The worker that masks one camera's stream: `python -m kuramori.pictures.mask_worker`.

Locked in before the first byte is read. What comes out has been decoded, painted over and encoded anew; there
is no way through it for anything else. A crash ends it, and its reader takes that for what it is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kuramori.pictures import masking, stream_worker
from kuramori.pictures.mask_area import checked
from kuramori.pictures.stream_frames import DONE, SETUP, UNIT, Message
from kuramori.pictures.stream_worker import write

if TYPE_CHECKING:
    from collections.abc import Iterator


def work(messages: Iterator[Message]) -> int:
    """Until the pipe ends."""
    masker = None
    for message in messages:
        if message.kind == SETUP:
            masker = _set_up(message)
        elif message.kind == UNIT and masker is not None:
            for made in masker.take(message):
                write(made)
            write(Message(DONE))
    return 0


def _set_up(message: Message) -> masking.Masker:
    said = json.loads(message.data)
    parameter_sets = bytes.fromhex(said["parameter_sets"])
    return masking.Masker(said["codec"], parameter_sets, checked(said["outlines"]))


if __name__ == "__main__":
    stream_worker.run(work)
