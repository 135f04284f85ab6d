"""Power cuts and disk errors at every write and sync of a rotation, on real file systems. Needs root.

    python -m proofs.power_cut [--write docs/proofs.md]

Loop images: the file system is shut down without writing anything out, unmounted and mounted again. FUSE: a
layer that keeps what was not synced in memory and is killed. Errors: the same layer answers one operation
with EIO or ENOSPC, or writes half of it. Each time the next start must read the table whole, with every
living hour, and after its rotation no expired hour may open with any slot and table that is left.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.vectors.independent_reader import hour_rows, slot_records, table_chunks

from kuramori.errors import CannotErase, StorehouseError
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import HourRow, KeyTable
from proofs.faulty_disk import FaultyDisk
from proofs.forensics_images import FILE_SYSTEMS, FileSystem
from proofs.tables import markdown, write_table

HOURS, DYING = 40, 4
HOUR_NS = 3600 * 10**9
NOW_NS = (DYING - 1) * HOUR_NS
ERRORS = (("write", "EIO"), ("write", "torn"), ("write", "ENOSPC"), ("fsync", "EIO"))
HEAD = ("medium", "what happens", "cases", "unreadable", "living hours lost", "expired hours alive after")


class PowerCut(BaseException):
    """The machine is off. Not an `Exception`: no program catches it."""


class CuttingFiles(RealFiles):
    """Does `act` at operation number `at` (from 0), before it or after it."""

    unsynced = ""
    """Control: files in folders whose names begin so are never synced."""

    def __init__(self, at: int = -1, act: Callable[[], None] | None = None, *, after: bool = False) -> None:
        self.operations = 0
        self._at, self._act, self._after = at, act, after

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        self._step(lambda: super(CuttingFiles, self).write(path, data, offset))

    def sync(self, path: Path) -> None:
        if self.unsynced and path.parent.name.startswith(self.unsynced):
            self._step(lambda: None)
        else:
            self._step(lambda: super(CuttingFiles, self).sync(path))

    def _step(self, do: Callable[[], None]) -> None:
        number, self.operations = self.operations, self.operations + 1
        if number == self._at and self._act is not None:
            if self._after:
                do()
                self._act()
            else:
                self._act()
                do()
        else:
            do()


@dataclass
class Row:
    """One medium and one kind of accident over all steps."""

    medium: str
    what: str
    cases: int = 0
    unreadable: int = 0
    lost: int = 0
    alive: int = 0

    def told(self) -> tuple[str, ...]:
        numbers = (self.cases, self.unreadable, self.lost, self.alive)
        return (self.medium, self.what, *map(str, numbers))

    @property
    def holds(self) -> bool:
        return self.cases > 0 and not (self.unreadable or self.lost or self.alive)


class LoopDisk:
    """A file system in an image; `cut` is its shutdown."""

    def __init__(self, system: FileSystem, scratch: Path) -> None:
        self.name = system.name
        self.point = scratch / "point"
        self._system, self._image, self._kept = system, scratch / "disk.img", scratch / "kept.img"
        self.point.mkdir()
        with self._image.open("wb") as file:
            file.truncate(system.least_bytes)
        _run(*system.make, str(self._image))

    def start(self) -> None:
        _run("mount", "-o", self._system.options, str(self._image), str(self.point))

    def stop(self) -> None:
        _run("umount", str(self.point))

    def cut(self) -> None:
        _run("xfs_io", "-x", "-c", "shutdown", str(self.point))

    def keep(self) -> None:
        _run("cp", "--sparse=always", str(self._image), str(self._kept))

    def again(self) -> None:
        _run("cp", "--sparse=always", str(self._kept), str(self._image))


class FuseDisk:
    """The failing layer over a folder; `cut` kills it with all that was not synced."""

    name = "FUSE, only what was synced is kept"

    def __init__(self, scratch: Path) -> None:
        self.point = scratch / "point"
        self._backing, self._kept = scratch / "backing", scratch / "kept"
        self.disk = FaultyDisk(self._backing, self.point)

    def start(self) -> None:
        self.disk.start()
        self.disk.set(lossy=True)

    def stop(self) -> None:
        self.disk.stop()

    def cut(self) -> None:
        self.disk.power_cut()

    def keep(self) -> None:
        shutil.copytree(self._backing, self._kept, dirs_exist_ok=True)

    def again(self) -> None:
        shutil.rmtree(self._backing)
        shutil.copytree(self._kept, self._backing)


Disk = LoopDisk | FuseDisk


@dataclass
class Settled:
    """A box in its third rotation on `disk`: what is about to expire, what must live."""

    disk: Disk
    dying: dict[str, bytes] = field(default_factory=dict)
    living: dict[str, bytes] = field(default_factory=dict)
    operations: int = 0

    def make(self) -> None:
        self.disk.start()
        table = _table()
        store = self._store(RealFiles())
        store.open()
        store.rotate(table)
        store.rotate(table)
        self.dying = {row.hour: bytes(row.secret) for row in table.expired(NOW_NS)}
        self.living = {h: bytes(row.secret) for h, row in table.hours.items() if h not in self.dying}
        assert len(self.dying) == DYING
        self.disk.stop()
        self.disk.keep()
        self.disk.start()
        counting = CuttingFiles()
        self.rotate(counting)
        self.operations = counting.operations
        self.disk.stop()

    def rotate(self, files: RealFiles) -> KeyTable:
        """A start of the recorder: open, drop what has expired, rotate."""
        store = self._store(files)
        table = store.open()
        if table is None or table.damaged_chunks:
            raise StorehouseError("key-table-unreadable")
        table.bury(table.expired(NOW_NS), NOW_NS, "expired")
        store.rotate(table)
        return table

    def check(self, row: Row) -> None:
        """The next start, and what an attacker finds after it."""
        row.cases += 1
        try:
            table = self.rotate(RealFiles())
        except StorehouseError:
            row.unreadable += 1
            return
        there = {hour: bytes(one.secret) for hour, one in table.hours.items()}
        row.lost += len(self.living.items() - there.items())
        row.alive += len(self._found() & set(self.dying))

    def _store(self, files: RealFiles) -> KeyStore:
        return KeyStore(self.disk.point / "record", [self.disk.point / "store/table-copy"], files=files)

    def _found(self) -> set[str]:
        """Hours that open with every slot record and every table that is left in any file."""
        blobs = [path.read_bytes() for path in self.disk.point.rglob("*") if path.is_file()]
        chunks = {chunk for data in blobs for chunk in table_chunks(data)}
        found: set[str] = set()
        for epoch, blob in {record for data in blobs for record in slot_records(data)}:
            for chunk in chunks:
                found.update(hour_rows(chunk, epoch, blob, b"") or {})
        return found


def cuts(disk: Disk, every: int = 1) -> Row:
    """Power fails before and after every `every`th operation."""
    settled = Settled(disk)
    settled.make()
    row = Row(disk.name, "power cut before and after every write and sync")
    for number in range(0, settled.operations, every):
        for after in (False, True):
            disk.again()
            disk.start()

            def cut() -> None:
                disk.cut()
                raise PowerCut

            try:
                settled.rotate(CuttingFiles(number, cut, after=after))
            except PowerCut:
                if isinstance(disk, LoopDisk):
                    disk.stop()
                disk.start()
                settled.check(row)
            disk.stop()
    return row


def errors(disk: FuseDisk, every: int = 1) -> list[Row]:
    """One operation is answered with an error; then the machine is started again."""
    settled = Settled(disk)
    settled.make()
    rows = []
    for operation, fault in ERRORS:
        row = Row("FUSE", f"{operation}: {fault}")
        rows.append(row)
        for number in range(0, settled.operations, every):
            disk.again()
            disk.start()
            setter = partial(disk.disk.set, lossy=True, **{operation: fault})
            with suppress(CannotErase, OSError):
                settled.rotate(CuttingFiles(number, setter))
            disk.disk.set(lossy=True)
            settled.check(row)
            disk.stop()
    return rows


def prove(
    scratch: Path, every: int = 1, systems: tuple[str, ...] = ("ext4 data=ordered", "xfs")
) -> list[Row]:
    """All rows; `every` leaves out steps (short form)."""
    rows = []
    for number, name in enumerate(systems):
        (scratch / str(number)).mkdir()
        rows.append(cuts(LoopDisk(FILE_SYSTEMS[name], scratch / str(number)), every))
    (scratch / "fuse").mkdir()
    rows.append(cuts(FuseDisk(scratch / "fuse"), every))
    (scratch / "errors").mkdir()
    return rows + errors(FuseDisk(scratch / "errors"), every)


def _table() -> KeyTable:
    rng, table = random.Random(1), KeyTable()
    for number in range(HOURS):
        row = HourRow(
            camera=rng.randbytes(16).hex(),
            hour_start_s=number * 3600,
            hour=rng.randbytes(16).hex(),
            secret=bytearray(rng.randbytes(32)),
            erase_at_ns=number * HOUR_NS,
            provisional=False,
            boot="boot",
            run_ns=0,
        )
        table.hours[row.hour] = row
    return table


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.power_cut")
    parser.add_argument("--write", type=Path, help="document whose table is replaced")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kuramori-cut-") as scratch:
        rows = prove(Path(scratch))
    table = markdown(HEAD, [row.told() for row in rows])
    print(table)
    if chosen.write:
        write_table(chosen.write, "power-cut", table)
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
