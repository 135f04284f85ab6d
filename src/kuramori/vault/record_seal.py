"""One record of a segment: a small clear header and one fragment under AES-256-GCM.

The nonce is the record's number and a last-record flag (the STREAM construction), so records cannot be
swapped, dropped or repeated; the associated data is the file header's SHA-256 and the record header.
A segment key is used in one file only, and a number is sealed once only: that is what keeps nonces apart.
"""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kuramori.errors import Damaged
from kuramori.vault.segment_header import DIGEST_BYTES, Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD_HEADER = struct.Struct(">QqqIII")  # seq, wall_ns, media_90k, duration_90k, flags, length
HEADER_BYTES = RECORD_HEADER.size
TAG_BYTES = 16
PAYLOAD_MAX_BYTES = 64 * 1024 * 1024
SEGMENT_KEY_BYTES = 32
_NONCE = struct.Struct(">3xQB")
_FIRST_BUFFER_BYTES = 256 * 1024
_BODY_AT = DIGEST_BYTES + HEADER_BYTES
_LAST = int(Flag.LAST)  # plain integers: an IntFlag costs a microsecond a touch


class RecordInfo(NamedTuple):
    """A record's clear header and where it lies. `offset` is of its header, `length` of its ciphertext."""

    seq: int
    wall_ns: int
    media_90k: int
    duration_90k: int
    flags: int
    offset: int
    length: int


def nonce(seq: int, flags: int) -> bytes:
    """The 12-byte nonce of record `seq`."""
    return _NONCE.pack(seq, 1 if flags & _LAST else 0)


class RecordSealer:
    """Seals the records of one file, each number once.

    All sealers of a thread share one buffer: it stays in the processor's cache, and memory does not grow with
    the number of cameras.
    """

    def __init__(self, key: bytearray, header_digest: bytes) -> None:
        if len(key) != SEGMENT_KEY_BYTES or len(header_digest) != DIGEST_BYTES:
            raise ValueError("segment key and header digest are 32 bytes each")
        self._cipher: AESGCM | None = AESGCM(key)
        self._digest = header_digest
        self.next_seq = 0

    def seal(
        self, payload: bytes | Sequence[bytes], wall_ns: int, media_90k: int, duration_90k: int, flags: int
    ) -> memoryview:
        """Header and ciphertext as one view, good until any sealer of this thread is called again. A list is
        sealed in place."""
        if self._cipher is None:
            raise ValueError("the sealer is closed")
        size = len(payload) if isinstance(payload, bytes) else sum(map(len, payload))
        if size > PAYLOAD_MAX_BYTES:
            raise ValueError("record too large")
        end = _BODY_AT + size + TAG_BYTES
        view = _buffer_of_thread(end)
        view[:DIGEST_BYTES] = self._digest  # it and the record header are the associated data
        seq = self.next_seq
        self.next_seq = seq + 1  # before sealing: an interrupted call must not leave the number usable
        RECORD_HEADER.pack_into(
            view, DIGEST_BYTES, seq, wall_ns, media_90k, duration_90k, flags, size + TAG_BYTES
        )
        clear: bytes | memoryview
        if isinstance(payload, bytes):
            clear = payload
        else:
            clear = view[_BODY_AT : _BODY_AT + size]
            _join_into(clear, payload)
        self._cipher.encrypt_into(nonce(seq, flags), clear, view[:_BODY_AT], view[_BODY_AT:end])
        return view[DIGEST_BYTES:end]

    def forget(self) -> None:
        """Drop the cipher (OpenSSL cleanses its key); nothing can be sealed after."""
        self._cipher = None


_thread = threading.local()


def _buffer_of_thread(size_bytes: int) -> memoryview:
    """At least so much room, the same again and again. Between calls it holds ciphertext only."""
    view: memoryview | None = getattr(_thread, "view", None)
    if view is None or len(view) < size_bytes:
        view = _thread.view = memoryview(bytearray(max(size_bytes + size_bytes // 4, _FIRST_BUFFER_BYTES)))
    return view


def _join_into(target: memoryview, parts: Sequence[bytes]) -> None:
    at = 0
    for part in parts:
        target[at : at + len(part)] = part
        at += len(part)


def open_record(cipher: AESGCM, header_digest: bytes, record: bytes, flags: int, seq: int) -> bytes:
    """The fragment in `record` (header and ciphertext as they stand in the file). Raises `Damaged`."""
    view = memoryview(record)
    try:
        return cipher.decrypt(nonce(seq, flags), view[HEADER_BYTES:], header_digest + view[:HEADER_BYTES])
    except InvalidTag:
        raise Damaged("record-does-not-open", seq=seq) from None
