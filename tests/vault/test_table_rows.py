"""Rows that do not fit: refused before anything is lost, or cut where they must not stop erasing."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import BadInput, StorehouseError
from kuramori.vault.key_table import CredentialRow, KeyTable
from kuramori.vault.table_image import (
    BODY_BYTES,
    BODY_HEAD,
    read_table,
    seal_table,
)
from tests.vault.table_samples import (
    fresh,
    hour_row,
    table_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_an_unknown_kind_of_row_is_refused_clearly() -> None:
    body = bytearray(BODY_BYTES)
    text = b'{"new":1}'
    BODY_HEAD.pack_into(body, 0, 99, 1, len(text) + 2)
    body[BODY_HEAD.size : BODY_HEAD.size + 2 + len(text)] = len(text).to_bytes(2, "big") + text
    with pytest.raises(StorehouseError, match="table-kind-unknown kind=99"):
        read_table([body], 1)


def test_a_row_too_long_for_a_chunk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(1)
    store.open()
    store.rotate(table)
    table.credentials["f" * 32] = CredentialRow("f" * 32, bytearray(3000))
    with pytest.raises(BadInput, match="table-row-too-long"):
        store.rotate(table)
    again = fresh(tmp_path).open()
    assert again is not None
    assert again.hours == table.hours


@pytest.mark.parametrize("text", ["長" * 9000, "\x01" * 9000])
def test_a_long_reason_is_cut_and_never_stops_erasing(tmp_path: Path, text: str) -> None:
    store, table = fresh(tmp_path), table_of(2)
    store.open()
    table.bury(table.expired(0), 1, text)
    store.rotate(table)
    again = fresh(tmp_path).open()
    assert again is not None
    assert [stone.reason for stone in again.tombstones.values()] == [text[:500]]


def test_hour_rows_have_bounds() -> None:
    row = replace(hour_row(random.Random(1)), boot="x" * 37)
    with pytest.raises(BadInput):
        seal_table(KeyTable(hours={row.hour: row}), 1, bytearray(32))


def test_a_replaced_row_is_written_as_it_is_and_not_as_it_was(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(40)
    store.open()
    store.rotate(table)
    opened = fresh(tmp_path)
    again = opened.open()
    assert again is not None
    for one in (table, again):
        hour, row = next(iter(one.hours.items()))
        one.hours[hour] = replace(row, erase_at_ns=5, provisional=not row.provisional)
    store.rotate(table)
    assert (fresh(tmp_path).open() or KeyTable()).hours == table.hours
    opened.open()
    opened.rotate(again)
    assert (fresh(tmp_path).open() or KeyTable()).hours == again.hours == table.hours


def test_the_kept_bytes_of_a_row_are_wiped_with_it() -> None:
    row = hour_row(random.Random(1))
    seal_table(KeyTable(hours={row.hour: row}), 1, bytearray(32))
    kept, secret = row.packed, bytes(row.secret)
    assert secret in kept
    row.wipe()
    assert (row.secret, row.packed) == (bytes(32), b"")
    assert secret not in kept
