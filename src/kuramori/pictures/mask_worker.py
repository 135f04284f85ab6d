"""The worker that masks one camera's stream: `python -m kuramori.pictures.mask_worker`.

Locked in before the first byte is read. What comes out has been decoded, painted over and encoded anew; there
is no way through it for anything else. A crash ends it, and its reader takes that for what it is.
"""

from __future__ import annotations

import json
import logging
import os
import sys

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import encoding, masking
from kuramori.pictures.confine import confine
from kuramori.pictures.mask_area import checked
from kuramori.pictures.stream_frames import DONE, SETUP, UNIT, Cutter, Message, pack

BLOCK_BYTES = 1 << 18


def main() -> int:
    """Until the pipe ends. Nothing is said about an error: whoever reads sees that it has ended."""
    logging.disable(logging.CRITICAL)
    encoding.Encoder(64, 64, 0)  # what x264 looks up once is looked up before locking in
    try:
        confine(cpu_s=None)
    except KuramoriError:
        return 1
    cutter, masker = Cutter(), None
    while block := os.read(0, BLOCK_BYTES):
        for message in cutter.feed(block):
            if message.kind == SETUP:
                masker = _set_up(message)
            elif message.kind == UNIT and masker is not None:
                for made in masker.take(message):
                    _write(made)
                _write(Message(DONE))
    return 0


def _set_up(message: Message) -> masking.Masker:
    said = json.loads(message.data)
    parameter_sets = bytes.fromhex(said["parameter_sets"])
    return masking.Masker(said["codec"], parameter_sets, checked(said["outlines"]))


def _write(message: Message) -> None:
    view = memoryview(pack(message))
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BadInput, MemoryError, ValueError, KeyError, TypeError):
        sys.exit(1)
