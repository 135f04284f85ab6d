"""Orders: obeyed once when signed, refused and journalled when not; erasing early, also in the running
hour."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.recorder import exact_json
from kuramori.recorder.orders import sign_order
from tests.recorder.keeper_rig import KeeperRig, camera_id, settings


async def _rig(tmp_path: Path) -> KeeperRig:
    rig = KeeperRig(tmp_path, ManualClock.at("2027-02-01T09:20:00+09:00"))
    rig.use(settings(2, storehouse=rig.storehouse))
    await rig.boot()
    return rig


def _now_s(rig: KeeperRig) -> int:
    return rig.clock.wall_ns() // NS_PER_S


async def test_erasing_one_camera_early_takes_whole_hours_and_nothing_else(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    wanted, other = rig.record_segment(1), rig.record_segment(2)
    at_s = _now_s(rig)
    await rig.run_s(2 * HOUR_S)
    later = rig.record_segment(1)
    order = rig.order("erase", camera=camera_id(1), from_s=at_s, until_s=at_s + 1, reason="misaimed")
    assert await rig.tick() == "order"
    assert not rig.opens(wanted) and not wanted.path.exists()
    assert rig.opens(other) and rig.opens(later)
    assert [row["reason"] for row in rig.erased()] == [f"order:{order}"]
    assert [entry["order"] for entry in rig.entries("order-done")] == [order]
    assert not list((rig.record / "orders").iterdir())


async def test_erasing_in_the_running_hour_closes_the_segment_and_gives_the_rest_a_new_hour(
    tmp_path: Path,
) -> None:
    rig = await _rig(tmp_path)
    running = rig.record_segment(1)
    left: list[frozenset[str]] = []

    async def leave(hours: frozenset[str]) -> None:
        assert rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is None  # nothing more goes in
        left.append(hours)

    rig.keeper.leave_hours = leave
    rig.order("erase", camera=camera_id(1), from_s=_now_s(rig), until_s=_now_s(rig) + 60, reason="court")
    await rig.tick()
    assert left == [frozenset({running.hour})]
    assert not rig.opens(running) and not running.path.exists()
    rest = rig.record_segment(1)
    assert rest.hour != running.hour
    assert rig.opens(rest)


async def test_hours_that_have_not_begun_are_not_touched(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    rig.order("erase", camera=camera_id(1), from_s=0, until_s=2**40, reason="all of it")
    await rig.tick()
    assert len(rig.erased()) == 1


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        ("hold", {"camera": camera_id(1), "until_ns": 5}, "order-field"),
        ("extend", {"camera": camera_id(1)}, "order-later-date"),
        ("open", {}, "order-unknown"),
        ("erase", {"camera": camera_id(1), "from_s": 5}, "order-field"),
        ("erase", {"camera": camera_id(1), "from_s": 9, "until_s": 5}, "order-field"),
        ("erase", {"camera": "../../etc", "from_s": 1, "until_s": 5}, "order-field"),
        ("erase", {"camera": camera_id(1), "from_s": 1, "until_s": True}, "order-field"),
        ("erase", {"camera": camera_id(1), "from_s": 1, "until_s": 5, "erase_at_ns": 9}, "order-field"),
        ("ack", {"through_seq": 10**9}, "no-such-entry"),
        ("ack", {"through_seq": -1}, "order-field"),
        ("confirm-clock", {"wall_ns": 5, "by": "account:1"}, "clock-has-moved"),
    ],
)
async def test_what_cannot_be_is_refused_and_journalled(
    tmp_path: Path, kind: str, fields: dict[str, object], why: str
) -> None:
    rig = await _rig(tmp_path)
    written = rig.record_segment(1)
    order = rig.order(kind, **fields)
    await rig.tick()
    await rig.keeper.rotate("hour")
    assert [(entry["order"], entry["why"]) for entry in rig.entries("order-refused")] == [(order, why)]
    assert not list((rig.record / "orders").iterdir())
    assert rig.opens(written) and not rig.erased() and not rig.entries("order-done")


async def test_an_order_signed_by_another_key_is_refused(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    written = rig.record_segment(1)
    stranger = Ed25519PrivateKey.generate()
    rig.order("erase", stranger, camera=camera_id(1), from_s=0, until_s=2**40, reason="x")
    await rig.tick()
    assert rig.entries("order-refused")[0]["why"] == "order-unsigned"
    assert rig.opens(written)


async def test_a_changed_order_is_refused(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    written = rig.record_segment(1)
    name, data = sign_order(
        rig.orders_key, "erase", rig.clock.wall_ns(), camera=camera_id(2), from_s=0, until_s=9, reason="x"
    )
    envelope = exact_json.loads(data)
    envelope["order"]["camera"] = camera_id(1)
    envelope["order"]["until_s"] = 2**40
    (rig.record / "orders" / f"{name}.json").write_bytes(exact_json.dumps(envelope))
    await rig.tick()
    assert rig.entries("order-refused")[0]["why"] == "order-unsigned"
    assert rig.opens(written)


@pytest.mark.parametrize("restart", [False, True])
async def test_a_replayed_order_is_refused_also_after_a_restart(tmp_path: Path, restart: bool) -> None:
    rig = await _rig(tmp_path)
    spool, kept = rig.record / "orders", tmp_path / "kept"
    order = rig.order("erase", camera=camera_id(1), from_s=0, until_s=2**40, reason="x")
    shutil.copytree(spool, kept)
    await rig.tick()
    if restart:
        await rig.boot()
    written = rig.record_segment(1)
    shutil.copytree(kept, spool, dirs_exist_ok=True)
    await rig.tick()
    assert rig.opens(written)
    assert [(e["order"], e["why"]) for e in rig.entries("order-refused")] == [(order, "order-replayed")]


async def test_an_order_that_was_carried_out_when_the_crash_came_is_not_carried_out_twice(
    tmp_path: Path,
) -> None:
    """Killed after the rotation, before the order was ticked off: the rest of the hour must live."""
    rig = await _rig(tmp_path)
    spool, kept = rig.record / "orders", tmp_path / "kept"
    order = rig.order("erase", camera=camera_id(1), from_s=0, until_s=2**40, reason="x")
    shutil.copytree(spool, kept)

    def killed(_order: object) -> None:
        raise KeyboardInterrupt

    rig.desk.done = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await rig.tick()
    await rig.boot()
    rig.record_segment(1)
    assert [entry["order"] for entry in rig.entries("order-done")] == [order]
    assert len({row["hour"] for row in rig.erased()}) == 1


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"order":{}}', b"\0" * 100, b"x" * 100_000])
async def test_rubbish_in_the_spool_is_refused_and_removed(tmp_path: Path, data: bytes) -> None:
    rig = await _rig(tmp_path)
    (rig.record / "orders" / f"{'a' * 32}.json").write_bytes(data)
    await rig.tick()
    assert rig.entries("order-refused")[0]["why"] in ("order-unreadable", "order-unsigned")
    assert not list((rig.record / "orders").iterdir())


async def test_a_half_written_order_is_left_alone(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    waiting = rig.record / "orders" / f"{'a' * 32}.json.waiting"
    waiting.write_bytes(b"{")
    await rig.tick()
    assert waiting.exists() and not rig.entries("order-refused")


async def test_acknowledgements_do_not_make_a_rotation_of_their_own(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    rig.order("ack", through_seq=1)
    await rig.keeper.rotate("hour")
    rig.order("ack", through_seq=2)
    await rig.tick()
    assert await rig.tick() is None


async def test_orders_are_read_before_hours_die(tmp_path: Path) -> None:
    rig = await _rig(tmp_path)
    rig.record_segment(1)
    order = rig.order("erase", camera=camera_id(1), from_s=0, until_s=2**40, reason="x")
    await rig.keeper.rotate("hour")
    assert {row["reason"] for row in rig.erased()} == {f"order:{order}"}


def test_the_signed_form_keeps_nanoseconds_exact() -> None:
    key = Ed25519PrivateKey.generate()
    _, data = sign_order(key, "confirm-clock", 1795391999999999999, wall_ns=1795391999999999999, by="x")
    assert json.loads(data)["order"]["wall_ns"] == "1795391999999999999"
    assert exact_json.loads(data)["order"]["wall_ns"] == 1795391999999999999
