"""The key slot: where the 128 KiB random blob lives that the table's key comes from.

Overwritten, it is gone, and with it the table. A slot has two places, A and B: two files here, two ranges of
a partition or device in `raw_slot`, several of either in `mirrored_slot`. A record is magic 8 | version u16 |
epoch u64 | zeros to 4,064 | SHA-256 over the rest | blob 131,072 bytes: 33 blocks of 4 KiB in all.
"""

from __future__ import annotations

import errno
import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kuramori.errors import CannotErase
from kuramori.vault.assurance import directory_doubts
from kuramori.vault.key_files import BLOCK_BYTES
from kuramori.vault.secret_bytes import long_secret, noise, wipe

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.vault.key_files import KeyFiles

Place = Literal["A", "B"]
PLACES: tuple[Place, Place] = ("A", "B")
OTHER: dict[Place, Place] = {"A": "B", "B": "A"}
MAGIC = b"KURASLOT"
VERSION = 1
BLOB_BYTES = 128 * 1024
HEAD_BYTES = 4096
RECORD_BYTES = HEAD_BYTES + BLOB_BYTES
MARKER = "this-is-a-kuramori-key-slot"
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


class Destroyed(NamedTuple):
    """`direct`: read back past the page cache. `findings`: copies that could not be overwritten."""

    direct: bool
    findings: tuple[str, ...] = ()


class KeySlot(Protocol):
    """What a rotation needs of a slot."""

    def write(self, place: Place, record: SlotRecord) -> tuple[str, ...]:
        """Put the record there durably. The caller reads it back. Raises `OSError`.

        Returns findings: copies (of a mirrored slot) that could not be written.
        """

    def read(self, place: Place) -> list[SlotRecord]:
        """The whole records there: none, one, or one for each copy. Raises `OSError`."""

    def destroy(self, place: Place) -> Destroyed:
        """Overwrite, sync, read back. Raises `CannotErase` or `OSError`."""

    def put_aside(self, name: str) -> None:
        """Leave what lies in both places unharmed under `name`, and go on with empty places."""

    def aside(self, name: str) -> KeySlot:
        """What was put aside, to be read or destroyed."""

    def forget_aside(self, name: str) -> None:
        """What was put aside is destroyed: its room may be used again."""

    def doubts(self, root: Path) -> tuple[str, ...]:
        """Why overwriting might not reach the old bytes here; `root` is where /proc and /sys lie."""


class SoftwareSlot:
    """Two files on an ordinary file system."""

    def __init__(
        self, directory: Path, files: KeyFiles, aside_root: Path | None = None, *, marked: bool = False
    ) -> None:
        """What is put aside goes to `aside_root`/name/slot.

        `marked`: a directory without the marker file is a disk that is not there, and nothing is written.
        """
        self._directory = directory
        self._files = files
        self._aside_root = aside_root or directory / "set-aside"
        self._marked = marked

    def path(self, place: Place) -> Path:
        """The file of one place."""
        return self._directory / place

    def write(self, place: Place, record: SlotRecord) -> tuple[str, ...]:
        self._must_be_there()
        path = self.path(place)
        data = pack_record(record)
        try:
            self._files.reserve(path, RECORD_BYTES)
            self._files.write(path, data)
            self._files.sync(path)
        finally:
            wipe(data)
        return ()

    def read(self, place: Place) -> list[SlotRecord]:
        path = self.path(place)
        if not self._files.exists(path):
            return []
        record = parse_record(self._files.read(path, RECORD_BYTES)[0])
        return [] if record is None else [record]

    def destroy(self, place: Place) -> Destroyed:
        self._must_be_there()
        path = self.path(place)
        if not self._files.exists(path):
            return Destroyed(direct=True)
        return overwrite(self._files, path, 0, place)

    def put_aside(self, name: str) -> None:
        for place in PLACES:
            if self._files.exists(self.path(place)):
                self._files.move_aside(self.path(place), self._aside_root / name / "slot" / place)

    def aside(self, name: str) -> SoftwareSlot:
        return SoftwareSlot(self._aside_root / name / "slot", self._files)

    def forget_aside(self, name: str) -> None:
        for place in PLACES:
            self._files.remove(self._aside_root / name / "slot" / place)

    def doubts(self, root: Path) -> tuple[str, ...]:
        return directory_doubts(self._directory, root)

    def make_marker(self) -> None:
        """Say that this directory, on this medium, is the slot."""
        marker = self._directory / MARKER
        self._files.reserve(marker, BLOCK_BYTES)
        self._files.sync(marker)

    def _must_be_there(self) -> None:
        if self._marked and not self._files.exists(self._directory / MARKER):
            raise FileNotFoundError(errno.ENOENT, "slot medium is away", str(self._directory))


def overwrite(files: KeyFiles, path: Path, offset: int, place: Place) -> Destroyed:
    """Overwrite one slot record with noise, and see it on the medium. Raises `CannotErase` or `OSError`."""
    fresh = noise(RECORD_BYTES)  # zeros might be stored as a hole or compressed away
    files.write(path, fresh, offset)
    files.sync(path)
    back, direct = files.read(path, RECORD_BYTES, offset)
    if back != fresh:
        raise CannotErase("slot-overwrite", place=place)
    return Destroyed(direct)


def fresh_record(epoch: int) -> SlotRecord:
    """A blob never seen before."""
    return SlotRecord(epoch, long_secret(BLOB_BYTES))


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
