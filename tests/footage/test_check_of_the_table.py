"""`kuramori check` compares index, files and key table hour by hour; each broken agreement is found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kuramori.clock import NS_PER_S
from kuramori.footage import checking, intake, rebuild, recorder_socket, settings_file
from kuramori.footage.models import ErasedHour, Segment
from kuramori.policy import keeping

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from kuramori.footage.models import Segment as Row
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db
DAY_S = 86_400


@pytest.fixture
def row(world: World, recorder: RunningRecorder, now: ManualClock) -> Row:
    """One piece of footage, taken in; everything agrees."""
    recorder.segment(world.camera)
    now.advance_s(60)
    intake.take_in()
    assert checking.check().faults == []
    return Segment.objects.get()


def faults() -> str:
    return "\n".join(checking.check(hashes=False).faults)


def erase_it(recorder: RunningRecorder, now: ManualClock) -> None:
    now.advance_s(14 * DAY_S)
    recorder.tick()
    intake.take_in()


def test_the_recorder_tells_hours_and_no_secret(recorder: RunningRecorder, row: Row) -> None:
    table = recorder_socket.hours()
    told = table.hours[row.hour]
    assert (told.camera, told.hour_start_s, told.erase_at_ns) == (
        row.camera,
        row.hour_start_s,
        row.erase_at_ns,
    )
    in_force = recorder.recorder.parts.keeper.in_force()
    assert table.epoch == in_force.epoch and len(table.hours) == len(in_force.hours)
    assert bytes(in_force.hours[row.hour].secret).hex() not in repr(table)


def test_living_footage_whose_hour_has_no_key_is_found(recorder: RunningRecorder, row: Row) -> None:
    recorder.recorder.parts.keeper.in_force().hours.pop(row.hour)
    assert "key table has no key" in faults()


def test_an_erased_hour_that_the_table_still_has_is_found(row: Row) -> None:
    ErasedHour.objects.create(
        hour=row.hour,
        camera=row.camera,
        hour_start_s=row.hour_start_s,
        erase_at_ns=row.erase_at_ns,
        erased_at_ns=1,
        reason="expired",
        epoch=9,
        verified=True,
        level=1,
        journal_seq=1,
    )
    assert "but the key table has it" in faults()


@pytest.mark.parametrize("shift_s", [-DAY_S, DAY_S])
def test_another_date_in_the_table_is_found(recorder: RunningRecorder, row: Row, shift_s: int) -> None:
    hours = recorder.recorder.parts.keeper.in_force().hours
    hours[row.hour] = replace(hours[row.hour], erase_at_ns=row.erase_at_ns + shift_s * NS_PER_S)
    assert "disagree about its date" in faults()


def test_another_camera_in_the_table_is_found(recorder: RunningRecorder, row: Row) -> None:
    hours = recorder.recorder.parts.keeper.in_force().hours
    hours[row.hour] = replace(hours[row.hour], camera="7" * 32)
    assert "disagree about camera" in faults()


def test_a_file_of_an_erased_hour_is_found(
    world: World, recorder: RunningRecorder, now: ManualClock, row: Row
) -> None:
    path = recorder.data / row.path
    whole = path.read_bytes()
    erase_it(recorder, now)
    now.advance_s(60)
    assert faults() == ""
    path.parent.mkdir(parents=True)
    path.write_bytes(whole)
    assert "left over from an erased hour" in faults()


def test_an_erased_piece_called_living_again_is_found(
    recorder: RunningRecorder, now: ManualClock, row: Row
) -> None:
    erase_it(recorder, now)
    ErasedHour.objects.all().delete()
    later_ns = now.wall_ns() + DAY_S * NS_PER_S
    Segment.objects.filter(id=row.id).update(state="closed", erase_at_ns=later_ns)
    assert "key table has no key" in faults()


def test_an_hour_that_dies_while_the_check_reads_is_no_fault(
    recorder: RunningRecorder, now: ManualClock, row: Row
) -> None:
    now.advance_s(14 * DAY_S)
    recorder.tick()
    report = checking.check(hashes=False)
    assert any("has just been erased" in note for note in report.notes)
    assert not any("key table" in fault for fault in report.faults)


def test_a_shorter_period_shortens_what_exists_and_a_longer_one_does_not_lengthen(
    world: World, recorder: RunningRecorder, now: ManualClock, row: Row
) -> None:
    keeping.decide(world.camera, world.manager, days=3)
    settings_file.write_now()
    recorder.tick()
    intake.take_in()
    short_ns = Segment.objects.get().erase_at_ns
    assert row.erase_at_ns - short_ns == 11 * DAY_S * NS_PER_S
    assert recorder_socket.hours().hours[row.hour].erase_at_ns == short_ns
    assert faults() == ""
    keeping.decide(world.camera, world.manager, days=14)
    settings_file.write_now()
    recorder.tick()
    now.advance_s(3 * 3600)
    recorder.tick()
    recorder.segment(world.camera)
    intake.take_in()
    dates = list(Segment.objects.order_by("start_ns").values_list("erase_at_ns", flat=True))
    assert dates[0] == short_ns and dates[1] > now.wall_ns() + 13 * DAY_S * NS_PER_S
    rebuild.rebuild()
    assert Segment.objects.get(id=row.id).erase_at_ns == short_ns
    assert faults() == ""


def test_what_is_older_than_the_shorter_period_dies_at_once(
    world: World, recorder: RunningRecorder, now: ManualClock, row: Row
) -> None:
    now.advance_s(2 * DAY_S)
    recorder.tick()
    keeping.decide(world.camera, world.manager, days=1)
    settings_file.write_now()
    recorder.tick()
    intake.take_in()
    assert Segment.objects.get().state == "erased"
    assert not (recorder.data / row.path).exists()


def test_an_erasure_carries_level_and_reasons(recorder: RunningRecorder, now: ManualClock, row: Row) -> None:
    erase_it(recorder, now)
    hour = ErasedHour.objects.get(hour=row.hour)
    status = recorder.recorder.status()["table"]
    assert isinstance(status, dict)
    assert (hour.level, hour.level_reasons) == (status["level"], status["reasons"])
    assert "software-slot" in hour.level_reasons
