"""Slots on real media: partitions (loop devices), directories, mirrors."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import BadInput, CannotErase, StorehouseError
from kuramori.vault.configured_store import check, key_store, move
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_store import KeyStore
from kuramori.vault.raw_slot import BANK_BYTES, RawSlot
from kuramori.vault.slot import PLACES
from kuramori.vault.slot_config import SetUp
from tests.vault.slot_rig import configured, in_directory, loop_device, raw
from tests.vault.table_samples import live_keks, scan, secrets_of, table_of

if TYPE_CHECKING:
    from kuramori.vault.key_table import KeyTable


def raw_store(root: Path, device: Path) -> KeyStore:
    return KeyStore(root / "record", slot=RawSlot(device, RealFiles()))


def opened(store: KeyStore) -> KeyTable:
    table = store.open()
    assert table is not None
    return table


def everything(root: Path, *devices: Path) -> list[bytes]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return [path.read_bytes() for path in [*files, *devices]]


def test_a_partition_is_a_slot_and_erased_hours_leave_it(tmp_path: Path, device: Path) -> None:
    RawSlot(device, RealFiles()).prepare()
    store, table = raw_store(tmp_path, device), table_of(40)
    assert store.open() is None
    store.rotate(table)
    assert not (tmp_path / "record/slot").exists()
    dying = secrets_of(table)
    table.bury(table.expired(9 * 3600 * 10**9), 0, "expired")
    result = store.rotate(table)
    assert result.verified
    assert result.direct  # read back past the page cache: from the device
    assert secrets_of(opened(raw_store(tmp_path, device))) == secrets_of(table)
    found = scan(everything(tmp_path, device))
    assert found == secrets_of(table)
    assert len(dying) - len(found) == 10
    assert live_keks(everything(tmp_path, device)) == 1


def test_what_does_not_open_keeps_its_bank_until_its_day(tmp_path: Path, device: Path) -> None:
    files = RealFiles()
    RawSlot(device, files).prepare()
    store, first = raw_store(tmp_path, device), table_of(10)
    store.open()
    store.rotate(first)
    good = files.read(device, BANK_BYTES)[0]
    spoilt = bytearray(good)
    for at in (9000, 150_000):
        spoilt[at] ^= 1
    files.write(device, spoilt)
    store = raw_store(tmp_path, device)
    with pytest.raises(StorehouseError):
        store.open()
    store.set_aside(until_ns=5)
    second = table_of(3, seed=7)
    store.rotate(second)
    assert files.read(device, BANK_BYTES)[0][4096:] == spoilt[4096:]
    files.write(device, good[4096:], 4096)  # the sector can be read again
    store = raw_store(tmp_path, device)
    assert secrets_of(opened(store)) == secrets_of(second)
    (pair,) = store.aside.pairs()
    late = store.aside.open(pair)
    assert late is not None
    assert secrets_of(late) == secrets_of(first)
    store.aside.destroy(pair)
    assert scan(everything(tmp_path, device)) == secrets_of(second)
    store = raw_store(tmp_path, device)  # the first bank is free again, and the live one is still found
    assert secrets_of(opened(store)) == secrets_of(second)


def test_a_device_with_something_on_it_is_refused(tmp_path: Path, device: Path) -> None:
    files = RealFiles()
    check(SetUp((raw(device),)), files)
    subprocess.run(["mkfs.ext4", "-q", str(device)], check=True)
    with pytest.raises(BadInput, match="slot-holds-data"):
        check(SetUp((raw(device),)), files)
    with pytest.raises(BadInput, match="slot-device"):
        check(SetUp((raw(tmp_path / "nothing"),)), files)
    with pytest.raises(BadInput, match="slot-not-a-device"):
        check(SetUp((raw(tmp_path),)), files)
    with (
        loop_device(tmp_path / "small.img", 64 * 1024) as small,
        pytest.raises(BadInput, match="slot-too-small"),
    ):
        check(SetUp((raw(small),)), files)


def test_a_mounted_device_is_refused_even_when_it_looks_empty(tmp_path: Path, device: Path) -> None:
    subprocess.run(["mkfs.ext4", "-q", str(device)], check=True)
    (tmp_path / "there").mkdir()
    subprocess.run(["mount", str(device), str(tmp_path / "there")], check=True)
    try:
        with pytest.raises(BadInput, match="errno=16"):
            check(SetUp((raw(device),)), RealFiles())
    finally:
        subprocess.run(["umount", str(tmp_path / "there")], check=True)


# Mirrors


@pytest.fixture
def mirror(tmp_path: Path, device: Path) -> KeyStore:
    """A slot in a directory and in a partition, in its second rotation, with 20 hours."""
    set_up = SetUp((in_directory(tmp_path / "usb"), raw(device)))
    move(tmp_path / "record", [], set_up, 0)
    store = configured(tmp_path)
    opened(store)
    store.rotate(table_of(20))
    return store


def test_either_medium_of_a_mirror_is_enough(mirror: KeyStore, tmp_path: Path, device: Path) -> None:
    good = RealFiles().read(device)[0]
    RealFiles().write(device, os.urandom(len(good)))
    assert secrets_of(opened(configured(tmp_path))) == secrets_of(table_of(20))
    RealFiles().write(device, good)
    for place in PLACES:
        (tmp_path / "usb" / place).write_bytes(b"")
    assert secrets_of(opened(configured(tmp_path))) == secrets_of(table_of(20))


def test_both_media_are_overwritten_in_the_same_rotation(
    mirror: KeyStore, tmp_path: Path, device: Path
) -> None:
    table = opened(mirror)
    table.bury(table.expired(5 * 3600 * 10**9), 0, "expired")
    result = mirror.rotate(table)
    assert (result.verified, result.findings) == (True, ())
    assert scan(everything(tmp_path, device)) == secrets_of(table)


def test_a_medium_that_is_away_is_told_lowers_the_level_and_is_overwritten_when_it_is_back(
    mirror: KeyStore, tmp_path: Path, device: Path
) -> None:
    (tmp_path / "usb").rename(tmp_path / "in a pocket")
    table = opened(mirror)
    dying = secrets_of(table)
    table.bury(table.expired(5 * 3600 * 10**9), 0, "expired")
    dying = {hour: dying[hour] for hour in dying.keys() - table.hours.keys()}
    for _ in range(3):
        result = mirror.rotate(table)
        assert "slot-copy-stands:1" in result.findings
        assert (result.verified, result.level) == (False, 1)
        assert result.assurance is not None
        assert "slot-copy-stands:1" in result.assurance.reasons
        assert not result.assurance.irrecoverable
    assert not (tmp_path / "usb").exists()  # nothing was written where only the mount point is left
    (tmp_path / "in a pocket").rename(tmp_path / "usb")
    mirror.rotate(table)
    result = mirror.rotate(table)
    assert (result.verified, result.findings) == (True, ())
    assert not dying.keys() & scan(everything(tmp_path, device)).keys()
    assert live_keks(everything(tmp_path, device)) == 1


def test_a_restart_does_not_forget_that_a_copy_could_not_be_overwritten(
    mirror: KeyStore, tmp_path: Path, device: Path
) -> None:
    (tmp_path / "usb").rename(tmp_path / "in a pocket")
    mirror.rotate(opened(mirror))
    again = configured(tmp_path)
    result = again.rotate(opened(again))
    assert "slot-copy-stands:1" in result.findings
    assert not result.verified


def test_a_mirror_of_which_nothing_can_be_overwritten_is_not_called_erased(tmp_path: Path) -> None:
    set_up = SetUp((in_directory(tmp_path / "one"), in_directory(tmp_path / "two")))
    move(tmp_path / "record", [], set_up, 0)
    store = configured(tmp_path)
    table = opened(store)
    for name in ("one", "two"):
        (tmp_path / name / "this-is-a-kuramori-key-slot").unlink()
    with pytest.raises(CannotErase) as told:
        store.rotate(table)
    assert told.value.values["live"] is False


# Configuration


def test_a_spoilt_configuration_stops_instead_of_passing_by_the_keys(tmp_path: Path) -> None:
    (tmp_path / "slot.json").write_text("{")
    for text in ("{", "[]", '{"format":2}', '{"format":1,"slots":[{"kind":"x","path":""}],"part":null}'):
        (tmp_path / "slot.json").write_text(text)
        with pytest.raises(BadInput, match="slot-config"):
            key_store(tmp_path)


def test_the_configuration_is_for_the_recorder_alone(mirror: KeyStore, tmp_path: Path) -> None:
    assert (tmp_path / "record/slot.json").stat().st_mode & 0o777 == 0o600
