"""The recorder renews T in a real TPM each day, and no copy from an earlier day opens anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, ManualClock
from kuramori.vault.key_store import KeyStore
from tests.recorder.keeper_rig import KeeperRig, settings
from tests.vault.conftest import tpm
from tests.vault.slot_rig import Tpm
from tests.vault.table_samples import scan

if TYPE_CHECKING:
    from kuramori.vault.slot import Place
    from kuramori.vault.token_part import TokenPart

__all__ = ["tpm"]
PLACES: tuple[Place, Place] = ("A", "B")


@dataclass
class TpmRig(KeeperRig):
    part: TokenPart | None = None

    def store(self) -> KeyStore:
        return KeyStore(self.record, part=self.part)


def values(part: TokenPart) -> list[bytes]:
    return [bytes(found.value) for place in PLACES if (found := part.read(place))]


def stolen(rig: KeeperRig) -> list[bytes]:
    return [path.read_bytes() for path in rig.record.rglob("*") if path.is_file()]


async def test_each_day_has_its_own_value_and_yesterdays_copy_is_dead(tmp_path: Path, tpm: Tpm) -> None:
    part = tpm.part()
    rig = TpmRig(tmp_path, ManualClock.at("2027-01-10T09:59:00+09:00"), part=part)
    rig.use(settings(storehouse=rig.storehouse))
    await rig.boot()
    seen: list[bytes] = []
    copies: list[list[bytes]] = []
    for _ in range(3):
        (value,) = values(part)
        seen.append(value)
        copies.append(stolen(rig))
        assert scan(copies[-1], value)  # today's copy and today's TPM open what lives today
        await rig.run_s(24 * HOUR_S)
    (today,) = values(part)
    assert len({*seen, today}) == 4
    assert all(scan(copy, today) == {} for copy in copies)
    assert scan(stolen(rig), today).keys() == rig.keeper._table.hours.keys()
    await rig.boot()  # and a restart goes on with it
    assert values(part) == [today]
    assert len(rig.keeper._table.hours) > 0


async def test_a_tpm_that_is_pulled_stops_neither_recording_nor_erasing(tmp_path: Path, tpm: Tpm) -> None:
    rig = TpmRig(tmp_path, ManualClock.at("2027-01-10T09:59:00+09:00"), part=tpm.part())
    rig.use(settings(storehouse=rig.storehouse))
    await rig.boot()
    tpm.unplug()
    await rig.run_s(30 * HOUR_S)
    assert rig.keeper.failing == ""
    assert rig.keeper._result is not None
    assert "token-part-away" in rig.keeper._result.findings
    tpm.plug_in()
    await rig.run_s(HOUR_S)
    assert rig.keeper._result.findings == ()
