"""Holds: exactly what is named is kept, up to its stated end, and nothing else of that hour."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.errors import Damaged, StorehouseError
from kuramori.recorder.orders import read_order
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key
from tests.recorder.hold_rig import DAY_S, hold, opens
from tests.recorder.keeper_rig import RECORDER, KeeperRig, Written, camera_id, settings

CAMERA = camera_id(1)


async def three(tmp_path: Path, days: int = 1, *, sure: bool = True) -> tuple[KeeperRig, list[Written]]:
    """Three segments of one hour, ten minutes apart; the middle one is to be held. `sure`: of the time."""
    rig = KeeperRig(tmp_path, ManualClock.at("2027-01-10T09:02:00+09:00"))
    if not sure:
        rig.witnesses.now = []
    rig.use(settings(2, storehouse=rig.storehouse, retention={"days": days}))
    await rig.boot()
    written = []
    for _ in range(3):
        written.append(rig.record_segment(1))
        rig.clock.advance_s(600)
    return rig, written


def middle(rig: KeeperRig) -> dict[str, int]:
    """The interval of the middle segment, when the third has just been written."""
    now_s = rig.clock.wall_ns() // NS_PER_S
    return {"from_s": now_s - 1205, "until_s": now_s - 1195}


async def test_one_segment_is_held_and_its_hour_dropped_exactly_that_one_opens(tmp_path: Path) -> None:
    """The adversary has everything the box holds afterwards and the storehouse's private key."""
    rig, written = await three(tmp_path)
    before = KeyStore(rig.record).open()
    assert before is not None
    hold(rig, **middle(rig))
    assert await rig.tick() == "order"
    await rig.run_s(DAY_S + HOUR_S)
    assert [opens(rig, one) for one in written] == [False, True, False]
    assert [one.path.exists() for one in written] == [False, True, False]
    table = KeyStore(rig.record).open()
    assert table is not None and written[0].hour not in table.hours

    def opened(one: Written, secrets: list[bytes], sealed: list[bytes]) -> bool:
        for secret in secrets:
            try:
                sealed.append(unwrap_sealed_key(bytearray(secret), one.segment, one.wrapped))
            except StorehouseError:
                continue
        start_ns = int(one.path.name.split("-")[0])
        context = SealContext(1, RECORDER, CAMERA, one.segment, start_ns, rig.storehouse.id)
        for try_this in sealed:
            try:
                return bytes(open_segment_key(rig.storehouse.private, try_this, context)) == bytes(range(32))
            except (StorehouseError, Damaged):
                continue
        return False

    def attack(table: Any) -> list[bool]:
        secrets = [bytes(row.secret) for row in table.hours.values()]
        return [opened(one, secrets, [bytes(row.sealed) for row in table.holds.values()]) for one in written]

    assert attack(before) == [True, True, True]  # the attack can succeed
    assert attack(table) == [False, True, False]
    with SegmentFile(written[1].path) as file:
        assert file.read(1, bytes(range(32))) == b"picture"


