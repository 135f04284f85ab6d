"""The worker that converts one look's pictures: `python -m kuramori.pictures.convert_worker`.

Locked in before the first byte is read, and after everything else on the machine in turn for the processor:
recording goes first. A crash ends it, and its reader takes that for the end of the look.
"""

from __future__ import annotations

import json
import logging
import os
import sys

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import converting, encoding
from kuramori.pictures.confine import confine
from kuramori.pictures.stream_frames import DONE, REST, SETUP, UNIT, Cutter, Message, pack

BLOCK_BYTES = 1 << 18
NICE = 10


def main() -> int:
    """Until the pipe ends. Nothing is said about an error: whoever reads sees that it has ended."""
    logging.disable(logging.CRITICAL)
    encoding.Encoder(64, 64, 0)  # what x264 looks up once is looked up before locking in
    os.nice(NICE)
    try:
        confine(cpu_s=None)
    except KuramoriError:
        return 1
    cutter, converter = Cutter(), None
    while block := os.read(0, BLOCK_BYTES):
        for message in cutter.feed(block):
            if message.kind == SETUP:
                converter = _set_up(message)
                _write(converter.track())
            elif converter is not None and message.kind in (UNIT, REST):
                made = converter.take(message) if message.kind == UNIT else converter.rest()
                for one in made:
                    _write(one)
            _write(Message(DONE))
    return 0


def _set_up(message: Message) -> converting.Converter:
    said = json.loads(message.data)
    parameter_sets = bytes.fromhex(said["parameter_sets"])
    return converting.Converter(said["codec"], parameter_sets, int(said["width"]), int(said["height"]))


def _write(message: Message) -> None:
    view = memoryview(pack(message))
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BadInput, MemoryError, ValueError, KeyError, TypeError):
        sys.exit(1)
