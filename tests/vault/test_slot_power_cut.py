"""The power-cut promises again, with the slot in a partition, mirrored, and while a pair is set aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import StorehouseError
from kuramori.vault.key_store import KeyStore
from kuramori.vault.mirrored_slot import MirroredSlot
from kuramori.vault.raw_slot import BANK_BYTES, RawSlot
from kuramori.vault.slot import SoftwareSlot
from tests.vault.power_cut_files import PowerCut, PowerCutFiles
from tests.vault.table_samples import COPY, RECORD, live_keks, scan, secrets_of, table_of

if TYPE_CHECKING:
    from kuramori.vault.key_table import KeyTable
    from kuramori.vault.slot import KeySlot
    from tests.vault.power_cut_files import Mode

PART, SECOND = Path("/dev/part"), Path("/dev/second")
NOW_NS = 3 * 3600 * 10**9
MODES: tuple[Mode, ...] = ("before", "torn", "torn-pages")
KINDS = ("raw", "two raw", "raw and file")


def the_slot(kind: str, files: PowerCutFiles) -> KeySlot:
    first = RawSlot(PART, files)
    if kind == "raw":
        return first
    second = RawSlot(SECOND, files) if kind == "two raw" else SoftwareSlot(Path("/usb"), files)
    return MirroredSlot([first, second])


def a_store(kind: str, files: PowerCutFiles) -> KeyStore:
    return KeyStore(RECORD, [COPY], files=files, slot=the_slot(kind, files))


def settled(kind: str) -> tuple[PowerCutFiles, dict[str, bytes], dict[str, bytes]]:
    """A box in its third rotation: files, hours about to expire, hours that must live."""
    files = PowerCutFiles()
    for path in (PART, SECOND):
        files.reserve(path, 4 * BANK_BYTES)
        RawSlot(path, files).prepare()
    store, table = a_store(kind, files), table_of(20)
    store.open()
    store.rotate(table)
    dying = {row.hour: bytes(row.secret) for row in table.expired(NOW_NS)}
    return files, dying, {h: s for h, s in secrets_of(table).items() if h not in dying}


def start_and_rotate(kind: str, files: PowerCutFiles) -> KeyTable:
    store = a_store(kind, files)
    table = store.open()
    assert table is not None
    table.bury(table.expired(NOW_NS), NOW_NS, "expired")
    result = store.rotate(table)
    assert (result.verified, result.findings) == (True, ())
    return table


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_power_cut_at_any_step_of_a_rotation(kind: str, mode: Mode) -> None:
    cut = 0
    while True:
        files, dying, living = settled(kind)
        files.arm(cut, mode)
        try:
            start_and_rotate(kind, files)
        except PowerCut:
            files = files.after_reboot(cut)
        else:
            break
        files.arm(cut // 2, mode)
        try:
            start_and_rotate(kind, files)
        except PowerCut:
            files = files.after_reboot(cut + 1)
        files.arm(-1, mode)
        table = start_and_rotate(kind, files)
        assert secrets_of(table) == living
        assert set(table.tombstones) == set(dying)
        assert scan(files.after_reboot().everything()) == living
        assert live_keks(set(files.everything())) == 1
        cut += 1
    assert cut == (8 if kind == "raw" else 12)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_power_cut_while_a_pair_is_set_aside_harms_neither(kind: str, mode: Mode) -> None:
    cut = 0
    fresh = table_of(3, seed=5)
    while True:
        files, dying, living = settled(kind)
        good = dict(files.durable)
        for path in [path for path in files.durable if path.parent.name in ("dev", "usb")]:
            files.durable[path] = _spoilt(files.durable[path])
        spoilt = dict(files.durable)
        files = files.after_reboot()
        files.arm(cut, mode)
        try:
            _set_aside_and_go_on(kind, files, fresh)
        except PowerCut:
            files = files.after_reboot(cut)
        else:
            break
        files.arm(-1, mode)
        _set_aside_and_go_on(kind, files, fresh)
        assert secrets_of(a_store(kind, files.after_reboot()).open() or table_of(0)) == secrets_of(fresh)
        for path in (PART, SECOND):  # the sectors can be read again: nothing was overwritten
            assert files.durable[path][4096:BANK_BYTES] == spoilt[path][4096:BANK_BYTES]
            files.durable[path] = (
                files.durable[path][:4096] + good[path][4096:BANK_BYTES] + (files.durable[path][BANK_BYTES:])
            )
        assert living.keys() <= scan(files.after_reboot().everything()).keys()
        cut += 1
    assert cut >= 10


def _set_aside_and_go_on(kind: str, files: PowerCutFiles, fresh: KeyTable) -> None:
    store = a_store(kind, files)
    try:
        found = store.open()
    except StorehouseError:
        store.set_aside(until_ns=10**18)
        found = None
    store.rotate(found or fresh)
    if found is not None and found.hours.keys() != fresh.hours.keys():
        store.rotate(fresh)


def _spoilt(data: bytes) -> bytes:
    """Neither place of the first bank can be read."""
    places = (9000, 9000 + 135_168)
    out = bytearray(data)
    for at in places:
        if at < len(out):
            out[at] ^= 1
    return bytes(out)