async def test_a_hold_is_told_with_a_rotation_that_stands_and_again_after_a_restart(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    order = hold(rig, **middle(rig))
    await rig.tick()
    told = rig.entries("rotation")[-1]["held"]
    assert [(one["hold"], one["segments"]) for one in told] == [(order, [written[1].segment])]
    assert rig.entries("order-done")[-1]["order"] == order
    await rig.run_s(HOUR_S)
    assert rig.entries("rotation")[-1]["held"] == []
    await rig.boot()
    assert [one["hold"] for one in rig.entries("rotation")[-1]["held"]] == [order]


async def test_the_end_date_erases_and_nothing_later(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    order = hold(rig, **middle(rig))
    end_ns = rig.clock.wall_ns() + 10 * DAY_S * NS_PER_S
    await rig.tick()
    await rig.run_s(10 * DAY_S - 60)
    assert opens(rig, written[1])
    rig.clock.advance_s(60)
    assert not opens(rig, written[1])  # refused at once, before any rotation
    assert await rig.tick() == "expired"
    assert not written[1].path.exists()
    (over,) = rig.entries("rotation")[-1]["holds_ended"]
    assert (over["hold"], over["erased"], over["reason"]) == (order, [written[1].segment], "hold-ended")
    assert over["erase_at_ns"] == end_ns
    table = KeyStore(rig.record).open()
    assert table is not None and not any(row.sealed for row in table.holds.values())
    rig.order("ack", through_seq=rig.entries("rotation")[-1]["seq"])
    await rig.keeper.rotate("hour")
    assert rig.keeper.in_force().holds == {} and order not in rig.keeper.in_force().tombstones


async def test_a_hold_that_is_ended_early_erases_only_what_lives_by_it(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    now_s = rig.clock.wall_ns() // NS_PER_S
    first = hold(rig, from_s=now_s - 1805, until_s=now_s - 1195)  # the first and the middle one
    second = hold(rig, **middle(rig), case="別件")
    await rig.tick()
    await rig.run_s(DAY_S + HOUR_S)
    assert [opens(rig, one) for one in written] == [True, True, False]
    end = rig.order("end-hold", hold=first)
    await rig.tick()
    assert [opens(rig, one) for one in written] == [False, True, False]
    assert [one.path.exists() for one in written] == [False, True, False]
    (over,) = rig.entries("rotation")[-1]["holds_ended"]
    assert (over["erased"], over["reason"]) == ([written[0].segment], f"hold-order:{end}")
    rig.order("end-hold", hold=second)
    await rig.tick()
    assert not opens(rig, written[1]) and not written[1].path.exists()


async def test_a_hold_that_ends_while_the_hour_lives_takes_nothing_with_it(tmp_path: Path) -> None:
    rig, written = await three(tmp_path, days=14)
    order = hold(rig, **middle(rig))
    await rig.tick()
    rig.order("end-hold", hold=order)
    await rig.tick()
    assert all(opens(rig, one) and one.path.exists() for one in written)
    assert rig.entries("rotation")[-1]["holds_ended"][0]["erased"] == []


async def test_holds_come_before_erasures_that_wait_with_them(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    now_s = rig.clock.wall_ns() // NS_PER_S
    rig.order("erase", camera=CAMERA, from_s=now_s - HOUR_S, until_s=now_s, reason="misaimed")
    hold(rig, **middle(rig))
    await rig.tick()
    assert [opens(rig, one) for one in written] == [False, True, False]
    assert [one.path.exists() for one in written] == [False, True, False]


async def test_a_hold_decided_in_time_saves_what_a_box_that_was_off_would_erase(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    hold(rig, **middle(rig))
    rig.clock.advance_s(3 * DAY_S)
    await rig.boot()
    assert [opens(rig, one) for one in written] == [False, True, False]


async def test_a_hold_decided_too_late_saves_nothing(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    interval = middle(rig)
    rig.clock.advance_s(3 * DAY_S)
    hold(rig, **interval)
    await rig.boot()
    assert not any(opens(rig, one) for one in written)
    assert rig.entries("order-refused")[0]["why"] == "hold-nothing-left"


async def test_a_held_segment_is_not_held_again_beyond_its_end(tmp_path: Path) -> None:
    """A later date for footage whose hour is gone, under whatever case, is refused."""
    rig, written = await three(tmp_path)
    interval = middle(rig)
    hold(rig, **interval)
    await rig.run_s(DAY_S + HOUR_S)
    hold(rig, **interval, case="延長")
    await rig.tick()
    assert rig.entries("order-refused")[0]["why"] == "hold-nothing-left"
    await rig.run_s(9 * DAY_S)
    assert not opens(rig, written[1])


async def test_the_hold_of_one_camera_gives_nothing_to_another(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    hold(rig, **middle(rig))
    await rig.run_s(DAY_S + HOUR_S)
    assert opens(rig, written[1], camera=1) and not opens(rig, written[1], camera=2)


@pytest.mark.parametrize("restart", [False, True])
async def test_a_replayed_hold_is_refused(tmp_path: Path, restart: bool) -> None:
    rig, written = await three(tmp_path)
    spool, kept = rig.record / "orders", tmp_path / "kept"
    order = hold(rig, **middle(rig))
    shutil.copytree(spool, kept)
    await rig.tick()
    rig.order("end-hold", hold=order)
    await rig.run_s(DAY_S + HOUR_S)
    if restart:
        await rig.boot()
    shutil.copytree(kept, spool, dirs_exist_ok=True)
    await rig.tick()
    assert [(e["order"], e["why"]) for e in rig.entries("order-refused")] == [(order, "order-replayed")]
    assert not opens(rig, written[1])


async def test_an_unsigned_hold_is_refused(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    rig.orders_key = Ed25519PrivateKey.generate()
    hold(rig, **middle(rig))
    await rig.run_s(DAY_S + HOUR_S)
    assert rig.entries("order-refused")[0]["why"] == "order-unsigned"
    assert not opens(rig, written[1])


DAY_NS = DAY_S * NS_PER_S
AT_NS = ManualClock.at("2027-01-10T09:32:00+09:00").wall_ns()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"case": " "}, "order-field"),
        ({"basis": ""}, "order-field"),
        ({"reason": "x" * 401}, "order-field"),
        ({"approver": "a\x00b"}, "order-field"),
        ({"camera": "../../etc"}, "order-field"),
        ({"from_s": AT_NS // NS_PER_S}, "order-field"),
        ({"until_s": AT_NS // NS_PER_S + 5}, "order-field"),
        ({"from_s": AT_NS // NS_PER_S - 2 * DAY_S}, "order-field"),
        ({"review_at_ns": AT_NS}, "order-field"),
        ({"review_at_ns": AT_NS + 11 * DAY_NS}, "order-field"),
        ({"ends_at_ns": AT_NS + 400 * DAY_NS}, "hold-too-long"),
        ({"approver": "account:1", "from_s": AT_NS // NS_PER_S - 3601}, "hold-own-approval"),
        ({"camera": camera_id(2)}, "hold-nothing-left"),
    ],
)
async def test_a_hold_that_cannot_be_is_refused(tmp_path: Path, fields: dict[str, Any], why: str) -> None:
    rig, _ = await three(tmp_path)
    assert rig.clock.wall_ns() == AT_NS
    order = hold(rig, **fields)
    await rig.tick()
    await rig.keeper.rotate("hour")
    assert [(e["order"], e["why"]) for e in rig.entries("order-refused")] == [(order, why)]
    assert rig.keeper.in_force().holds == {}


async def test_a_hold_whose_end_is_past_when_it_is_read_is_refused(tmp_path: Path) -> None:
    rig, _ = await three(tmp_path, days=14)
    now_ns = rig.clock.wall_ns()
    hold(rig, ends_at_ns=now_ns + HOUR_S * NS_PER_S, review_at_ns=now_ns + 60 * NS_PER_S)
    rig.clock.advance_s(2 * HOUR_S)
    await rig.tick()
    assert rig.entries("order-refused")[0]["why"] == "hold-over"


async def test_an_unknown_hold_cannot_be_ended(tmp_path: Path) -> None:
    rig, _ = await three(tmp_path)
    rig.order("end-hold", hold="7" * 32)
    await rig.tick()
    assert rig.entries("order-refused")[0]["why"] == "no-such-hold"


async def test_the_longest_words_fit_the_table(tmp_path: Path) -> None:
    rig, written = await three(tmp_path)
    words = {"case": 80, "basis": 160, "reason": 400, "requester": 100, "approver": 100}
    long: dict[str, Any] = {name: "\U0001f511" * most for name, most in words.items()}
    long["approver"] = "押" * 100
    hold(rig, **middle(rig), **long)
    await rig.run_s(DAY_S + HOUR_S)
    assert not rig.keeper.failing and opens(rig, written[1])


async def test_a_hold_works_with_an_order_file_alone_no_storehouse_key_is_there(tmp_path: Path) -> None:
    """What the recorder needs for a hold is the order and its own table: nothing of the private key."""
    rig, written = await three(tmp_path)
    name = hold(rig, **middle(rig))
    public = (rig.record / "orders.pub").read_bytes()
    order = read_order((rig.record / "orders" / f"{name}.json").read_bytes(), public)
    rig.storehouse.wipe()
    await rig.run_s(DAY_S + HOUR_S)
    assert order.id == name and opens(rig, written[1])
