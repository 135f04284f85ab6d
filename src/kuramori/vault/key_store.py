"""The key table on its media: one slot, one table in two files, and its copies. One writer, ever.

To rotate is to write the table without its dead rows under a key used for nothing else, to see from the
medium that it opens, and then to overwrite the slot of the old key. Erasing is what was not copied.
The order of steps, and what a power cut leaves at each: docs/design/key-table.md.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase, StorehouseError
from kuramori.vault.assurance import Assurance, assess
from kuramori.vault.key_files import KeyFiles, RealFiles
from kuramori.vault.key_table import KeyTable
from kuramori.vault.pair_search import look, newest_pair
from kuramori.vault.secret_bytes import wipe
from kuramori.vault.set_aside import SetAside
from kuramori.vault.slot import KeySlot, Place, SoftwareSlot, fresh_record
from kuramori.vault.table_image import open_chunks, read_table, seal_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_GROWTH_BYTES = 1024 * 1024
_OTHER: dict[Place, Place] = {"A": "B", "B": "A"}


@dataclass(frozen=True, slots=True)
class RotationResult:
    """What a rotation did. `verified`: new table opened from the medium, old slot read back overwritten.

    `direct`: both were read past the page cache. `findings`: codes of what went wrong without stopping it.
    """

    epoch: int
    verified: bool
    level: int
    direct: bool = True
    findings: tuple[str, ...] = ()
    assurance: Assurance | None = None


@dataclass(slots=True)
class _Alive:
    """Which places hold the pair in force; None before the first rotation."""

    slot_place: Place | None = None
    table_place: Place | None = None
    epoch: int = 0  # the highest epoch ever seen or tried: never used again
    opened: bool = False


class KeyStore:
    """Slot, table files and copies of one recorder. Thread-safe: one call at a time."""

    def __init__(
        self,
        record_dir: Path,
        copies: Sequence[Path] = (),
        *,
        files: KeyFiles | None = None,
        slot: KeySlot | None = None,
        tokens: Sequence[bytes] = (b"",),
    ) -> None:
        """`copies` are directories on other disks.

        `tokens` are the values of T that can be read now; new tables use the first.
        """
        self._files = files or RealFiles()
        self._record_dir = record_dir
        self._slot_dir = record_dir / "slot"
        self._table_dir = record_dir / "table"
        self._copies = list(copies)
        self._slot = slot or SoftwareSlot(self._slot_dir, self._files)
        self._tokens = tokens
        self._alive = _Alive()
        self.aside = SetAside(record_dir, self._copies, self._files)
        self._lock = threading.Lock()

    @property
    def level(self) -> int:
        """The assurance level of the slot, 1 to 3."""
        return self._slot.level

    def assurance(self) -> Assurance:
        """The level and its reasons, from what is really there."""
        return assess(self._slot_dir, level=self._slot.level)

    def open(self) -> KeyTable | None:
        """The newest table that opens; None when no table ever held a row here. Wipes and writes nothing.

        Raises `StorehouseError("key-table-unreadable")` when something is there and nothing opens: then
        `set_aside` is the way on. Raises `StorehouseError("table-kind-unknown")` for a newer program's table.
        """
        with self._lock:
            remains = look(self._slot, self._files, [self._table_dir, *self._copies])
            try:
                pair = newest_pair(remains, self._tokens)
            finally:
                remains.wipe()
            self._alive = _Alive(epoch=remains.newest_epoch)
            if pair is None:
                # Epoch 1 is always an empty table (see rotate), so what never got past it held nothing.
                if remains.newest_epoch > 1:
                    raise StorehouseError("key-table-unreadable", epoch=remains.newest_epoch)
                self._alive.opened = True
                return None
            bodies = [pair.chunks[index] for index in sorted(pair.chunks)]
            table = read_table(bodies, pair.epoch, pair.count - len(bodies))
            self._alive = _Alive(pair.slot_place, pair.table_place, remains.newest_epoch, True)
            return table

    def rotate(self, table: KeyTable) -> RotationResult:
        """Write `table` under a fresh key and destroy the old key; sets `table.epoch`.

        Raises `CannotErase`; its value `live` says whether the new table is in force already (only the old
        key could not be destroyed) or the old one still is. Trying again is always safe.
        """
        with self._lock:
            if not self._alive.opened:
                raise ValueError("open() first")
            if self._alive.slot_place is None and self._alive.epoch <= 1:
                self._alive.epoch = 0
                self._turn(KeyTable())  # so that epoch 1 never holds a row: see open
            return self._turn(table)

    def set_aside(self, until_ns: int) -> str:
        """Move what does not open out of the way, unharmed, to be destroyed at `until_ns`; returns its name.

        Only after `open` raised; then `rotate` starts a new pair.
        """
        with self._lock:
            if self._alive.opened:
                raise ValueError("only for what does not open")
            name = self.aside.put(self._alive.epoch, until_ns)
            self._alive.opened = True
            return name

    def _turn(self, table: KeyTable) -> RotationResult:
        epoch = self._alive.epoch + 1
        self._alive.epoch = epoch  # burned, whatever happens
        slot_place = _OTHER[self._alive.slot_place or "B"]
        table_place = _OTHER[self._alive.table_place or "B"]
        try:
            image = self._write_pair(table, epoch, slot_place, table_place)
            direct = self._verify_pair(epoch, slot_place, table_place, len(image))
        except (OSError, CannotErase) as wrong:
            raise _cannot(wrong, live=False) from wrong
        findings = self._write_copies(image, table_place)
        self._alive.slot_place, self._alive.table_place = slot_place, table_place
        table.epoch = epoch
        table.damaged_chunks = 0
        try:
            direct &= self._slot.destroy(_OTHER[slot_place])
        except (OSError, CannotErase) as wrong:
            raise _cannot(wrong, live=True) from wrong
        return RotationResult(epoch, True, self._slot.level, direct, tuple(findings), self.assurance())

    def _write_pair(self, table: KeyTable, epoch: int, slot_place: Place, table_place: Place) -> bytearray:
        record = fresh_record(epoch)
        kek = record.kek(self._tokens[0])
        try:
            self._slot.write(slot_place, record)
            image = seal_table(table, epoch, kek)
        finally:
            record.wipe()
            wipe(kek)
        self._put(self._table_dir / table_place, image)
        return image

    def _verify_pair(self, epoch: int, slot_place: Place, table_place: Place, size: int) -> bool:
        """Open the table from the medium with the key from the medium."""
        record = self._slot.read(slot_place)
        if record is None or record.epoch != epoch:
            raise CannotErase("new-slot-unreadable")
        kek = record.kek(self._tokens[0])
        data, direct = self._files.read(self._table_dir / table_place, size)
        chunks, count = open_chunks(data, epoch, kek)
        wipe(kek, *chunks.values())
        record.wipe()
        if not 0 < count == len(chunks):
            raise CannotErase("new-table-unreadable")
        return direct

    def _write_copies(self, image: bytearray, table_place: Place) -> list[str]:
        findings = []
        for directory in self._copies:
            try:
                self._put(directory / table_place, image)
                if self._files.read(directory / table_place, len(image))[0] != image:
                    findings.append(f"table-copy-differs:{directory}")
            except OSError:  # footage on the other disks must not wait for this one
                findings.append(f"table-copy-failed:{directory}")
        return findings

    def _put(self, path: Path, image: bytearray) -> None:
        self._files.reserve(path, -(-len(image) // _GROWTH_BYTES) * _GROWTH_BYTES)
        self._files.write(path, image)
        self._files.sync(path)


def _cannot(wrong: OSError | CannotErase, *, live: bool) -> CannotErase:
    if isinstance(wrong, CannotErase):
        return CannotErase(wrong.code, live=live)
    return CannotErase("old-slot-write" if live else "rotation-write", live=live, errno=wrong.errno)
