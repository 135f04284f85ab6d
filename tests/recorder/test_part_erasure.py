"""Erasing a part of an hour: exactly what was meant dies, the rest opens until its day, all while locked."""

from __future__ import annotations

from pathlib import Path

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.errors import StorehouseError
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_store import KeyStore
from tests.recorder.hold_rig import DAY_S, hold, opens
from tests.recorder.keeper_rig import KeeperRig, Written, camera_id, settings
from tests.recorder.test_holds import middle, three

CAMERA = camera_id(1)


def seen(rig: KeeperRig, written: list[Written]) -> list[bool]:
    """Which open; a file is there exactly where one does."""
    found = [opens(rig, one) for one in written]
    assert found == [one.path.exists() for one in written]
    return found


def erase_middle(rig: KeeperRig) -> str:
    return rig.order("erase", camera=CAMERA, **middle(rig), reason="misaimed")


async def test_the_middle_dies_and_nothing_that_was_kept_brings_it_back(tmp_path: Path) -> None:
    rig, written = await three(tmp_path, days=2)
    erase_middle(rig)
    assert await rig.tick() == "order"
    assert seen(rig, written) == [True, False, True]
    table = KeyStore(rig.record).open()
    assert table is not None and written[0].hour not in table.hours
    for row in table.hours.values():  # no secret that is left opens the wrapped key of any of them
        for one in written:
            try:
                unwrap_sealed_key(row.secret, one.segment, one.wrapped)
            except StorehouseError:
                continue
            raise AssertionError
    assert [bytes(row.sealed) for row in table.holds.values() if row.segment == written[1].segment] == []
    (entry,) = [one for one in rig.entries("rotation") if one["reason"] == "order"]
    assert [one["rest_of"] for one in entry["held"]] == [written[0].hour]
    assert rig.entries("files-erased")[-1]["segments"] == [written[1].segment]


async def test_what_stays_dies_on_the_day_of_its_hour_also_after_a_restart(tmp_path: Path) -> None:
    rig, written = await three(tmp_path, days=2)
    due_ns = rig.keeper.in_force().hours[written[0].hour].erase_at_ns
    erase_middle(rig)
    await rig.tick()
    await rig.boot()
    await rig.run_s((due_ns - rig.clock.wall_ns()) / NS_PER_S - 60)
    assert seen(rig, written) == [True, False, True]
    await rig.run_s(60, step_s=60)
    assert seen(rig, written) == [False, False, False]
    (over,) = rig.entries("rotation")[-1]["holds_ended"]
    assert over["reason"] == "rest-expired" and len(over["erased"]) == 2
    rig.order("ack", through_seq=rig.entries("rotation")[-1]["seq"])
    await rig.keeper.rotate("hour")
    assert rig.keeper.in_force().holds == {}


async def test_an_order_that_was_not_ticked_off_takes_nothing_more(tmp_path: Path) -> None:
    """A crash between the rotation and the ticking off leaves the order in the spool."""
    rig, written = await three(tmp_path)
    order = erase_middle(rig)
    kept = (rig.record / "orders" / f"{order}.json").read_bytes()
    await rig.tick()
    (rig.record / "orders.taken").unlink()
    (rig.record / "orders" / f"{order}.json").write_bytes(kept)
    await rig.boot()
    assert seen(rig, written) == [True, False, True]


async def test_a_second_order_takes_a_part_of_the_rest_and_a_third_all_of_it(tmp_path: Path) -> None:
    rig, written = await three(tmp_path, days=2)
    erase_middle(rig)
    await rig.tick()
    now_s = rig.clock.wall_ns() // NS_PER_S
    rig.order("erase", camera=CAMERA, from_s=now_s - 605, until_s=now_s - 595, reason="complaint")
    await rig.tick()
    assert seen(rig, written) == [True, False, False]
    (over,) = rig.entries("rotation")[-1]["holds_ended"]
    assert over["reason"].startswith("rest-order:") and over["erased"] == [written[2].segment]
    rig.order("erase", camera=CAMERA, from_s=now_s - 2 * HOUR_S, until_s=now_s + HOUR_S, reason="court")
    await rig.tick()
    assert seen(rig, written) == [False, False, False]
    ids = {one["hold"] for entry in rig.entries("rotation") for one in entry["holds_ended"]}
    assert len(ids) == 2


async def test_a_shorter_period_and_a_hold_reach_what_stays(tmp_path: Path) -> None:
    rig, written = await three(tmp_path, days=3)
    erase_middle(rig)
    await rig.tick()
    now_s = rig.clock.wall_ns() // NS_PER_S
    hold(rig, from_s=now_s - 605, until_s=now_s - 595)
    await rig.tick()
    rig.use(settings(2, storehouse=rig.storehouse, retention={"days": 1}))
    assert await rig.tick() == "periods"
    await rig.run_s(DAY_S + HOUR_S)
    assert seen(rig, written) == [False, False, True]  # the first at the shorter date, the third by its hold
    await rig.run_s(10 * DAY_S)
    assert seen(rig, written) == [False, False, False]


async def test_a_hold_reaches_what_stays_of_an_hour_that_has_no_date_yet(tmp_path: Path) -> None:
    """A new box that does not know the time: its hours have no date that could be compared with the order."""
    rig, written = await three(tmp_path, days=2, sure=False)
    erase_middle(rig)
    await rig.tick()
    assert [one.path.exists() for one in written] == [True, False, True]
    now_s = rig.clock.wall_ns() // NS_PER_S
    name = hold(rig, from_s=now_s - 605, until_s=now_s - 595)
    await rig.tick()
    (told,) = [one for entry in rig.entries("rotation") for one in entry["held"] if one["hold"] == name]
    assert told["segments"] == [written[2].segment]
    assert rig.entries("order-refused") == []
    assert opens(rig, written[2])


async def test_whole_hours_and_pieces_that_cannot_be_read_leave_nothing(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    whole = written[2].path.read_bytes()
    written[2].path.write_bytes(whole[:20] + bytes(200) + whole[220:])  # its header is no header any more
    erase_middle(rig)
    await rig.tick()
    assert [opens(rig, one) for one in written] == [True, False, False]
    start_s = rig.clock.wall_ns() // NS_PER_S // HOUR_S * HOUR_S
    rig.order("erase", camera=CAMERA, from_s=start_s, until_s=start_s + HOUR_S, reason="court")
    await rig.tick()
    assert not any(opens(rig, one) for one in written)


async def test_a_part_of_an_hour_that_is_past_its_day_leaves_no_rest(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    interval = middle(rig)
    rig.clock.advance_s(3 * DAY_S)
    rig.order("erase", camera=CAMERA, **interval, reason="misaimed")
    await rig.boot()
    assert seen(rig, written) == [False, False, False] and rig.keeper.in_force().holds == {}


async def test_a_rotation_that_fails_leaves_all_as_it_was_and_is_made_good(tmp_path: Path) -> None:
    rig, written = await three(tmp_path, days=2)
    erase_middle(rig)
    slot = rig.record / "slot"
    moved = rig.record / "elsewhere"
    slot.rename(moved)
    slot.write_text("in the way")
    assert (await rig.tick() or "").startswith("failed")
    assert all(one.path.exists() for one in written)
    slot.unlink()
    moved.rename(slot)
    rig.clock.advance_s(61)
    await rig.tick()
    assert seen(rig, written) == [True, False, True]
