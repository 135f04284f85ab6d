"""Moving the keys to other media: nothing lives on in the old place, and power may fail at any step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import BadInput, StorehouseError
from kuramori.vault import configured_store
from kuramori.vault.configured_store import key_store, move
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_table import KeyTable
from kuramori.vault.slot_config import SetUp, SlotPlace, load
from tests.vault.power_cut_files import PowerCut, PowerCutFiles
from tests.vault.slot_rig import PartInMemory, Tpm, configured, in_directory, new_token, raw
from tests.vault.table_samples import COPY, RECORD, a_store, live_keks, scan, secrets_of, table_of

if TYPE_CHECKING:
    from kuramori.vault.slot import Place
    from kuramori.vault.token_part import TokenPart
    from tests.vault.power_cut_files import Mode

NEW = SetUp((SlotPlace("file", "/usb"),))
MODES: tuple[Mode, ...] = ("before", "torn", "torn-pages")


def everything(root: Path, *devices: Path) -> list[bytes]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return [path.read_bytes() for path in [*files, *devices]]


def test_every_move_keeps_the_rows_and_leaves_nothing_behind(
    tmp_path: Path, device: Path, tpm: Tpm, softhsm: None
) -> None:
    record, copies, table = tmp_path / "record", [tmp_path / "copy0"], table_of(30)
    store = configured(tmp_path)
    store.open()
    store.rotate(table)
    chip = tpm.place()
    way = [
        SetUp((raw(device),)),
        SetUp((raw(device),), chip),
        SetUp((raw(device), in_directory(tmp_path / "usb")), chip),
        SetUp((in_directory(tmp_path / "usb"),), new_token("moves", tmp_path)),
        SetUp(),
    ]
    for wanted in way:
        result = move(record, copies, wanted, 0)
        assert (result.verified, result.findings) == (True, ())
        config = load(record, RealFiles())
        assert (config.set_up, config.leaving) == (wanted, None)
        again = configured(tmp_path).open()
        assert again is not None
        assert secrets_of(again) == secrets_of(table)
        without_part = scan(everything(tmp_path, device))
        assert without_part == ({} if wanted.part else secrets_of(table))
    assert live_keks(everything(tmp_path, device)) == 1


def test_moving_gives_the_indices_back_to_the_tpm(tmp_path: Path, tpm: Tpm) -> None:
    place = tpm.place()
    move(tmp_path / "record", [], SetUp(part=place), 0)
    assert tpm.place().indices != place.indices
    move(tmp_path / "record", [], SetUp(), 0)
    assert tpm.place().indices == place.indices


def test_a_move_waits_for_what_was_set_aside(tmp_path: Path) -> None:
    store = configured(tmp_path)
    store.open()
    store.rotate(table_of(3))
    for place in "AB":
        (tmp_path / "record/slot" / place).write_bytes(b"")
    store = configured(tmp_path)
    with pytest.raises(StorehouseError, match="key-table-unreadable"):
        move(tmp_path / "record", [], SetUp((in_directory(tmp_path / "usb"),)), 0)
    with pytest.raises(StorehouseError):
        store.open()
    store.set_aside(until_ns=10**18)
    store.rotate(KeyTable())
    with pytest.raises(BadInput, match="slot-set-aside-waits"):
        move(tmp_path / "record", [], SetUp((in_directory(tmp_path / "usb"),)), 0)
    assert not (tmp_path / "record/slot.json").exists()


def test_a_lost_tpm_can_be_left_behind(tmp_path: Path, tpm: Tpm) -> None:
    move(tmp_path / "record", [], SetUp(part=tpm.place()), 0)
    tpm.unplug()
    with pytest.raises(StorehouseError):
        move(tmp_path / "record", [], SetUp(), 0, lost=True)  # it still holds what opens the table
    tpm.plug_in()
    move(tmp_path / "record", [], SetUp((in_directory(tmp_path / "usb"),), tpm.place()), 0)
    (tmp_path / "usb").rename(tmp_path / "gone")
    with pytest.raises(StorehouseError):
        move(tmp_path / "record", [], SetUp(), 0)


def test_what_cannot_be_destroyed_in_the_old_place_is_told_at_each_rotation(tmp_path: Path) -> None:
    two = SetUp((in_directory(tmp_path / "one"), in_directory(tmp_path / "two")))
    move(tmp_path / "record", [], two, 0)
    (tmp_path / "one").rename(tmp_path / "away")
    result = move(tmp_path / "record", [], SetUp((in_directory(tmp_path / "two"),)), 0)
    assert (result.verified, result.level, result.findings) == (False, 1, ("left-slot-stands",))
    (tmp_path / "away").rename(tmp_path / "one")
    store = configured(tmp_path)
    table = store.open()
    assert store.rotate(table or KeyTable()).findings == ()
    assert load(tmp_path / "record", RealFiles()).leaving is None
    assert live_keks(everything(tmp_path)) == 1


def test_a_medium_known_to_be_lost_is_not_waited_for(tmp_path: Path) -> None:
    two = SetUp((in_directory(tmp_path / "one"), in_directory(tmp_path / "two")))
    move(tmp_path / "record", [], two, 0)
    (tmp_path / "one").rename(tmp_path / "away")
    move(tmp_path / "record", [], SetUp((in_directory(tmp_path / "two"),)), 0, lost=True)
    store = configured(tmp_path)
    table = store.open()
    assert store.rotate(table or KeyTable()).findings == ()


# Power


class Rig:
    """A box in memory whose T, too, is in memory: what `configured_store` builds for any part."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = PowerCutFiles()
        self.kept: dict[str, dict[Place, bytes]] = {}
        monkeypatch.setattr(configured_store, "build_part", self._part)

    def _part(self, set_up: SetUp) -> TokenPart | None:
        if set_up.part is None:
            return None
        memory = self.kept.setdefault(repr(set_up.part), {})
        return PartInMemory(self.files, memory)

    def reboot(self, seed: int) -> None:
        self.files = self.files.after_reboot(seed)


