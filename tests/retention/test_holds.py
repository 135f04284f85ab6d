"""Holds from the page to the key table and back: shown as kept only when it is, and gone on its day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from kuramori.clock import NS_PER_S
from kuramori.errors import KeyGone, Refusal
from kuramori.footage import checking, intake, rebuild, recorder_socket
from kuramori.footage.models import HeldSegment, Order, Segment
from kuramori.people import second_factor
from kuramori.places.models import Body
from kuramori.retention import certify, holds
from kuramori.retention.models import Certificate
from kuramori.vault.segment_reader import SegmentFile
from tests.footage.world import person

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)
DAY_S = 86_400


def ask(world: World, now: ManualClock, **more: Any) -> Any:
    """A hold on the last two minutes, thirty days long."""
    now_ns = now.wall_ns()
    fields: dict[str, Any] = {
        "camera": world.camera,
        "start_ns": now_ns - 120 * NS_PER_S,
        "end_ns": now_ns,
        "case_text": "令和8年 第3号",
        "basis": "捜査関係事項照会書",
        "reason": "自転車の盗難",
        "ends_at_ns": now_ns + 30 * DAY_S * NS_PER_S,
        "review_at_ns": now_ns + 20 * DAY_S * NS_PER_S,
    }
    return holds.ask(world.manager, **{**fields, **more})


def later(recorder: RunningRecorder, now: ManualClock, seconds: int) -> None:
    now.advance_s(seconds)
    recorder.tick()
    intake.take_in()
    certify.certify()


def two(world: World, recorder: RunningRecorder, now: ManualClock) -> tuple[Path, Path]:
    """A piece of footage that is not meant, and one that is."""
    other = recorder.segment(world.camera)[1]
    now.advance_s(600)
    kept = recorder.segment(world.camera)[1]
    now.advance_s(100)
    intake.take_in()
    return other, kept


def sealed(path: Path) -> bytes:
    with SegmentFile(path) as file:
        header = file.header
    return recorder_socket.sealed_key(
        grant="1" * 32,
        camera=header.camera,
        segment=header.segment,
        hour=header.hour,
        wrapped=header.wrapped_key,
    )


def faults() -> list[str]:
    return checking.check().faults


def test_a_hold_from_order_to_certificate(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    other, kept = two(world, recorder, now)
    before = sealed(kept)
    hold = ask(world, now, second_person="山田太郎")
    assert holds.state(hold) == "ordered"  # the recorder was woken and has it; the page waits for its word
    intake.take_in()
    assert holds.state(hold) == "held" and faults() == []
    later(recorder, now, 15 * DAY_S)
    assert not other.exists() and kept.exists()
    row = Segment.objects.get(path__endswith=kept.name)
    assert (row.state, row.erase_at_ns) == ("closed", hold.ends_at_ns)
    assert sealed(kept) == before and faults() == []
    rebuild.rebuild()
    again = Segment.objects.get(path__endswith=kept.name)
    assert again.erase_at_ns == hold.ends_at_ns and faults() == []
    later(recorder, now, 16 * DAY_S)
    assert holds.state(hold) == "ended" and not kept.exists()
    row.refresh_from_db()
    assert row.state == "erased"
    said = json.loads(Certificate.objects.get(hour=hold.order).document)
    assert (
        said["what"]["pieces_of_footage"] == 1 and said["due"] == said["done"] or said["due"] <= said["done"]
    )
    assert faults() == []


def test_it_is_ended_early_by_the_manager(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    _, kept = two(world, recorder, now)
    hold = ask(world, now, second_person="山田太郎")
    later(recorder, now, 15 * DAY_S)
    with pytest.raises(Refusal, match="role-needed"):
        holds.end(world.operator, hold, "x")
    holds.end(world.manager, hold, "取下げ")
    intake.take_in()
    certify.certify()
    assert holds.state(hold) == "ended" and not kept.exists() and faults() == []
    assert json.loads(Certificate.objects.get(hour=hold.order).document)["why"] == "取下げ"


def test_nobody_approves_their_own(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    two(world, recorder, now)
    with pytest.raises(Refusal, match="own-request"):
        ask(world, now, second_person=world.manager.full_name or world.manager.username)
    hold = ask(world, now)
    assert holds.state(hold) == "waiting" and not Order.objects.filter(kind="hold").exists()
    with pytest.raises(Refusal, match="own-request"):
        holds.approve(world.manager, hold)
    with pytest.raises(Refusal, match="role-needed"):
        holds.approve(person("stranger"), hold)
    holds.approve(world.operator, hold)
    intake.take_in()
    hold.refresh_from_db()
    assert holds.state(hold) == "held"


def test_a_one_person_body_approves_its_own_hour_and_no_more(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    two(world, recorder, now)
    Body.objects.update(one_person=True)
    assert ask(world, now).self_approved
    long = ask(world, now, start_ns=now.wall_ns() - 3601 * NS_PER_S)
    assert holds.state(long) == "waiting"


def test_whose_asker_is_outside_the_manager_decides(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    two(world, recorder, now)
    hold = ask(world, now, asked_by="鳥取警察署")
    intake.take_in()
    assert holds.state(hold) == "held" and not hold.self_approved


def test_a_hold_of_nothing_is_said_to_be_refused(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    hold = ask(world, now, second_person="山田太郎")
    intake.take_in()
    assert holds.state(hold) == "refused"


def test_the_check_finds_a_hold_that_only_one_side_knows(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    two(world, recorder, now)
    ask(world, now, second_person="山田太郎")
    intake.take_in()
    assert faults() == []
    HeldSegment.objects.update(until_ns=5)
    assert any("hold's end" in fault for fault in faults())
    HeldSegment.objects.all().delete()
    assert any("the index does not know it" in fault for fault in faults())
    HeldSegment.objects.create(hold="7" * 32, segment="8" * 32, camera=world.camera.id, until_ns=9, held_ns=1)
    assert any("the key table does not hold it" in fault for fault in faults())


def test_a_held_piece_of_another_hour_gives_no_key_for_one_that_is_not_held(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    other, _ = two(world, recorder, now)
    whole = other.read_bytes()
    ask(world, now, second_person="山田太郎")
    later(recorder, now, 15 * DAY_S)
    other.write_bytes(whole)
    with pytest.raises(KeyGone):
        sealed(other)


def test_the_pages_show_make_and_end_a_hold(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    two(world, recorder, now)
    second_factor.new_card(world.manager)
    client = Client(headers={"host": "localhost"})
    client.force_login(world.manager)
    assert client.get("/holds/").status_code == 200
    told = {
        "camera": world.camera.id,
        "start": "2026-11-23T18:00",
        "end": "2026-11-23T18:11",
        "case_text": "第3号",
        "basis": "照会書",
        "reason": "盗難",
        "review": "2026-12-01T09:00",
        "until": "2026-12-20T09:00",
        "second_person": "山田太郎",
    }
    assert client.post("/holds/new/", told | {"until": "2026-11-01T09:00"}).status_code == 200
    assert client.post("/holds/new/", told).status_code == 302
    intake.take_in()
    page = client.get("/holds/").content.decode()
    assert "第3号" in page and "山田太郎" in page and "<strong>" in page
    hold = holds.Hold.objects.get()
    assert client.post(f"/holds/{hold.pk}/end/", {"reason": "取下げ"}).status_code == 302
    intake.take_in()
    assert holds.state(hold) == "ended"
