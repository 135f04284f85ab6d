"""The key table's bytes: 4 KiB chunks, each sealed with its own tag, so that a bad sector costs a few rows.

Chunk: magic 8 | epoch u64 | index u32 | count u32 | zero 8 | ciphertext 4048 | tag 16. The first 32 bytes are
associated data, the nonce is the chunk's index: a KEK is used for one table only, so no nonce comes twice.
Plaintext: kind u16 | rows u16 | used u16 | zero u16 | rows | zeros. One kind a chunk; no row spans chunks.
"""

from __future__ import annotations

import gc
import struct
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kuramori.errors import BadInput, Damaged, StorehouseError
from kuramori.vault.key_rows import (
    HOUR_STRUCT,
    CredentialRow,
    HoldRow,
    Kind,
    Tombstone,
    pack_document,
    pack_hour,
    unpack_document,
    unpack_hours,
)
from kuramori.vault.key_table import KeyTable
from kuramori.vault.secret_bytes import wipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAGIC = b"KURATBL1"
CHUNK_BYTES = 4096
CLEAR = struct.Struct(">8sQII8x")
BODY_BYTES = CHUNK_BYTES - CLEAR.size - 16
BODY_HEAD = struct.Struct(">HHHxx")
ROWS_BYTES = BODY_BYTES - BODY_HEAD.size
HOURS_PER_CHUNK = ROWS_BYTES // HOUR_STRUCT.size
REASON_MAX = 500  # characters
_SLAB_CHUNKS = 64  # hour rows are laid and sealed 256 KiB at a time, while they are in the processor's cache
_ROW_LENGTH = struct.Struct(">H")
_SEALED = slice(CLEAR.size, CHUNK_BYTES)


def chunk_nonce(index: int) -> bytes:
    """The 12-byte nonce of chunk `index`."""
    return index.to_bytes(12, "big")


