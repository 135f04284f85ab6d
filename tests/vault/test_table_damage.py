"""Damage and hostile bytes in slot and table: they cost what they must, and no more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuramori.errors import StorehouseError
from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import KeyTable
from kuramori.vault.slot import fresh_record, pack_record, parse_record
from kuramori.vault.table_image import (
    CHUNK_BYTES,
    CLEAR,
    MAGIC,
    chunk_nonce,
    open_chunks,
    seal_table,
)
from tests.vault.table_samples import (
    fresh,
    secrets_of,
    table_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def spoil(path: Path, chunk: int) -> None:
    with path.open("r+b") as out:
        out.seek(chunk * CHUNK_BYTES)
        out.write(os.urandom(CHUNK_BYTES))


def test_a_bad_sector_in_one_place_is_healed_from_a_copy(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(500)
    store.open()
    store.rotate(table)
    spoil(tmp_path / "record/table/B", 0)
    spoil(tmp_path / "record/table/B", 5)
    spoil(tmp_path / "copy0/B", 7)
    again = fresh(tmp_path).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(table)
    assert again.damaged_chunks == 0


def test_the_same_bad_sector_everywhere_costs_only_its_rows(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(500)
    store.open()
    store.rotate(table)
    for folder in ("record/table", "copy0"):
        spoil(tmp_path / folder / "B", 3)
    again = fresh(tmp_path).open()
    assert again is not None
    assert again.damaged_chunks == 1
    assert len(again.hours) == 500 - 32


def test_a_lost_main_table_is_taken_from_the_copy_and_survives_the_next_rotation(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(50)
    store.open()
    store.rotate(table)
    for path in (tmp_path / "record/table").iterdir():
        path.unlink()
    store = fresh(tmp_path)
    again = store.open()
    assert again is not None
    store.rotate(again)
    assert secrets_of(fresh(tmp_path).open() or KeyTable()) == secrets_of(table)


@pytest.mark.parametrize("at", [0, 9, 17, 4070, 4096, 135_167])
def test_a_slot_record_with_one_byte_changed_is_none(at: int) -> None:
    data = bytes(pack_record(fresh_record(3)))
    assert parse_record(data) is not None
    assert parse_record(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) is None
    assert parse_record(data[:-1]) is None


def test_an_absurd_epoch_in_a_spoilt_file_does_not_stop_rotation(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(3)
    store.open()
    store.rotate(table)
    with (tmp_path / "record/table/A").open("r+b") as out:
        out.write(CLEAR.pack(MAGIC, 2**64 - 1, 0, 1))
    store = fresh(tmp_path)
    assert store.open() is not None
    assert store.rotate(table).epoch == 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(["slot/A", "slot/B", "table/A", "table/B"]),
    noise=st.binary(max_size=5000),
    data=st.data(),
)
def test_spoilt_files_give_true_rows_or_a_clear_refusal(
    tmp_path: Path, part: str, noise: bytes, data: st.DataObject
) -> None:
    store, table = KeyStore(tmp_path / "record"), table_of(100)
    if not (tmp_path / "record").exists():
        store.open()
        store.rotate(table)
    path = tmp_path / "record" / part
    good = path.read_bytes()
    at = data.draw(st.integers(0, 20_000))
    spoilt = good[:at] + noise + good[at + len(noise) :]
    path.write_bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))] if data.draw(st.booleans()) else spoilt)
    try:
        found = KeyStore(tmp_path / "record").open()
    except StorehouseError as refused:
        assert refused.code == "key-table-unreadable"
    else:
        assert found is not None
        assert secrets_of(found).items() <= secrets_of(table).items()
        assert found.damaged_chunks or len(found.hours) == 100
    path.write_bytes(good)


def test_chunks_cannot_be_swapped_moved_or_taken_from_another_table() -> None:
    kek, other = bytearray(os.urandom(32)), bytearray(os.urandom(32))
    image = seal_table(table_of(200), 7, kek)
    count = len(image) // CHUNK_BYTES
    assert len(open_chunks(image, 7, kek)[0]) == count  # the control
    assert open_chunks(image, 7, other) == ({}, 0)
    assert open_chunks(image, 8, kek) == ({}, 0)
    for field in ({"index": 2}, {"epoch": 8}, {"count": count + 1}):
        hostile = bytearray(image[CHUNK_BYTES : 2 * CHUNK_BYTES])
        clear = {"epoch": 7, "index": 1, "count": count, **field}
        CLEAR.pack_into(hostile, 0, MAGIC, clear["epoch"], clear["index"], clear["count"])
        assert open_chunks(hostile, clear["epoch"], kek) == ({}, 0)
    assert len({chunk_nonce(index) for index in range(count)}) == count
