"""Key tables for tests, and what an attacker with everything makes of the bytes that are left."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import CredentialRow, HourRow, KeyTable, Tombstone
from tests.vectors.independent_reader import hour_rows, slot_records, table_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.vault.key_files import KeyFiles

RECORD = Path("/recorder/record")
COPY = Path("/store/0/table-copy")
HOUR_NS = 3600 * 10**9


def hour_row(rng: random.Random, number: int = 0, *, erase_at_ns: int | None = None) -> HourRow:
    return HourRow(
        camera=rng.randbytes(16).hex(),
        hour_start_s=number * 3600,
        hour=rng.randbytes(16).hex(),
        secret=bytearray(rng.randbytes(32)),
        erase_at_ns=number * HOUR_NS if erase_at_ns is None else erase_at_ns,
        provisional=bool(number % 2),
        boot="3f0c7a0e-1111-2222-3333-444455556666" if number % 2 else "boot-1",
        run_ns=number,
    )


def table_of(hours: int, seed: int = 1) -> KeyTable:
    rng = random.Random(seed)
    table = KeyTable()
    for number in range(hours):
        row = hour_row(rng, number)
        table.hours[row.hour] = row
    return table


def full_table(hours: int = 70) -> KeyTable:
    """Rows of several kinds, over several chunks."""
    table = table_of(hours)
    table.credentials["c" * 32] = CredentialRow(
        "c" * 32, bytearray('{"user":"管理","password":"pä"}'.encode())
    )
    for number in range(60):
        hour = f"{number:032x}"
        table.tombstones[hour] = Tombstone("d" * 32, number, hour, 10**18 + number, 10**18, "期限 expired")
    return table


def secrets_of(table: KeyTable) -> dict[str, bytes]:
    return {hour: bytes(row.secret) for hour, row in table.hours.items()}


def a_store(files: KeyFiles, copies: Iterable[Path] = (COPY,)) -> KeyStore:
    return KeyStore(RECORD, list(copies), files=files)


def fresh(root: Path, copies: int = 1) -> KeyStore:
    """A store on real files."""
    return KeyStore(root / "record", [root / f"copy{n}" for n in range(copies)])


def scan(everything: Iterable[bytes], token: bytes = b"") -> dict[str, bytes]:
    """Every hour that opens: each slot record at any offset × each table chunk at any offset."""
    blobs = list(everything)
    records = {record for data in blobs for record in slot_records(data)}
    chunks = {chunk for data in blobs for chunk in table_chunks(data)}
    opened: dict[str, bytes] = {}
    for epoch, blob in records:
        for chunk in chunks:
            opened.update(hour_rows(chunk, epoch, blob, token) or {})
    return opened


def live_keks(everything: Iterable[bytes]) -> int:
    """How many slot records open at least one chunk of anything."""
    blobs = list(everything)
    chunks = {chunk for data in blobs for chunk in table_chunks(data)}
    records = {record for data in blobs for record in slot_records(data)}
    return sum(any(hour_rows(chunk, *record) is not None for chunk in chunks) for record in records)
