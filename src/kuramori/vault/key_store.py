"""The key table on its media: one slot, one table in two files, and its copies. One writer, ever.

To rotate is to write the table without its dead rows under a key used for nothing else, to see from the
medium that it opens, and then to overwrite the slot of the old key. Erasing is what was not copied.
The order of steps, and what a power cut leaves at each: docs/design/key-table.md and key-slots.md.
"""

from __future__ import annotations

import threading
from concurrent.futures import wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase, StorehouseError
from kuramori.vault.assurance import LOWERING, Assurance, weigh
from kuramori.vault.key_files import KeyFiles, RealFiles
from kuramori.vault.key_table import KeyTable
from kuramori.vault.mirrored_slot import MirroredSlot
from kuramori.vault.pair_search import look, newest_pair, table_of_pair
from kuramori.vault.part_turn import PartTurn
from kuramori.vault.patience import asked
from kuramori.vault.secret_bytes import wipe
from kuramori.vault.set_aside import SetAside
from kuramori.vault.slot import OTHER, KeySlot, Place, SoftwareSlot, fresh_record
from kuramori.vault.table_image import CHUNK_BYTES, WholeTable, seal_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from kuramori.vault.leaving import Leaving
    from kuramori.vault.token_part import TokenPart

_GROWTH_BYTES = 1024 * 1024
PIECE_BYTES = 1024 * 1024
COPY_S = 30.0
"""How long the copies on other disks may take, together, before the rotation stands without them."""


