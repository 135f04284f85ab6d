"""How pictures go into and out of a worker that runs as long as a stream: fixed heads, then bytes.

Into the worker: one SETUP, then UNITs, SETUP again when the stream changes. Out of it: a TRACK before the
first UNIT and whenever the encoder began anew, UNITs, and a DONE for each UNIT taken in, after what came of
it. A worker that makes a whole film says END last. A REST asks for the pictures that wait for later ones.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

SETUP: Final = 1
UNIT: Final = 2
TRACK: Final = 3
DONE: Final = 4
END: Final = 5
REST: Final = 6

KEY: Final = 1
DISCONTINUITY: Final = 2

HEAD: Final = struct.Struct(">BBIqqq")
PAYLOAD_BYTES: Final = 24 * 1024 * 1024


@dataclass(slots=True)
class Message:
    """`pts_90k`, `dts_90k`, `wall_ns` as in AccessUnit, 0 where they mean nothing. `data` of a SETUP or TRACK
    is JSON, of a UNIT an access unit with 4-byte lengths."""

    kind: int
    data: bytes = b""
    flags: int = 0
    pts_90k: int = 0
    dts_90k: int = 0
    wall_ns: int = 0


def pack(message: Message) -> bytes:
    """One message as bytes."""
    head = HEAD.pack(
        message.kind, message.flags, len(message.data), message.pts_90k, message.dts_90k, message.wall_ns
    )
    return head + message.data


class Cutter:
    """Cuts what arrives in any pieces into messages. Raises BadInput `worker-answer` for a length that no
    message has."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that `data` completes."""
        self._held += data
        at = 0
        while len(self._held) - at >= HEAD.size:
            kind, flags, length, pts_90k, dts_90k, wall_ns = HEAD.unpack_from(self._held, at)
            if length > PAYLOAD_BYTES:
                raise BadInput("worker-answer")
            end = at + HEAD.size + length
            if len(self._held) < end:
                break
            yield Message(kind, bytes(self._held[at + HEAD.size : end]), flags, pts_90k, dts_90k, wall_ns)
            at = end
        del self._held[:at]
