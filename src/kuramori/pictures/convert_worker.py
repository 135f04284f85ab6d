"""The worker that converts one look's pictures: `python -m kuramori.pictures.convert_worker`.

Locked in before the first byte is read, and after everything else on the machine in turn for the processor:
recording goes first. A crash ends it, and its reader takes that for the end of the look.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kuramori.pictures import converting, stream_worker
from kuramori.pictures.stream_frames import DONE, REST, SETUP, UNIT, Message
from kuramori.pictures.stream_worker import write

if TYPE_CHECKING:
    from collections.abc import Iterator

NICE = 10


def work(messages: Iterator[Message]) -> int:
    """Until the pipe ends."""
    converter = None
    for message in messages:
        if message.kind == SETUP:
            converter = _set_up(message)
            write(converter.track())
        elif converter is not None and message.kind in (UNIT, REST):
            made = converter.take(message) if message.kind == UNIT else converter.rest()
            for one in made:
                write(one)
        write(Message(DONE))
    return 0


def _set_up(message: Message) -> converting.Converter:
    said = json.loads(message.data)
    parameter_sets = bytes.fromhex(said["parameter_sets"])
    return converting.Converter(said["codec"], parameter_sets, int(said["width"]), int(said["height"]))


if __name__ == "__main__":
    stream_worker.run(work, nice=NICE)
