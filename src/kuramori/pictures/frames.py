"""How the pipe between a process and its picture worker is cut: lengths first, then bytes.

Request and answer have one shape: u32 length and JSON object, then u32 length and bytes (big-endian).
"""

from __future__ import annotations

import json
import struct
from typing import IO

from kuramori.errors import BadInput

HEADER_BYTES = 64 * 1024
PAYLOAD_BYTES = 24 * 1024 * 1024


def pack(header: dict[str, object], payload: bytes) -> bytes:
    """One message."""
    head = json.dumps(header).encode()
    return struct.pack(">I", len(head)) + head + struct.pack(">I", len(payload)) + payload


def read(stream: IO[bytes]) -> tuple[dict[str, object], bytes]:
    """Read one message; never allocates more than the limits, whatever the lengths claim.

    Raises BadInput `worker-answer` when the other side ended early or talks nonsense.
    """
    head = _block(stream, HEADER_BYTES)
    try:
        header = json.loads(head)
    except ValueError as error:
        raise BadInput("worker-answer") from error
    if not isinstance(header, dict):
        raise BadInput("worker-answer")
    return header, _block(stream, PAYLOAD_BYTES)


def _block(stream: IO[bytes], limit: int) -> bytes:
    length_bytes = _exactly(stream, 4)
    length = struct.unpack(">I", length_bytes)[0]
    if length > limit:
        raise BadInput("worker-answer")
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = stream.read(count)
        if not part:
            raise BadInput("worker-answer")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
