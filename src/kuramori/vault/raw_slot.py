"""The key slot in a partition, a block device or a loop device: no file system between us and the blocks.

The device is cut into banks of 274,432 bytes: a label of 4,096, place A, place B. One bank is live; what did
not open keeps its bank, under its name, until its day. Label: magic 8 | text 40 | SHA-256 over both, in one
sector, so that it is there or it is not.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from kuramori.errors import BadInput, CannotErase
from kuramori.vault.assurance import device_doubts
from kuramori.vault.key_files import BLOCK_BYTES
from kuramori.vault.secret_bytes import wipe
from kuramori.vault.slot import (
    PLACES,
    RECORD_BYTES,
    Destroyed,
    Place,
    SlotRecord,
    overwrite,
    pack_record,
    parse_record,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.vault.key_files import KeyFiles

BANK_BYTES = BLOCK_BYTES + 2 * RECORD_BYTES
LIVE = "live"
_MAGIC = b"KURABANK"
_TEXT_BYTES = 40
_PEEK_BYTES = 1024 * 1024


class RawSlot:
    """`name` is the bank that is used: the live one, or one that was put aside."""

    def __init__(self, path: Path, files: KeyFiles, name: str = LIVE) -> None:
        self.path = path
        self._files = files
        self._name = name

    def write(self, place: Place, record: SlotRecord) -> tuple[str, ...]:
        offset = self._place(place)
        data = pack_record(record)
        try:
            self._files.write(self.path, data, offset)
            self._files.sync(self.path)
        finally:
            wipe(data)
        return ()

    def read(self, place: Place) -> list[SlotRecord]:
        record = parse_record(self._files.read(self.path, RECORD_BYTES, self._place(place))[0])
        return [] if record is None else [record]

    def destroy(self, place: Place) -> Destroyed:
        return overwrite(self._files, self.path, self._place(place), place)

    def put_aside(self, name: str) -> None:
        labels = self._labels()
        if name not in labels:  # else: done again after a crash
            self._write_label(labels.index(LIVE), name)
        self._find()

    def aside(self, name: str) -> RawSlot:
        return RawSlot(self.path, self._files, name)

    def forget_aside(self, name: str) -> None:
        labels = self._labels()
        if name in labels:
            self._write_label(labels.index(name), "")

    def doubts(self, root: Path) -> tuple[str, ...]:
        return device_doubts(self.path, root)

    def prepare(self) -> None:
        """Make the first bank live and overwrite its places and every other label. All else is lost."""
        banks = self._files.size(self.path) // BANK_BYTES
        if banks < 1:
            raise BadInput("slot-too-small", needed=BANK_BYTES)
        for bank in range(banks):
            self._write_label(bank, LIVE if bank == 0 else "")
        for place in PLACES:
            self.destroy(place)

    def _place(self, place: Place) -> int:
        return self._find() * BANK_BYTES + BLOCK_BYTES + PLACES.index(place) * RECORD_BYTES

    def _find(self) -> int:
        labels = self._labels()
        if self._name in labels:
            return labels.index(self._name)
        if self._name != LIVE or "" not in labels:
            raise CannotErase("slot-bank", name=self._name)
        bank = labels.index("")  # the last live one was put aside
        self._write_label(bank, LIVE)
        return bank

    def _labels(self) -> list[str]:
        found = []
        for bank in range(self._files.size(self.path) // BANK_BYTES):
            label = "?"  # not to be used: a bad sector may hide the name of a bank put aside
            with suppress(OSError):
                label = _parse(self._files.read(self.path, BLOCK_BYTES, bank * BANK_BYTES)[0])
            found.append(label)
        return found

    def _write_label(self, bank: int, text: str) -> None:
        body = _MAGIC + text.encode().ljust(_TEXT_BYTES, b"\0")
        block = body + hashlib.sha256(body).digest()
        self._files.write(self.path, block.ljust(BLOCK_BYTES, b"\0"), bank * BANK_BYTES)
        self._files.sync(self.path)


def _parse(block: bytes) -> str:
    body, checksum = block[: len(_MAGIC) + _TEXT_BYTES], block[len(_MAGIC) + _TEXT_BYTES :][:32]
    if not body.startswith(_MAGIC) or hashlib.sha256(body).digest() != checksum:
        return "?"
    return body[len(_MAGIC) :].rstrip(b"\0").decode(errors="replace")


def refuse_if_used(path: Path, files: KeyFiles) -> None:
    """Raises `BadInput` when the device is in use, too small, or holds anything but zeros or an old slot."""
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISBLK(mode) or stat.S_ISREG(mode)):
            raise BadInput("slot-not-a-device", path=path)
        # The kernel gives a block device exclusively only when nobody has mounted or claimed it.
        os.close(os.open(path, os.O_RDWR | (os.O_EXCL if stat.S_ISBLK(mode) else 0) | os.O_CLOEXEC))
        if files.size(path) < BANK_BYTES:
            raise BadInput("slot-too-small", needed=BANK_BYTES)
        start = files.read(path, _PEEK_BYTES)[0]
    except OSError as wrong:
        raise BadInput("slot-device", path=path, errno=wrong.errno) from wrong
    if any(start) and _parse(start[:BLOCK_BYTES]) == "?":
        raise BadInput("slot-holds-data", path=path)
