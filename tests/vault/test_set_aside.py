"""A pair that does not open is kept unharmed, may come back, and is destroyed on its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kuramori.errors import StorehouseError
from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import KeyTable, Tombstone
from kuramori.vault.set_aside import AsidePair
from tests.vault.power_cut_files import PowerCutFiles
from tests.vault.table_samples import (
    COPY,
    RECORD,
    a_store,
    fresh,
    scan,
    secrets_of,
    table_of,
)

if TYPE_CHECKING:
    from pathlib import Path
from tests.vault.test_table_damage import spoil


def test_when_nothing_opens_nothing_is_wiped_until_it_is_set_aside(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(50)
    store.open()
    store.rotate(table)
    good = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for place in "AB":
        spoil(tmp_path / "record/slot" / place, 1)
    spoilt = {path: path.read_bytes() for path in good}
    store = fresh(tmp_path)
    with pytest.raises(StorehouseError, match="key-table-unreadable"):
        store.open()
    with pytest.raises(ValueError, match="open"):
        store.rotate(KeyTable())
    assert {path: path.read_bytes() for path in good} == spoilt

    name = store.set_aside(until_ns=10**18)
    store.rotate(table_of(3, seed=9))
    assert secrets_of(fresh(tmp_path).open() or KeyTable()) == secrets_of(table_of(3, seed=9))
    (pair,) = store.aside.pairs()
    assert (pair.name, pair.until_ns) == (name, 10**18)

    # The part that was missing comes back: the pair opens, and is merged without what expired.
    for place in "AB":
        slot = f"record/slot/{place}"
        (pair.record_dir / "slot" / place).write_bytes(good[tmp_path / slot])
    late = KeyStore(pair.record_dir, list(pair.copies)).open()
    assert late is not None
    merged = table_of(3, seed=9)
    assert merged.take_in(late, now_ns=10 * 3600 * 10**9) == 50 - 11
    assert len(merged.hours) == 42
    store.rotate(merged)

    store.aside.destroy(pair)
    assert store.aside.pairs() == []
    everything = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert scan(everything) == secrets_of(merged)


def test_destroying_what_was_set_aside_overwrites_its_slots_before_unlinking() -> None:
    files = PowerCutFiles()
    store = a_store(files)
    store.open()
    store.rotate(table_of(3))
    for place in "AB":
        path = RECORD / "slot" / place
        files.durable[path] = files.durable[path][:5000] + bytes(len(files.durable[path]) - 5000)
    files = files.after_reboot()
    store = a_store(files)
    with pytest.raises(StorehouseError):
        store.open()
    store.set_aside(until_ns=5)
    pair = AsidePair("000000000002", 5, RECORD / "set-aside/000000000002", (COPY / "set-aside/000000000002",))
    files.arm(-1, "torn")
    store.aside.destroy(pair)
    slots = [name for name in files.operations if "/slot/" in name]
    places = [str(pair.record_dir / "slot" / place) for place in "AB"]
    written = [f"{step} {path}" for path in places for step in ("write", "sync")]
    assert slots == written + [f"remove {path}" for path in places]


def test_an_hour_erased_meanwhile_does_not_come_back_with_a_late_pair() -> None:
    late, table = table_of(3), KeyTable()
    erased = next(iter(late.hours.values()))
    table.tombstones[erased.hour] = Tombstone(erased.camera, 0, erased.hour, 0, 1, "order")
    assert table.take_in(late, now_ns=-1) == 2
    assert erased.hour not in table.hours
    assert erased.secret == bytes(32)
