"""The key slot: where the 128 KiB random blob lives that the table's key comes from.

Overwritten, it is gone, and with it the table. A software slot is two files (or, later, two partitions),
A and B. A record is magic 8 | version u16 | epoch u64 | zeros to 4,064 | SHA-256 over the rest |
blob 131,072 bytes: 33 blocks of 4 KiB in all.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kuramori.errors import CannotErase
from kuramori.vault.secret_bytes import fresh_secret, wipe

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.vault.key_files import KeyFiles

Place = Literal["A", "B"]
PLACES: tuple[Place, Place] = ("A", "B")
MAGIC = b"KURASLOT"
VERSION = 1
BLOB_BYTES = 128 * 1024
HEAD_BYTES = 4096
RECORD_BYTES = HEAD_BYTES + BLOB_BYTES
_HEAD = struct.Struct(">8sHQ")
_KEK_LABEL = b"kuramori table key\x00"


@dataclass(slots=True, repr=False)
class SlotRecord:
    """A blob and the epoch of the one table it is for."""

    epoch: int
    blob: bytearray

    def kek(self, token_part: bytes | bytearray = b"") -> bytearray:
        """The table's key: HKDF-SHA256 over blob and T. T is 32 bytes in a TPM or token, or empty."""
        both = self.blob + token_part
        derived = bytearray(32)
        info = _KEK_LABEL + self.epoch.to_bytes(8, "big")
        HKDF(SHA256(), 32, salt=None, info=info).derive_into(both, derived)
        wipe(both)
        return derived

    def wipe(self) -> None:
        """Overwrite the blob in memory."""
        wipe(self.blob)


class KeySlot(Protocol):
    """What a rotation needs of a slot."""

    level: int  # assurance level: 1 software, 2 with TPM, 3 with external token

    def write(self, place: Place, record: SlotRecord) -> None:
        """Put the record there durably. The caller reads it back. Raises `OSError`."""

    def read(self, place: Place) -> SlotRecord | None:
        """The whole record there, or None."""

    def destroy(self, place: Place) -> bool:
        """Overwrite, sync, read back. Raises `CannotErase`; True when the page cache was passed by."""


class SoftwareSlot:
    """Two files on an ordinary file system: assurance level 1."""

    level = 1

    def __init__(self, directory: Path, files: KeyFiles) -> None:
        self._directory = directory
        self._files = files

    def path(self, place: Place) -> Path:
        """The file of one place."""
        return self._directory / place

    def write(self, place: Place, record: SlotRecord) -> None:
        path = self.path(place)
        data = pack_record(record)
        try:
            self._files.reserve(path, RECORD_BYTES)
            self._files.write(path, data)
            self._files.sync(path)
        finally:
            wipe(data)

    def read(self, place: Place) -> SlotRecord | None:
        path = self.path(place)
        if not self._files.exists(path):
            return None
        return parse_record(self._files.read(path, RECORD_BYTES)[0])

    def destroy(self, place: Place) -> bool:
        path = self.path(place)
        if not self._files.exists(path):
            return True
        noise = fresh_secret(RECORD_BYTES)  # random: zeros might be stored as a hole or compressed away
        self._files.write(path, noise)
        self._files.sync(path)
        back, direct = self._files.read(path, RECORD_BYTES)
        if back != noise:
            raise CannotErase("slot-overwrite", place=place)
        return direct


def fresh_record(epoch: int) -> SlotRecord:
    """A blob never seen before."""
    return SlotRecord(epoch, fresh_secret(BLOB_BYTES))


def pack_record(record: SlotRecord) -> bytearray:
    """The 135,168 bytes of one place."""
    data = bytearray(RECORD_BYTES)
    _HEAD.pack_into(data, 0, MAGIC, VERSION, record.epoch)
    data[HEAD_BYTES:] = record.blob
    data[HEAD_BYTES - 32 : HEAD_BYTES] = _checksum(memoryview(data))
    return data


def parse_record(data: bytes) -> SlotRecord | None:
    """The record in `data`, or None when it is not whole."""
    if len(data) < RECORD_BYTES:
        return None
    magic, version, epoch = _HEAD.unpack_from(data)
    view = memoryview(data)[:RECORD_BYTES]
    if magic != MAGIC or version != VERSION or view[HEAD_BYTES - 32 : HEAD_BYTES] != _checksum(view):
        return None
    return SlotRecord(epoch, bytearray(view[HEAD_BYTES:]))


def _checksum(data: memoryview) -> bytes:
    digest = hashlib.sha256(data[: HEAD_BYTES - 32])
    digest.update(data[HEAD_BYTES:])
    return digest.digest()