@dataclass(frozen=True, slots=True)
class RotationResult:
    """What a rotation did. `verified`: new table opened from the medium, every old key seen destroyed.

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
        part: TokenPart | None = None,
        leaving: Leaving | None = None,
    ) -> None:
        """`copies` are directories on other disks. `slot` None: two files under `record_dir`.

        `part` holds T. `leaving`: where the keys were before `kuramori slot move`; read, then destroyed.
        """
        self._files = files or RealFiles()
        self._table_dir = record_dir / "table"
        self.copies = list(copies)
        """May be replaced at any time; a disk that does not answer does not belong here."""
        self._slot = slot or default_slot(record_dir, self._files)
        self._part = PartTurn(part)
        self._leaving = leaving
        self._alive = _Alive()
        self._findings: tuple[str, ...] = ()
        parts = [self._part, *([leaving.part] if leaving else [])]
        slots = MirroredSlot([self._slot, leaving.slot]) if leaving and leaving.slot else self._slot
        self.aside = SetAside(record_dir, self.copies, self._files, slots, parts)
        self._lock = threading.Lock()

    @property
    def level(self) -> int:
        """The assurance level, 1 to 3, as the last rotation left it."""
        return self.assurance().level

    def assurance(self) -> Assurance:
        """The level and its reasons, from what is really there."""
        return weigh(self._part.facts(), self._slot.doubts(Path("/")), self._findings)

    @property
    def epoch(self) -> int:
        """The highest epoch seen or tried."""
        return self._alive.epoch

    def open(self) -> KeyTable | None:
        """The newest table that opens; None when no table ever held a row here. Wipes and writes nothing.

        Raises `StorehouseError("key-table-unreadable")` when something is there and nothing opens: then
        `set_aside` is the way on. Raises `StorehouseError("table-kind-unknown")` for a newer program's table.
        """
        with self._lock:
            slots, tokens = [self._slot], self._part.candidates()
            if self._leaving:
                slots += [self._leaving.slot] if self._leaving.slot else []
                tokens += self._leaving.part.candidates()
            remains = look(slots, self._files, [self._table_dir, *self.copies])
            try:
                pair = newest_pair(remains, tokens)
            finally:
                remains.wipe()
            self._alive = _Alive(epoch=remains.newest_epoch)
            if pair is None:
                # Epoch 1 is always an empty table (see rotate), so what never got past it held nothing.
                if remains.newest_epoch > 1:
                    raise StorehouseError("key-table-unreadable", epoch=remains.newest_epoch)
                self._alive.opened = True
                return None
            self._part.settle(pair.token)
            table = table_of_pair(pair)
            place = pair.slot_place if pair.slot == 0 else None
            self._alive = _Alive(place, pair.table_place, remains.newest_epoch, True)
            return table

    def rotate(self, table: KeyTable, now_ns: int | None = None) -> RotationResult:
        """Write `table` under a fresh key and destroy the old key; sets `table.epoch`.

        `now_ns` is the erasure clock, by which T is made anew daily. Raises `CannotErase`; its value `live`
        says whether the new table is in force already (only the old key could not be destroyed) or the old
        one still is. Trying again is always safe.
        """
        with self._lock:
            if not self._alive.opened:
                raise ValueError("open() first")
            if self._alive.slot_place is None and self._alive.epoch <= 1:
                self._alive.epoch = 0
                self._turn(KeyTable(), now_ns)  # so that epoch 1 never holds a row: see open
            return self._turn(table, now_ns)

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

    def _turn(self, table: KeyTable, now_ns: int | None) -> RotationResult:
        epoch = self._alive.epoch + 1
        self._alive.epoch = epoch  # burned, whatever happens
        slot_place = OTHER[self._alive.slot_place or "B"]
        table_place = OTHER[self._alive.table_place or "B"]
        keep = bool(self.aside.pairs())  # what was set aside may need any T
        try:
            token, findings = self._part.choose(now_ns, keep=keep)
            image, more = self._write_pair(table, epoch, slot_place, table_place, token)
            copies = self._begin_copies(image, table_place)
            try:
                direct, even_more = self._verify_pair(epoch, slot_place, table_place, len(image))
            finally:  # a copy that were still being written would meet the next attempt's
                missing = _await_copies(copies)
        except (OSError, CannotErase) as wrong:
            raise _cannot(wrong, live=False) from wrong
        findings += [*more, *even_more, *missing]
        self._alive.slot_place, self._alive.table_place = slot_place, table_place
        self._part.stand()
        table.epoch = epoch
        table.damaged_chunks = 0
        try:
            destroyed = self._slot.destroy(OTHER[slot_place])
        except (OSError, CannotErase) as wrong:
            raise _cannot(wrong, live=True) from wrong
        findings += [*destroyed.findings, *self._part.drop_old(keep=keep), *self._leave(keep=keep)]
        self._findings = tuple(dict.fromkeys(findings))
        assurance = self.assurance()
        verified = not any(found.startswith(LOWERING) for found in findings)
        direct &= destroyed.direct
        return RotationResult(epoch, verified, assurance.level, direct, self._findings, assurance)

    def _write_pair(
        self,
        table: KeyTable,
        epoch: int,
        slot_place: Place,
        table_place: Place,
        token: bytearray,
    ) -> tuple[bytearray, tuple[str, ...]]:
        record = fresh_record(epoch)
        kek = record.kek(token)
        try:
            findings = self._slot.write(slot_place, record)
            image = seal_table(table, epoch, kek)
        finally:
            record.wipe()
            wipe(kek)
        self._put(self._table_dir / table_place, image)
        return image, findings

    def _verify_pair(
        self, epoch: int, slot_place: Place, table_place: Place, size: int
    ) -> tuple[bool, list[str]]:
        """Open the table from the medium with the key from the medium, and T from its holder."""
        token, findings = self._part.confirm()
        records = [found for found in self._slot.read(slot_place) if found.epoch == epoch]
        if not records:
            raise CannotErase("new-slot-unreadable")
        kek = records[0].kek(token)
        table = WholeTable(epoch, size // CHUNK_BYTES, kek)
        wipe(kek, *(record.blob for record in records))
        direct = True
        for data, past_cache in self._pieces(self._table_dir / table_place, size):
            direct &= past_cache
            if not table.takes(data):
                raise CannotErase("new-table-unreadable")
        if not table.whole:
            raise CannotErase("new-table-unreadable")
        return direct, findings

    def _begin_copies(self, image: bytearray, table_place: Place) -> dict[Path, Future[bool]]:
        """Each on its own disk, while the pair is read back."""
        return {
            directory: asked(partial(self._write_copy, directory / table_place, image))
            for directory in self.copies
        }

    def _write_copy(self, path: Path, image: bytearray) -> bool:
        """Whether it reads back as written. On a disk that hangs it may end late: then the copy is an old
        table, under a key that is no more."""
        self._put(path, image)
        starts = range(0, len(image), PIECE_BYTES)
        pieces = zip(starts, self._pieces(path, len(image)), strict=True)
        return all(back == image[at : at + PIECE_BYTES] for at, (back, _) in pieces)

    def _leave(self, *, keep: bool) -> list[str]:
        """Destroy the keys where they were before a move; tried again at each rotation until it is done."""
        if self._leaving is None:
            return []
        if keep or not self._leaving.destroy():
            return ["left-slot-stands"]
        self._leaving = None
        return []

    def _pieces(self, path: Path, size: int) -> Iterator[tuple[bytes, bool]]:
        """A file's bytes from the medium, 1 MiB at a time: a whole table would fill memory twice."""
        for at in range(0, size, PIECE_BYTES):
            yield self._files.read(path, min(PIECE_BYTES, size - at), at)

    def _put(self, path: Path, image: bytearray) -> None:
        self._files.reserve(path, -(-len(image) // _GROWTH_BYTES) * _GROWTH_BYTES)
        self._files.write(path, image)
        self._files.sync(path)


def default_slot(record_dir: Path, files: KeyFiles) -> SoftwareSlot:
    """Two files under the record directory."""
    return SoftwareSlot(record_dir / "slot", files, record_dir / "set-aside")


def _await_copies(begun: dict[Path, Future[bool]]) -> list[str]:
    """Findings: footage on the other disks must not wait for one that fails or hangs."""
    wait(begun.values(), COPY_S)
    findings = []
    for directory, copy in begun.items():
        try:
            if not copy.result(0):
                findings.append(f"table-copy-differs:{directory}")
        except OSError:
            findings.append(f"table-copy-failed:{directory}")
    return findings


def _cannot(wrong: OSError | CannotErase, *, live: bool) -> CannotErase:
    if isinstance(wrong, CannotErase):
        return CannotErase(wrong.code, live=live)
    return CannotErase("old-slot-write" if live else "rotation-write", live=live, errno=wrong.errno)
