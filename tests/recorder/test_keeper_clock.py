"""The key table while the time is in doubt: recorded at once, shown to nobody when in doubt, never erased
late."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.errors import KeyGone
from kuramori.recorder.time_witnesses import Witness
from tests.recorder.keeper_rig import SURE, KeeperRig, camera_id

DAY_S = 24 * HOUR_S
KERNEL = Witness("kernel", 0)


async def _rig(tmp_path: Path, *, sure: bool = True) -> KeeperRig:
    rig = KeeperRig(tmp_path, ManualClock.at("2027-02-01T09:20:00+09:00"))
    if not sure:
        rig.witnesses.now = []
    await rig.boot()
    return rig


async def test_a_fresh_box_records_at_once_and_lets_its_footage_be_seen(tmp_path: Path) -> None:
    rig = await _rig(tmp_path, sure=False)
    written = rig.record_segment()
    row = rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns())
    assert row is not None and row.provisional
    await rig.run_s(3 * HOUR_S)
    assert rig.opens(written)


async def test_a_persons_word_dates_provisional_hours_once_from_the_boot_clock(tmp_path: Path) -> None:
    rig = await _rig(tmp_path, sure=False)
    written = rig.record_segment()
    await rig.run_s(3 * HOUR_S)
    rig.order("confirm-clock", wall_ns=rig.clock.wall_ns(), by="account:1")
    await rig.tick()
    dated = [row for entry in rig.entries("rotation") for row in entry["dated"]]
    assert len({row["hour"] for row in dated}) == len(dated)
    row = next(row for row in dated if row["hour"] == written.hour)
    recorded_hour_ns = (rig.clock.wall_ns() // NS_PER_S - 3 * HOUR_S) // HOUR_S * HOUR_S * NS_PER_S
    assert row["erase_at_ns"] == recorded_hour_ns + 14 * DAY_S * NS_PER_S
    await rig.run_s(14 * DAY_S - 3 * HOUR_S - 1200 - 3)
    assert rig.opens(written)
    await rig.run_s(2)
    assert not rig.opens(written)


async def test_an_unsure_start_refuses_what_looks_expired_and_erases_nothing_of_it(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    old = rig.record_segment()
    await rig.run_s(2 * DAY_S)
    rig.witnesses.now = []
    rig.clock.reboot(30 * DAY_S, "boot-2")
    await rig.boot()
    with pytest.raises(KeyGone) as refused:
        rig.keeper.unwrap(old.hour, old.segment, old.wrapped)
    assert refused.value.code == "clock-untrusted"
    assert old.path.exists() and not rig.erased()
    rig.clock.step_wall_s(-30 * DAY_S)  # the clock was wrong: nothing was lost
    rig.witnesses.now = [KERNEL]
    await rig.tick()
    assert rig.opens(old)


async def test_a_clock_in_1970_shows_nothing_of_another_boot(tmp_path: Path) -> None:
    """Off for a week, and the clock does not tell: all might be past its day, so nothing is given out."""
    rig = await _rig(tmp_path)
    old = rig.record_segment()
    await rig.run_s(10 * DAY_S)
    rig.witnesses.now = []
    rig.clock.reboot(7 * DAY_S, "boot-2", wall_error_s=-56 * 365 * DAY_S)
    await rig.boot()
    with pytest.raises(KeyGone) as refused:
        rig.keeper.unwrap(old.hour, old.segment, old.wrapped)
    assert refused.value.code == "clock-untrusted"
    fresh = rig.record_segment()
    assert rig.opens(fresh), "this boot's own footage is no older than the boot has run"


async def test_an_unsure_start_erases_what_last_seen_and_running_time_prove(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    written = rig.record_segment()
    await rig.run_s(13 * DAY_S + 20 * HOUR_S)
    rig.witnesses.now = []
    rig.clock.reboot(0, "boot-2", wall_error_s=-50 * 365 * DAY_S)
    await rig.boot()
    assert written.path.exists() and not rig.erased()
    await rig.run_s(4 * HOUR_S)
    assert not rig.opens(written) and not written.path.exists()


async def test_footage_of_a_boot_that_never_was_sure_dies_early_never_late(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    last_seen_ns = rig.clock.wall_ns()
    rig.witnesses.now = []
    rig.clock.reboot(3 * DAY_S, "boot-2", wall_error_s=400 * DAY_S)
    await rig.boot()
    written = rig.record_segment()
    true_recorded_ns = last_seen_ns + 3 * DAY_S * NS_PER_S
    rig.clock.reboot(2 * DAY_S, "boot-3", wall_error_s=-400 * DAY_S)
    rig.witnesses.now = list(SURE)
    await rig.boot()
    assert rig.opens(written)
    await rig.run_s(9 * DAY_S)
    assert not rig.opens(written)
    died_ns = next(row for row in rig.erased() if row["hour"] == written.hour)["erased_at_ns"]
    assert died_ns <= last_seen_ns + 14 * DAY_S * NS_PER_S + HOUR_S * NS_PER_S
    assert died_ns < true_recorded_ns + 14 * DAY_S * NS_PER_S


async def test_a_jump_to_2036_erases_nothing_and_footage_goes_on(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    before = rig.record_segment()
    rig.witnesses.now = [KERNEL]
    rig.clock.step_wall_s(9 * 365 * DAY_S)
    await rig.tick()
    during = rig.record_segment()
    assert during.path.parent.name.startswith("2036")
    await rig.run_s(2 * HOUR_S)
    assert not rig.erased()
    with pytest.raises(KeyGone):
        rig.keeper.unwrap(before.hour, before.segment, before.wrapped)
    rig.clock.step_wall_s(-9 * 365 * DAY_S)
    await rig.tick()
    assert rig.opens(before) and rig.opens(during)
    await rig.run_s(14 * DAY_S)
    assert not rig.opens(before) and not rig.opens(during)
    assert not before.path.exists() and not during.path.exists()


async def test_a_2036_that_was_believed_leaves_no_footage_until_2036_once_repaired(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    rig.clock.step_wall_s(9 * 365 * DAY_S)
    await rig.tick()  # two witnesses lie
    written = rig.record_segment()
    rig.clock.step_wall_s(-9 * 365 * DAY_S)
    await rig.tick()
    await rig.run_s(15 * DAY_S)
    assert not rig.opens(written) and not written.path.exists()


async def test_a_boot_in_1970_records_and_is_dated_when_the_time_is_known(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    rig.witnesses.now = []
    rig.clock.reboot(HOUR_S, "boot-2", wall_error_s=-57 * 365 * DAY_S)
    await rig.boot()
    written = rig.record_segment()
    assert written.path.parent.name.startswith("19")
    await rig.run_s(HOUR_S)
    rig.clock.step_wall_s(57 * 365 * DAY_S)
    rig.witnesses.now = [KERNEL]
    await rig.tick()
    assert rig.guard.view().trusted
    assert rig.opens(written)
    await rig.run_s(14 * DAY_S - HOUR_S - 1800)
    assert rig.opens(written)
    await rig.run_s(1800)
    assert not rig.opens(written)


async def test_no_hour_is_dated_from_a_later_start_than_its_pictures(tmp_path: Path) -> None:
    """The clock jumps half an hour: the hour that was provided for then must not be used now."""
    rig = await _rig(tmp_path)
    rig.witnesses.now = [KERNEL]
    rig.clock.advance_s(20 * 60)  # 9:40
    rig.clock.step_wall_s(30 * 60)  # says 10:10
    rig.guard.tick()
    assert rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is None
    await rig.tick()
    row = rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns())
    assert row is not None and row.provisional


async def test_sealed_after_24_untrusted_hours_is_told(tmp_path: Path) -> None:
    rig = await _rig(tmp_path, sure=False)
    await rig.run_s(25 * HOUR_S)
    assert rig.guard.view().confidence == "sealed"
    assert [entry["state"] for entry in rig.entries("clock")] == ["provisional", "sealed"]
    assert rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is not None
