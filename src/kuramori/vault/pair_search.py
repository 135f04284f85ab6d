"""Finding the table that is alive: every T, every slot record, every table file and copy. Reads only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.slot import PLACES, Place, SlotRecord
from kuramori.vault.table_image import CHUNK_BYTES, CLEAR, MAGIC, open_chunks, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kuramori.vault.key_files import KeyFiles
    from kuramori.vault.key_table import KeyTable
    from kuramori.vault.slot import KeySlot

_EPOCH_CEILING = 2**48


@dataclass(slots=True, repr=False)
class FoundRecord:
    """A slot record and where it lay; `slot` counts the slots that were looked at."""

    slot: int
    place: Place
    record: SlotRecord


@dataclass(slots=True, repr=False)
class OpenedPair:
    """Chunks that opened under one slot record, gathered from every copy (one KEK, one table)."""

    epoch: int
    slot: int
    slot_place: Place
    table_place: Place
    token: bytes | bytearray
    chunks: dict[int, bytearray]
    count: int

    @property
    def complete(self) -> bool:
        """Every chunk of the table opened."""
        return 0 < self.count == len(self.chunks)


@dataclass(slots=True, repr=False)
class Remains:
    """What lies in slots and table files, before anything is tried."""

    records: list[FoundRecord]
    tables: list[tuple[Place, bytes]]
    newest_epoch: int  # the highest epoch named anywhere, 0 for none

    def wipe(self) -> None:
        """Overwrite the blobs in memory."""
        for found in self.records:
            found.record.wipe()


def look(slots: Sequence[KeySlot], files: KeyFiles, directories: Iterable[Path]) -> Remains:
    """Both places of each slot, and tables A and B in each directory; what cannot be read is passed by."""
    records: list[FoundRecord] = []
    for number, slot in enumerate(slots):
        for place in PLACES:
            with suppress(OSError, CannotErase):  # one bad place must not hide the other
                records += (FoundRecord(number, place, record) for record in slot.read(place))
    tables: list[tuple[Place, bytes]] = []
    for directory in directories:
        for place in PLACES:
            with suppress(OSError):
                if files.exists(directory / place):
                    tables.append((place, files.read(directory / place)[0]))
    named = [found.record.epoch for found in records]
    named += [epoch for _, data in tables for epoch in _epochs_in(data)]
    # Clear numbers that nothing vouches for: one flipped bit must not use up all epochs there are.
    return Remains(records, tables, max((e for e in named if e < _EPOCH_CEILING), default=0))


def newest_pair(remains: Remains, tokens: Sequence[bytes | bytearray]) -> OpenedPair | None:
    """The newest table that opens completely; failing that, the newest of which anything opens.

    A complete older pair goes before a torn newer one: the newer was never confirmed, since its old slot was
    to be overwritten only after it had been read back whole.
    """
    found = [
        pair
        for one in remains.records
        for token in tokens
        if (pair := _open_pair(one, token, remains.tables)) is not None
    ]
    best = max(found, key=lambda pair: (pair.complete, pair.epoch), default=None)
    for pair in found:
        if pair is not best:
            _forget(pair)
    return best


def table_of_pair(pair: OpenedPair) -> KeyTable:
    """The rows. Raises `StorehouseError("table-kind-unknown")`."""
    bodies = [pair.chunks[index] for index in sorted(pair.chunks)]
    return read_table(bodies, pair.epoch, pair.count - len(bodies))


def _open_pair(
    found: FoundRecord, token: bytes | bytearray, tables: list[tuple[Place, bytes]]
) -> OpenedPair | None:
    record = found.record
    kek = record.kek(token)
    best: tuple[int, Place] = (0, "A")
    pair = OpenedPair(record.epoch, found.slot, found.place, "A", token, {}, 0)
    for table_place, data in tables:
        chunks, count = open_chunks(data, record.epoch, kek)
        if not chunks:
            continue
        pair.count = count
        pair.chunks.update(chunks)
        best = max(best, (len(chunks), table_place))
        if pair.complete:
            break
    kek[:] = bytes(len(kek))
    pair.table_place = best[1]
    return pair if pair.chunks else None


def _forget(pair: OpenedPair) -> None:
    for body in pair.chunks.values():
        body[:] = bytes(len(body))


def _epochs_in(data: bytes) -> set[int]:
    heads = (CLEAR.unpack_from(data, at) for at in range(0, len(data) - CHUNK_BYTES + 1, CHUNK_BYTES))
    return {epoch for magic, epoch, _, _ in heads if magic == MAGIC}
