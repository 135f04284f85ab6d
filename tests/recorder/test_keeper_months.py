"""Days (months in the long proof) under a clock moved by hand: every hour dies on its day, and is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock, iso
from kuramori.vault.retention_date import erase_at_ns
from tests.recorder.keeper_rig import KeeperRig, Written, camera_id, settings

WEEK_S = 7 * 24 * HOUR_S


def _rig(tmp_path: Path, at: str = "2026-12-20T00:00:00+09:00") -> KeeperRig:
    return KeeperRig(tmp_path, ManualClock.at(at))


@pytest.mark.parametrize(
    ("retention", "days"),
    [({"days": 3}, 5), pytest.param({"months": 1}, 62, marks=pytest.mark.proof)],
    ids=["three days", "a month"],
)
async def test_every_hour_dies_at_its_start_plus_the_period(
    tmp_path: Path, retention: dict[str, int], days: int
) -> None:
    rig = _rig(tmp_path, "2026-12-30T00:00:00+09:00")
    rig.use(settings(storehouse=rig.storehouse, retention=retention))
    await rig.boot()
    rows = {}
    for _ in range(days * 24):
        row = rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns())
        assert row is not None
        rows[row.hour] = row.hour_start_s
        await rig.run_s(HOUR_S)
    erased = {row["hour"]: row for row in rig.erased()}
    now_ns = rig.clock.wall_ns()
    assert len(erased) > days * 24 // 3
    for hour, start_s in rows.items():
        due_ns = erase_at_ns(start_s, retention, "Asia/Tokyo")
        assert (hour in erased) == (due_ns <= now_ns), iso(start_s * NS_PER_S)
        if hour in erased:
            assert erased[hour]["erase_at_ns"] == due_ns
            assert due_ns - 2 * NS_PER_S <= erased[hour]["erased_at_ns"] <= due_ns
    assert len(rig.erased()) == len(erased)


async def test_a_segment_opens_until_its_hour_dies_and_its_file_goes_with_it(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    written = rig.record_segment()
    await rig.run_s(14 * 24 * HOUR_S - HOUR_S)
    assert rig.opens(written)
    assert written.path.exists()
    await rig.run_s(HOUR_S)
    assert not rig.opens(written)
    assert not written.path.exists()
    assert rig.entries("files-erased")[-1]["segments"] == [written.segment]


async def test_the_date_counts_even_before_the_rotation_has_come(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    written = rig.record_segment()
    rig.clock.advance_s(14 * 24 * HOUR_S)  # nothing ticks
    assert not rig.opens(written)


async def test_a_box_that_was_off_for_a_week_erases_as_soon_as_it_is_sure_of_the_time(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    dies = rig.record_segment()
    await rig.run_s(10 * 24 * HOUR_S)
    lives = rig.record_segment()
    rig.clock.reboot(WEEK_S, "boot-2")
    await rig.boot()
    assert not rig.opens(dies) and not dies.path.exists()
    assert rig.opens(lives)


async def test_hours_are_there_for_the_next_two_hours_when_the_power_fails(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    await rig.run_s(HOUR_S)
    rig.clock.reboot(1.9 * HOUR_S, "boot-2")
    rig.witnesses.now = []
    epoch = rig.keeper.status()["epoch"]
    keeper = await rig.boot()
    assert keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is not None
    assert epoch != keeper.status()["epoch"]


async def test_a_camera_taken_down_keeps_its_dates(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    written = rig.record_segment()
    rig.use({**settings(storehouse=rig.storehouse), "cameras": []})
    await rig.run_s(14 * 24 * HOUR_S - HOUR_S)
    assert rig.opens(written)
    await rig.run_s(HOUR_S)
    assert not rig.opens(written) and not written.path.exists()


async def test_without_settings_erasing_goes_on(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    written = rig.record_segment()
    rig.keeper.settings = None
    await rig.run_s(14 * 24 * HOUR_S)
    assert not rig.opens(written) and not written.path.exists()


async def test_a_shorter_period_counts_for_what_exists(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    written = rig.record_segment()
    await rig.run_s(3 * 24 * HOUR_S)
    rig.use(settings(storehouse=rig.storehouse, retention={"days": 2}))
    await rig.run_s(HOUR_S)
    assert not rig.opens(written)


async def test_a_longer_period_does_not_bring_an_older_date_later(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    rig.use(settings(storehouse=rig.storehouse, retention={"days": 2}))
    await rig.boot()
    written = rig.record_segment()
    rig.use(settings(storehouse=rig.storehouse, retention={"days": 14}))
    await rig.run_s(2 * 24 * HOUR_S)
    assert not rig.opens(written)


async def test_tombstones_stay_until_the_ledger_has_them(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    rig.record_segment()
    await rig.run_s(15 * 24 * HOUR_S)
    assert rig.keeper.status()["tombstones"] == 25
    rig.order("ack", through_seq=rig.entries("rotation")[-2]["seq"])
    await rig.run_s(HOUR_S)
    assert rig.keeper.status()["tombstones"] == 2  # the last one told, and the one of this hour
    assert rig.keeper.due(rig.guard.tick()) is None


async def test_hundreds_of_cameras_change_nothing(tmp_path: Path) -> None:
    rig = _rig(tmp_path)
    rig.use(settings(100, storehouse=rig.storehouse, retention={"days": 1}))
    await rig.boot()
    await rig.run_s(26 * HOUR_S)
    assert len(rig.erased()) == 300
    assert rig.keeper.status()["hours"] == 100 * (24 + 2)


def _all_of(rig: KeeperRig, written: list[Written]) -> list[bool]:
    return [rig.opens(one) for one in written]
