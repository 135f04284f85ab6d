"""The key table on real files: what goes in comes out, and what is dropped is wiped."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_rows import HoldRow
from kuramori.vault.key_table import KeyTable
from tests.vault.table_samples import (
    fresh,
    full_table,
    scan,
    secrets_of,
    table_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_directory_holds_no_table(tmp_path: Path) -> None:
    assert fresh(tmp_path).open() is None
    assert list(tmp_path.iterdir()) == []


def test_every_kind_of_row_comes_back(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), full_table()
    table.holds["a" * 32 + "e" * 32] = HoldRow(
        hold="a" * 32,
        camera="b" * 32,
        segment="e" * 32,
        sealed=bytearray(os.urandom(80)),
        until_ns=10**18,
        review_ns=10**17,
        case="令和8年1号",
        basis="照会書",
        reason="裁判所",
        approver="会長",
    )
    store.open()
    result = store.rotate(table)
    assert (result.epoch, result.verified, result.level, result.findings) == (2, True, 1, ())
    again = fresh(tmp_path).open()
    assert again is not None
    assert (again.hours, again.credentials, again.tombstones, again.holds) == (
        table.hours,
        table.credentials,
        table.tombstones,
        table.holds,
    )
    assert (again.epoch, again.damaged_chunks) == (2, 0)


def test_a_hundred_rotations_keep_the_rows_and_one_key(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), table_of(5)
    store.open()
    for turn in range(100):
        assert store.rotate(table).epoch == turn + 2
    again = fresh(tmp_path).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(table)
    everything = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert scan(everything) == secrets_of(table)


def test_a_table_that_shrinks_and_grows_is_read_at_its_own_length(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    store.open()
    for hours in (3000, 2, 9000, 0, 50):
        table = table_of(hours, seed=hours)
        store.rotate(table)
        again = fresh(tmp_path).open()
        assert again is not None
        assert secrets_of(again) == secrets_of(table)


def test_no_secret_is_on_the_disk_in_the_clear(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), full_table()
    store.open()
    store.rotate(table)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    needles = [*secrets_of(table).values(), b"password", b'{"user"'.hex().encode()]
    assert not any(needle in everything for needle in needles)


def test_key_files_are_for_the_recorder_alone(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    store.open()
    store.rotate(KeyTable())
    for path in (tmp_path / "record/slot/A", tmp_path / "record/table/B", tmp_path / "copy0/A"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_copy_that_cannot_be_written_is_a_finding_and_no_stop(tmp_path: Path) -> None:
    store, table = fresh(tmp_path, copies=2), table_of(5)
    (tmp_path / "copy1").write_text("a file where a directory should be")
    store.open()
    result = store.rotate(table)
    assert result.verified
    assert result.findings == (f"table-copy-failed:{tmp_path / 'copy1'}",)


def test_rotation_needs_a_look_first(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="open"):
        fresh(tmp_path).rotate(KeyTable())


def test_reading_back_passes_by_the_page_cache_where_the_file_system_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real_open = os.open

    def watched(path: object, flags: int, mode: int = 0o777, **rest: object) -> int:
        handle = real_open(path, flags, mode, **rest)  # type: ignore[arg-type,call-overload]
        asked.append(flags & os.O_DIRECT)
        return int(handle)

    (tmp_path / "x").write_bytes(bytes(8192))
    try:
        os.close(os.open(tmp_path / "x", os.O_RDONLY | os.O_DIRECT))
        can = True
    except OSError:
        can = False
    monkeypatch.setattr(os, "open", watched)
    data, direct = RealFiles().read(tmp_path / "x", 5000)
    assert (data, direct) == (bytes(5000), can)
    assert asked == [os.O_DIRECT if can else 0]


def test_burying_wipes_the_secret_and_leaves_a_tombstone() -> None:
    table = table_of(4)
    row = table.expired(0)[0]
    (stone,) = table.bury([row], 77, "expired")
    assert row.secret == bytes(32)
    assert row.hour not in table.hours
    assert table.tombstones == {row.hour: stone}
    assert (stone.erased_at_ns, stone.reason) == (77, "expired")


def test_wiping_a_table_leaves_no_secret_in_memory() -> None:
    table = full_table()
    rows = [*table.hours.values(), *table.credentials.values()]
    table.wipe()
    assert all(not any(row.secret) for row in rows)
    assert not table.hours


def test_the_shown_form_of_rows_names_no_secret() -> None:
    table = full_table(1)
    row = next(iter(table.hours.values()))
    for thing in (row, table, *table.credentials.values()):
        assert bytes(row.secret).hex() not in repr(thing)
        assert "secret" not in repr(thing)
