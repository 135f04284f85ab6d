"""The key table on real files: what goes in comes out, and damage costs what it must and no more."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuramori.errors import BadInput, StorehouseError
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_rows import HoldRow
from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import CredentialRow, KeyTable, Tombstone
from kuramori.vault.set_aside import AsidePair
from kuramori.vault.slot import fresh_record, pack_record, parse_record
from kuramori.vault.table_image import (
    BODY_BYTES,
    BODY_HEAD,
    CHUNK_BYTES,
    CLEAR,
    MAGIC,
    chunk_nonce,
    open_chunks,
    read_table,
    seal_table,
)
from tests.vault.power_cut_files import PowerCutFiles
from tests.vault.table_samples import COPY, RECORD, a_store, full_table, hour_row, scan, secrets_of, table_of

if TYPE_CHECKING:
    from pathlib import Path


def fresh(tmp_path: Path, copies: int = 1) -> KeyStore:
    return KeyStore(tmp_path / "record", [tmp_path / f"copy{n}" for n in range(copies)])


def table_files(tmp_path: Path) -> list[Path]:
    return [path for folder in ("record/table", "copy0") for path in sorted((tmp_path / folder).iterdir())]


def test_an_empty_directory_holds_no_table(tmp_path: Path) -> None:
    assert fresh(tmp_path).open() is None
    assert list(tmp_path.iterdir()) == []


def test_every_kind_of_row_comes_back(tmp_path: Path) -> None:
    store, table = fresh(tmp_path), full_table()
    table.holds["e" * 32] = HoldRow(
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
    pair = AsidePair("x", 5, RECORD / "set-aside/000000000002", (COPY / "set-aside/000000000002",))
    files.arm(-1, "torn")
    store.aside.destroy(pair)
    slots = [name for name in files.operations if "/slot/" in name]
    places = [str(pair.record_dir / "slot" / place) for place in "AB"]
    written = [f"{step} {path}" for path in places for step in ("write", "sync")]
    assert slots == written + [f"remove {path}" for path in places]


@pytest.mark.parametrize("at", [0, 9, 17, 4070, 4096, 135_167])
def test_a_slot_record_with_one_byte_changed_is_none(at: int) -> None:
    data = bytes(pack_record(fresh_record(3)))
    assert parse_record(data) is not None
    assert parse_record(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) is None
    assert parse_record(data[:-1]) is None


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


def test_an_hour_erased_meanwhile_does_not_come_back_with_a_late_pair() -> None:
    late, table = table_of(3), KeyTable()
    erased = next(iter(late.hours.values()))
    table.tombstones[erased.hour] = Tombstone(erased.camera, 0, erased.hour, 0, 1, "order")
    assert table.take_in(late, now_ns=-1) == 2
    assert erased.hour not in table.hours
    assert erased.secret == bytes(32)


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


def test_hour_rows_have_bounds() -> None:
    row = hour_row(random.Random(1))
    row.boot = "x" * 37
    with pytest.raises(BadInput):
        seal_table(KeyTable(hours={row.hour: row}), 1, bytearray(32))
