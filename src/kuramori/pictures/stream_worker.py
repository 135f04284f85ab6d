"""What every worker on a stream does: it locks itself in before the first byte and answers to the pipe's end.

Nothing is said about an error: whoever reads sees that the worker has ended.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from kuramori.errors import KuramoriError
from kuramori.pictures import encoding
from kuramori.pictures.confine import confine
from kuramori.pictures.stream_frames import Cutter, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kuramori.pictures.stream_frames import Message

BLOCK_BYTES = 1 << 18


def run(work: Callable[[Iterator[Message]], int], *, nice: int = 0) -> None:
    """Lock in, have `work` take the messages, and end the process with what it returns; 1 where it failed."""
    logging.disable(logging.CRITICAL)
    encoding.Encoder(64, 64, 0)  # what x264 looks up once is looked up before locking in
    if nice:
        os.nice(nice)
    try:
        confine(cpu_s=None)
        sys.exit(work(_messages()))
    except (KuramoriError, MemoryError, ValueError, KeyError, TypeError):
        sys.exit(1)


def write(message: Message) -> None:
    """One answer, all of it."""
    view = memoryview(pack(message))
    while view:
        view = view[os.write(1, view) :]


def _messages() -> Iterator[Message]:
    cutter = Cutter()
    while block := os.read(0, BLOCK_BYTES):
        yield from cutter.feed(block)
