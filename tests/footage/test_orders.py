"""Orders are signed once, ledgered before they leave, and taken once by the real recorder."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from kuramori.footage import intake, orders
from kuramori.footage.models import Order
from kuramori.ledger.models import Entry
from kuramori.recorder.orders import read_order

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)


def spooled(data: Path) -> list[Path]:
    return sorted((data / "record/orders").glob("*.json"))


def test_the_signature_is_the_one_the_recorder_trusts(data: Path, now: ManualClock) -> None:
    order = orders.issue("ack", through_seq=7)
    (path,) = spooled(data)
    public = (data / "record/orders.pub").read_bytes()
    read = read_order(path.read_bytes(), public)
    assert (path.stem, read.id, getattr(read, "through_seq", None)) == (order, order, 7)
    assert path.stat().st_mode & 0o777 == 0o600
    forged = path.read_bytes().replace(b'"through_seq":7', b'"through_seq":8')
    with pytest.raises(Exception, match="order-unsigned"):
        read_order(forged, public)


def test_no_order_leaves_before_its_ledger_entry_is_committed(data: Path, now: ManualClock) -> None:
    with transaction.atomic():
        orders.issue("ack", through_seq=1)
        assert spooled(data) == []
    assert len(spooled(data)) == Entry.objects.filter(act="order-issued").count() == 1


def test_a_decision_that_is_rolled_back_gives_no_order(data: Path, now: ManualClock) -> None:
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        orders.issue("ack", through_seq=1)
        raise KeyboardInterrupt
    assert spooled(data) == [] and not Order.objects.exists()
    assert orders.finish_spooling() == 0
    for waiting in (data / "record/orders").glob("*.waiting"):
        os.utime(waiting, (0, 0))
    orders.finish_spooling()
    assert list((data / "record/orders").iterdir()) == []


def test_a_crash_before_the_file_has_its_name_loses_no_order(
    data: Path, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: Path) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(orders, "_release", dies)
        with pytest.raises(KeyboardInterrupt):
            orders.issue("ack", through_seq=1)
    assert spooled(data) == [] and Order.objects.count() == 1
    assert orders.finish_spooling() == 1
    assert len(spooled(data)) == 1


def test_the_recorder_takes_an_order_once(
    recorder: RunningRecorder, world: World, data: Path, now: ManualClock
) -> None:
    orders.issue("confirm-clock", wall_ns=now.wall_ns(), by="manager")
    kept = spooled(data)
    replay = kept[0].read_bytes() if kept else b""
    recorder.tick()
    intake.take_in()
    assert Order.objects.get().state == "done"
    assert spooled(data) == []
    if replay:
        (data / "record/orders" / f"{Order.objects.get().id}.json").write_bytes(replay)
        recorder.tick()
        intake.take_in()
        entry = json.loads(Entry.objects.get(act="order-refused").text)
        assert entry["reason"] == "order-replayed" and entry["outcome"] == "refused"
        assert Order.objects.get().state == "done"


def test_a_forged_order_is_refused_and_ledgered(
    recorder: RunningRecorder, world: World, data: Path, now: ManualClock
) -> None:
    """The attack: somebody who may write files, but has not the orders' key, orders an erasure."""
    order = {
        "id": "ab" * 16,
        "kind": "erase",
        "camera": world.camera.id,
        "from_s": 0,
        "until_s": 4 * 10**9,
        "reason": "",
        "made_at_ns": str(now.wall_ns()),
    }
    path = data / "record/orders" / f"{order['id']}.json"
    path.write_text(json.dumps({"order": order, "signature": "00" * 64}))
    _, kept = recorder.segment(world.camera)
    recorder.tick()
    intake.take_in()
    assert json.loads(Entry.objects.get(act="order-refused").text)["reason"] == "order-unsigned"
    assert kept.exists() and not path.exists()


def test_unknown_orders_cannot_be_given(data: Path, now: ManualClock) -> None:
    with pytest.raises(ValueError, match="no such order"):
        orders.issue("extend")
