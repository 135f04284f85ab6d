"""Checkpoints leave the box every day, by whatever way there is, and are missed when none did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kuramori.evidence import outside, time_stamps
from kuramori.evidence.models import TimeStamper
from kuramori.footage.models import Finding
from kuramori.ledger import checkpoints, entries, leaving
from kuramori.ledger.models import CheckpointLeft, Entry
from tests.cases.rig import browser
from tests.evidence.fixtures import written

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
HOUR_S = 3600


def standing() -> bool:
    return Finding.objects.filter(code="checkpoint-not-outside", cleared_ns=None).exists()


def test_a_day_without_any_is_a_finding_until_one_has_left(world: World, now: ManualClock) -> None:
    entries.record_now("test", actor="program:work")
    now.advance_s(24 * HOUR_S)
    assert not outside.look()
    now.advance_s(2 * HOUR_S)
    assert outside.look() and standing()
    page = browser(world.manager)
    assert "まだありません" in page.get("/ledger/checkpoint/").content.decode()
    newest = checkpoints.latest()
    assert newest is not None
    for wrong in ("", "0", "-1", "9" * 40, str(newest.size + 1)):
        assert page.post("/ledger/checkpoint/kept/", {"size": wrong}).status_code in (400, 422)
    assert not CheckpointLeft.objects.exists()
    assert page.post("/ledger/checkpoint/kept/", {"size": newest.size}).status_code == 302
    assert not outside.look() and not standing()
    assert Entry.objects.filter(act="checkpoint-left", actor=world.manager.actor).count() == 1


def test_the_time_stamp_service_gets_one_a_day(
    world: World, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr(time_stamps, "stamp", lambda data, _by: asked.append(data) or b"answer")
    entries.record_now("test", actor="program:work")
    assert not outside.stamp_when_due(), "none is set up"
    TimeStamper.objects.create(url="http://x/", certificate="", entered_by=world.manager)
    assert outside.stamp_when_due()
    assert not outside.stamp_when_due()
    now.advance_s(24 * HOUR_S)
    assert outside.stamp_when_due()
    assert [note.startswith(b"kuramori/") for note in asked] == [True, True]
    assert bytes(CheckpointLeft.objects.first().answer) == b"answer"  # type: ignore[union-attr]


def test_a_package_carries_one_out(packed: Ready, world: World, tmp_path: Path) -> None:
    written(packed, "zip", world, tmp_path)
    last = leaving.newest("package")
    assert last is not None and last.note == packed.said["ledger"]["checkpoint"]
    assert leaving.unproved() >= 0
