"""T in a real TPM (swtpm) and a real PKCS#11 token (SoftHSM2): renewed daily, dropped, survived."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import StorehouseError
from kuramori.vault.configured_store import build_part
from kuramori.vault.key_store import KeyStore
from kuramori.vault.pkcs11_part import Pkcs11Part
from kuramori.vault.slot_config import SetUp
from kuramori.vault.token_part import PartAway, fresh_part, pack_part, parse_part
from kuramori.vault.tpm_part import TpmPart, tpm_facts
from tests.vault.slot_rig import DAY_NS, PartInMemory, Tpm, new_token
from tests.vault.table_samples import scan, secrets_of, table_of

if TYPE_CHECKING:
    from kuramori.vault.slot import Place
    from kuramori.vault.token_part import TokenPart

HOUR_NS = DAY_NS // 24


@pytest.fixture(params=["tpm", "token"])
def part(request: pytest.FixtureRequest, tmp_path: Path) -> TokenPart:
    if request.param == "tpm":
        made: TokenPart = request.getfixturevalue("tpm").part()
        return made
    request.getfixturevalue("softhsm")
    built = build_part(SetUp(part=new_token(f"t{os.urandom(4).hex()}", tmp_path)))
    assert built is not None
    return built


def a_store(root: Path, part: TokenPart | None) -> KeyStore:
    return KeyStore(root / "record", [root / "copy0"], part=part)


def read_both(part: TokenPart) -> dict[Place, bytes]:
    places: tuple[Place, Place] = ("A", "B")
    return {place: bytes(found.value) for place in places if (found := part.read(place))}


def everything(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]


def test_a_new_part_holds_nothing_takes_a_value_and_loses_it(part: TokenPart) -> None:
    assert read_both(part) == {}
    record = fresh_part(123)
    part.write("B", record)
    assert read_both(part) == {"B": bytes(record.value)}
    found = part.read("B")
    assert found is not None
    assert found.made_at_ns == 123
    part.drop("B")
    assert read_both(part) == {}
    part.drop("A")  # again, and of what was never there: harmless


def test_the_table_opens_only_with_the_part(part: TokenPart, tmp_path: Path) -> None:
    store, table = a_store(tmp_path, part), table_of(20)
    store.open()
    store.rotate(table, now_ns=0)
    again = a_store(tmp_path, part).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(table)
    with pytest.raises(StorehouseError, match="key-table-unreadable"):
        a_store(tmp_path, None).open()
    assert scan(everything(tmp_path)) == {}
    (value,) = read_both(part).values()
    assert scan(everything(tmp_path), value) == secrets_of(table)


def test_a_new_part_each_day_kills_every_copy_of_the_day_before(part: TokenPart, tmp_path: Path) -> None:
    store, table = a_store(tmp_path, part), table_of(5)
    store.open()
    store.rotate(table, now_ns=0)
    first = read_both(part)
    stolen = everything(tmp_path)
    store.rotate(table, now_ns=22 * HOUR_NS)
    assert read_both(part) == first
    assert secrets_of(table) == scan(stolen, *first.values())
    store.rotate(table, now_ns=DAY_NS)
    second = read_both(part)
    assert len(second) == 1
    assert second.keys() != first.keys()
    assert scan(stolen, *second.values()) == {}  # slot, table and all, and the TPM of today: nothing
    again = a_store(tmp_path, part).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(table)


def test_no_value_ever_touches_the_disk(part: TokenPart, tmp_path: Path) -> None:
    store = a_store(tmp_path, part)
    store.open()
    for day in range(3):
        store.rotate(table_of(3), now_ns=day * DAY_NS)
        (value,) = read_both(part).values()
        for data in everything(tmp_path / "record"):
            assert value not in data
            assert value.hex().encode() not in data


def test_a_tpm_that_goes_away_does_not_stop_erasing_and_is_told(tpm: Tpm, tmp_path: Path) -> None:
    part = tpm.part()
    store, table = a_store(tmp_path, part), table_of(40)
    store.open()
    store.rotate(table, now_ns=0)
    tpm.unplug()
    dying = table.bury(table.expired(3 * HOUR_NS), 0, "expired")
    assert dying
    result = store.rotate(table, now_ns=DAY_NS)
    assert result.findings == ("token-part-away",)
    tpm.plug_in()
    assert store.rotate(table, now_ns=DAY_NS).findings == ()
    again = a_store(tmp_path, part).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(table)


def test_a_start_without_the_tpm_wipes_nothing_and_its_return_brings_the_rows_back(
    tpm: Tpm, tmp_path: Path
) -> None:
    part = tpm.part()
    store, old = a_store(tmp_path, part), table_of(30)
    store.open()
    store.rotate(old, now_ns=0)
    tpm.unplug()
    store = a_store(tmp_path, part)
    with pytest.raises(StorehouseError, match="key-table-unreadable"):
        store.open()
    store.set_aside(until_ns=10**18)
    meanwhile = table_of(4, seed=8)
    result = store.rotate(meanwhile, now_ns=DAY_NS)
    assert (result.level, result.findings) == (1, ("token-part-away",))
    tpm.plug_in()
    store = a_store(tmp_path, part)
    current = store.open()
    assert current is not None
    assert secrets_of(current) == secrets_of(meanwhile)
    (pair,) = store.aside.pairs()
    late = store.aside.open(pair)
    assert late is not None
    assert current.take_in(late, now_ns=-1) == 30
    first = store.rotate(current, now_ns=DAY_NS)
    assert "token-part-waits" in first.findings  # the T of the pair set aside is not dropped yet
    store.aside.destroy(pair)
    assert store.rotate(current, now_ns=DAY_NS).findings == ()
    assert len(read_both(part)) == 1
    again = a_store(tmp_path, part).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(old) | secrets_of(meanwhile)


def test_a_tpm_that_was_reset_under_us_gets_a_new_value_at_the_next_attempt(tpm: Tpm, tmp_path: Path) -> None:
    part = tpm.part()
    store, table = a_store(tmp_path, part), table_of(3)
    store.open()
    store.rotate(table, now_ns=0)
    (place,) = read_both(part)
    part.drop(place)
    with pytest.raises(StorehouseError, match="token-part-changed"):
        store.rotate(table, now_ns=1)
    store.rotate(table, now_ns=2)
    again = a_store(tmp_path, part).open()
    assert again is not None
    assert secrets_of(again) == secrets_of(table)


def test_a_wrong_password_or_index_is_a_part_that_is_away(tpm: Tpm) -> None:
    place = tpm.place()
    right = TpmPart(place.tcti, place.indices, place.password)
    right.define()
    with pytest.raises(PartAway):
        TpmPart(place.tcti, place.indices, "0" * 32).read("A")
    with pytest.raises(PartAway):
        TpmPart(place.tcti, (0x01804BF0, 0x01804BF1), place.password).read("A")
    right.release()
    with pytest.raises(PartAway):
        right.read("A")


def test_a_wrong_pin_is_tried_once_because_tokens_lock_themselves(
    softhsm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_token("wrong-pin", tmp_path)
    right = Path(place.pin_file).read_text()
    Path(place.pin_file).write_text("000000")
    part = build_part(SetUp(part=place))
    assert isinstance(part, Pkcs11Part)
    asked: list[str] = []
    real = part._signed_in

    def counted(token: object, pin: str) -> object:
        asked.append(pin)
        return real(token, pin)  # type: ignore[arg-type]

    monkeypatch.setattr(part, "_signed_in", counted)
    for _ in range(5):
        with pytest.raises(PartAway, match="token-pin"):
            part.read("A")
    assert asked == ["000000"]
    Path(place.pin_file).write_text(right)
    assert part.read("A") is None


def test_secrets_are_on_no_command_line(tpm: Tpm, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = subprocess.run

    def watched(words: list[str], **rest: object) -> object:
        seen.extend(words)
        return real(words, **rest)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", watched)
    place = tpm.place()
    part = TpmPart(place.tcti, place.indices, place.password)
    part.define()
    record = fresh_part(1)
    part.write("A", record)
    part.read("A")
    assert "tpm2_nvwrite" in seen
    assert place.password not in " ".join(seen)
    assert record.value.hex() not in " ".join(seen)


def test_a_program_that_plays_a_tpm_or_token_is_known_as_one(part: TokenPart) -> None:
    facts = part.facts()
    assert facts.software
    assert facts.name


def test_a_chip_of_a_known_maker_is_no_program() -> None:
    shown = (
        'TPM2_PT_MANUFACTURER:\n  raw: 0x49465800\n  value: "IFX"\n'
        'TPM2_PT_VENDOR_STRING_1:\n  raw: 0x534C4239\n  value: "SLB9"\n'
        'TPM2_PT_VENDOR_STRING_2:\n  raw: 0x36373200\n  value: "672"\n'
    )
    facts = tpm_facts(shown)
    assert (facts.name, facts.software) == ("IFX SLB9 672", False)
    assert tpm_facts("").software  # what cannot be told is not praised


def test_a_record_that_is_not_whole_is_none() -> None:
    whole = bytes(pack_part(fresh_part(5)))
    assert parse_part(whole) is not None
    for at in range(0, 64, 7):
        assert parse_part(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]) is None
    assert parse_part(whole[:-1]) is None


def test_an_old_part_that_cannot_be_dropped_lowers_the_level_until_it_is(tmp_path: Path) -> None:
    from tests.vault.power_cut_files import PowerCutFiles

    part = PartInMemory(PowerCutFiles())
    store = KeyStore(tmp_path / "record", part=part)
    store.open()
    assert store.rotate(table_of(2), now_ns=0).level == 3
    part.stuck = True
    for _ in range(2):
        result = store.rotate(table_of(2), now_ns=DAY_NS)
        assert (result.level, result.verified) == (1, False)
        assert result.findings == ("old-token-part-stands",)
        assert result.assurance is not None
        assert not result.assurance.irrecoverable
    part.stuck = False
    result = store.rotate(table_of(2), now_ns=DAY_NS)
    assert (result.level, result.verified, len(part.kept)) == (3, True, 1)