def _tpm_place(number: int) -> SetUp:
    from kuramori.vault.slot_config import TpmPlace

    return SetUp((SlotPlace("file", f"/usb{number}"),), TpmPlace("none", (number, number), "x"))


def _start(rig: Rig) -> KeyTable:
    store = key_store(RECORD, [COPY], rig.files)
    table = store.open()
    assert table is not None
    store.rotate(table, now_ns=0)
    return table


def _moving(rig: Rig, wanted: SetUp) -> None:
    move(RECORD, [COPY], wanted, 0, files=rig.files)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("to_part", [False, True])
def test_a_power_cut_at_any_step_of_a_move_loses_nothing_and_leaves_nothing_behind(
    to_part: bool, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = 0
    while True:
        rig = Rig(monkeypatch)
        living = table_of(6)
        store = a_store(rig.files)
        store.open()
        store.rotate(living)
        if to_part:
            _moving(rig, _tpm_place(1))
        wanted = _tpm_place(2) if to_part else NEW
        rig.files.arm(cut, mode)
        try:
            _moving(rig, wanted)
        except PowerCut:
            rig.reboot(seed=cut)
        else:
            break
        rig.files.arm(cut % 5, mode)  # and once more in the start that follows
        try:
            _start(rig)
        except PowerCut:
            rig.reboot(seed=cut + 1)
        rig.files.arm(-1, mode)
        assert secrets_of(_start(rig)) == secrets_of(living)
        assert load(RECORD, rig.files).leaving is None
        _moving(rig, wanted)  # whoever moved it does so again
        assert secrets_of(_start(rig)) == secrets_of(living)
        values = [bytes(kept[8:]) for memory in rig.kept.values() for kept in memory.values()]
        assert len(values) == (1 if to_part else 0)
        seen = rig.files.after_reboot().everything()
        assert scan(seen, *values) == secrets_of(living)
        cut += 1
    assert cut == len(rig.files.operations)
    assert cut >= 15


@pytest.mark.parametrize("mode", MODES)
def test_a_power_cut_at_any_step_of_a_renewal_loses_nothing_and_keeps_one_value(
    mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    day_ns = 24 * 3600 * 10**9
    cut = 0
    while True:
        rig = Rig(monkeypatch)
        living = table_of(6)
        move(RECORD, [COPY], _tpm_place(1), 0, files=rig.files)
        store = key_store(RECORD, [COPY], rig.files)
        store.open()
        store.rotate(living, now_ns=0)
        rig.files.arm(cut, mode)
        try:
            store.rotate(living, now_ns=day_ns)
        except PowerCut:
            rig.reboot(seed=cut)
        else:
            break
        store = key_store(RECORD, [COPY], rig.files)
        table = store.open()
        assert table is not None
        assert secrets_of(table) == secrets_of(living)
        store.rotate(table, now_ns=day_ns)
        (memory,) = rig.kept.values()
        (value,) = memory.values()
        assert int.from_bytes(value[:8], "big") == day_ns
        assert scan(rig.files.after_reboot().everything(), value[8:]) == secrets_of(living)
        cut += 1
    assert any("part-drop" in name for name in rig.files.operations)
    assert any("part-write" in name for name in rig.files.operations)
    assert cut == len(rig.files.operations)


def test_a_real_tpm_is_cut_off_between_any_two_of_its_steps(
    tpm: Tpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewal on a real TPM: before its n-th use all ends, the TPM loses power too, and all starts anew."""
    from kuramori.vault import tpm_part
    from kuramori.vault.key_store import KeyStore

    day_ns = 24 * 3600 * 10**9
    part = tpm.part()
    real = tpm_part._tool
    table, countdown = table_of(5), [10**6]

    def counted(*words: str, **data: bytes) -> bytes:
        countdown[0] -= 1
        if countdown[0] < 0:
            raise PowerCut
        return real(*words, **data)

    monkeypatch.setattr(tpm_part, "_tool", counted)
    store = KeyStore(tmp_path / "record", part=part)
    store.open()
    store.rotate(table, now_ns=0)
    for day in range(1, 9):
        countdown[0] = day - 1
        cut = False
        try:
            store.rotate(table, now_ns=day * day_ns)
        except PowerCut:
            cut = True
            tpm.unplug()
            tpm.plug_in()
        countdown[0] = 10**6
        store = KeyStore(tmp_path / "record", part=part)
        again = store.open()
        assert again is not None
        assert secrets_of(again) == secrets_of(table)
        store.rotate(again, now_ns=day * day_ns)
        places: tuple[Place, Place] = ("A", "B")
        assert sum(part.read(place) is not None for place in places) == 1
    assert not cut  # the last day had steps to spare: every step of a renewal was cut before