def seal_table(table: KeyTable, epoch: int, kek: bytearray) -> bytearray:
    """The whole table under `kek`, which must never have been used before: a multiple of 4,096 bytes."""
    documents = [
        _body(kind, rows, [body])
        for kind, some in _documents(table, epoch)
        for rows, body in _packed(kind, some)
    ]
    hours = list(table.hours.values())
    count = len(documents) + -(-len(hours) // HOURS_PER_CHUNK)
    image = bytearray(count * CHUNK_BYTES)
    seal = _Sealer(memoryview(image), epoch, count, kek)
    seal.bodies([part for parts in documents for part in parts])
    wipe(*(part for parts in documents for part in parts if isinstance(part, bytearray)))
    for slab in range(0, len(hours), _SLAB_CHUNKS * HOURS_PER_CHUNK):
        parts: list[bytes | bytearray] = []
        for first in range(slab, min(slab + _SLAB_CHUNKS * HOURS_PER_CHUNK, len(hours)), HOURS_PER_CHUNK):
            rows = hours[first : first + HOURS_PER_CHUNK]
            parts += _body(Kind.HOUR, len(rows), [row.packed or pack_hour(row) for row in rows])
        seal.bodies(parts)
    return image


def _body(kind: Kind, rows: int, packed: list[bytearray]) -> list[bytes | bytearray]:
    """The parts of one chunk's plaintext, 4,048 bytes together."""
    used = HOUR_STRUCT.size * rows if kind == Kind.HOUR else sum(map(len, packed))
    return [BODY_HEAD.pack(kind, rows, used), *packed, bytes(ROWS_BYTES - used)]


class _Sealer:
    """Seals chunk after chunk into the image."""

    def __init__(self, image: memoryview, epoch: int, count: int, kek: bytearray) -> None:
        self._image = image
        self._epoch = epoch
        self._count = count
        self._cipher = AESGCM(kek)
        self._index = 0

    def bodies(self, parts: list[bytes | bytearray]) -> None:
        """The next chunks, from the parts of their plaintexts."""
        image, epoch, count, seal = self._image, self._epoch, self._count, self._cipher.encrypt_into
        joined = bytearray().join(parts)
        with memoryview(joined) as bodies:
            for index, at in enumerate(range(0, len(bodies), BODY_BYTES), self._index):
                start = index * CHUNK_BYTES
                head = CLEAR.pack(MAGIC, epoch, index, count)
                image[start : start + CLEAR.size] = head
                sealed = image[start + CLEAR.size : start + CHUNK_BYTES]
                seal(index.to_bytes(12, "big"), bodies[at : at + BODY_BYTES], head, sealed)
            self._index += len(bodies) // BODY_BYTES
            wipe(bodies)


class WholeTable:
    """Sees piece by piece whether what was written is one whole table of `epoch` that opens under `kek`."""

    def __init__(self, epoch: int, count: int, kek: bytearray) -> None:
        self._epoch = epoch
        self._count = count
        self._cipher = AESGCM(kek)
        self._index = 0

    def takes(self, piece: bytes) -> bool:
        """Whether every chunk of the next piece opens in its place."""
        epoch, count, open_into = self._epoch, self._count, self._cipher.decrypt_into
        body, view = bytearray(BODY_BYTES), memoryview(piece)
        if len(view) % CHUNK_BYTES:
            return False
        try:
            for index, start in enumerate(range(0, len(view), CHUNK_BYTES), self._index):
                # The clear head is associated data: one that is not as it must be does not open.
                head = CLEAR.pack(MAGIC, epoch, index, count)
                if piece[start : start + CLEAR.size] != head:
                    return False
                sealed = view[start + CLEAR.size : start + CHUNK_BYTES]
                open_into(index.to_bytes(12, "big"), sealed, head, body)
        except InvalidTag:
            return False
        finally:
            wipe(body)
        self._index += len(view) // CHUNK_BYTES
        return True

    @property
    def whole(self) -> bool:
        """Every chunk was seen."""
        return 0 < self._index == self._count


def _documents(table: KeyTable, epoch: int) -> Iterator[tuple[Kind, Iterable[dict[str, Any]]]]:
    counts = {"hours": len(table.hours), "credentials": len(table.credentials)}
    yield (
        Kind.HEAD,
        [{"epoch": epoch, **counts, "holds": len(table.holds), "tombstones": len(table.tombstones)}],
    )
    yield Kind.CREDENTIAL, map(asdict, table.credentials.values())
    yield Kind.HOLD, map(asdict, table.holds.values())
    stones = table.tombstones.values()
    # No text, however long somebody made it, may keep a rotation from being written.
    yield Kind.TOMBSTONE, ({**asdict(stone), "reason": stone.reason[:REASON_MAX]} for stone in stones)


def _packed(kind: Kind, documents: Iterable[dict[str, Any]]) -> Iterator[tuple[int, bytearray]]:
    body, rows = bytearray(), 0
    for document in documents:
        text = pack_document(document)
        if len(text) + _ROW_LENGTH.size > ROWS_BYTES:
            raise BadInput("table-row-too-long", kind=kind.name)
        if len(body) + len(text) + _ROW_LENGTH.size > ROWS_BYTES:
            yield rows, body
            body, rows = bytearray(), 0
        body += _ROW_LENGTH.pack(len(text)) + text
        rows += 1
    if rows:
        yield rows, body


def open_chunks(data: bytes | memoryview, epoch: int, kek: bytearray) -> tuple[dict[int, bytearray], int]:
    """Chunks of `epoch` that open under `kek`, by index, and how many the table has (0 = none opened)."""
    cipher, view, count = AESGCM(kek), memoryview(data), 0
    opened: dict[int, bytearray] = {}
    for at in range(0, len(view) - CHUNK_BYTES + 1, CHUNK_BYTES):
        magic, of_epoch, index, of_count = CLEAR.unpack_from(view, at)
        if magic != MAGIC or of_epoch != epoch:
            continue
        body = bytearray(BODY_BYTES)
        chunk = view[at : at + CHUNK_BYTES]
        try:
            cipher.decrypt_into(chunk_nonce(index), chunk[_SEALED], chunk[: CLEAR.size], body)
        except InvalidTag:
            continue
        opened[index], count = body, of_count
    return opened, count


def read_table(bodies: Iterable[bytearray], epoch: int, missing: int = 0) -> KeyTable:
    """The table in opened chunk bodies, which are wiped. Raises `StorehouseError("table-kind-unknown")`."""
    table = KeyTable(epoch=epoch, damaged_chunks=missing)
    with _no_collection():
        _read_bodies(table, bodies)
    return table


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hundreds of thousands of new rows, none of them garbage: looking for some costs a quarter more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_bodies(table: KeyTable, bodies: Iterable[bytearray]) -> None:
    for body in bodies:
        kind, rows, used = BODY_HEAD.unpack_from(body)
        if used > ROWS_BYTES:
            raise Damaged("table-chunk")
        area = memoryview(body)[BODY_HEAD.size : BODY_HEAD.size + used]
        if kind == Kind.HOUR:
            table.hours.update((row.hour, row) for row in unpack_hours(area))
        else:
            _take_documents(table, kind, area, rows)
        area.release()
        wipe(body)


def _take_documents(table: KeyTable, kind: int, area: memoryview, rows: int) -> None:
    at = 0
    for _ in range(rows):
        (length,) = _ROW_LENGTH.unpack_from(area, at)
        at += _ROW_LENGTH.size
        _take(table, kind, unpack_document(area[at : at + length]))
        at += length


def _take(table: KeyTable, kind: int, document: dict[str, Any]) -> None:
    try:
        if kind == Kind.CREDENTIAL:
            secret = bytearray.fromhex(document.pop("secret"))
            table.credentials[document["camera"]] = CredentialRow(secret=secret, **document)
        elif kind == Kind.TOMBSTONE:
            table.tombstones[document["hour"]] = Tombstone(**document)
        elif kind == Kind.HOLD:
            sealed = bytearray.fromhex(document.pop("sealed"))
            hold = HoldRow(sealed=sealed, **document)
            table.holds[hold.key] = hold
        elif kind != Kind.HEAD:
            raise StorehouseError("table-kind-unknown", kind=kind)
    except (TypeError, KeyError) as wrong:
        raise Damaged("table-row", kind=kind) from wrong
