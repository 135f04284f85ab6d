"""The index is a cache: it can be thrown away, remade from the files, and compared with everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kuramori.access import storehouse_session
from kuramori.clock import NS_PER_S
from kuramori.footage import checking, intake, rebuild
from kuramori.footage.models import Gap, Segment
from kuramori.ledger.models import Entry
from tests.footage.world import SURE

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db
REMADE = [field.name for field in Segment._meta.fields if field.name != "lost_packets"]


def recorded(world: World, recorder: RunningRecorder, now: ManualClock) -> list[Path]:
    """Three minutes with a hole of five between the second and the third."""
    paths = []
    for pause_s in (60, 300, 0):
        paths.append(recorder.segment(world.camera, 60)[1])
        now.advance_s(60)
        if pause_s > 60:
            gap = {"gap": "9" * 32, "camera": world.camera.id}
            since_ns = now.wall_ns()
            recorder.recorder.parts.journal.append("gap-open", since_ns=since_ns, reason="stalled", **gap)
            now.advance_s(pause_s)
            recorder.recorder.parts.journal.append("gap-closed", until_ns=now.wall_ns(), **gap)
    recorder.recorder.parts.journal.sync()
    intake.take_in()
    now.advance_s(60)
    return paths


def index() -> list[dict[str, Any]]:
    return list(Segment.objects.order_by("id").values(*REMADE))


def test_the_remade_index_equals_the_one_that_was_lost(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorded(world, recorder, now)
    segments, gaps = index(), list(Gap.objects.order_by("id").values())
    Segment.objects.all().delete()
    Gap.objects.all().delete()
    assert not storehouse_session.is_unlocked()
    made = rebuild.rebuild()
    assert (made.segments, made.unreadable) == (3, [])
    assert index() == segments
    assert list(Gap.objects.order_by("id").values()) == gaps


def test_from_headers_alone_a_hole_gets_a_gap(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    paths = recorded(world, recorder, now)
    lost = Segment.objects.get(path__endswith=paths[1].name)
    paths[1].unlink()
    for line in (recorder.data / "record/journal").iterdir():
        line.unlink()
    Gap.objects.all().delete()
    Segment.objects.all().delete()
    rebuild.rebuild()
    gap = Gap.objects.get(reason="unknown")
    assert gap.since_ns <= lost.start_ns and lost.end_ns <= (gap.until_ns or 0)


def test_a_segment_that_is_being_written_stays_open_and_a_cut_one_is_known(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    _, cut = recorder.segment(world.camera, 5)
    now.advance_s(10)
    running, _ = recorder.segment(world.camera, 5, close=False)
    cut.write_bytes(cut.read_bytes()[:-20])
    rebuild.rebuild()
    assert Segment.objects.get(id=running).state == "open"
    assert Segment.objects.exclude(id=running).get().state == "cut"


def test_a_check_of_a_healthy_box_finds_nothing(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorded(world, recorder, now)
    report = checking.check()
    assert report.faults == []
    assert (report.exit_code, report.segments, report.files) == (0, 3, 3)
    assert any("key table: number" in note for note in report.notes)


def test_a_check_says_when_the_recorder_could_not_be_asked(world: World) -> None:
    assert "key table: not asked, the recorder is stopped" in checking.check().notes


def faults_after(change: Any) -> list[str]:
    change()
    return checking.check().faults


def test_every_disagreement_is_found(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    """Each attack on the evidence, one after the other, each undone before the next."""
    paths = recorded(world, recorder, now)
    row = Segment.objects.get(path__endswith=paths[0].name)
    whole = paths[0].read_bytes()

    assert any(
        "have changed" in fault for fault in faults_after(lambda: paths[0].write_bytes(_flipped(whole)))
    )
    assert any("header" in fault for fault in faults_after(lambda: paths[0].write_bytes(b"x" * 40)))
    assert any("there is no file" in fault for fault in faults_after(paths[0].unlink))
    paths[0].write_bytes(whole)
    assert checking.check().faults == []

    def forge_index() -> None:
        Segment.objects.filter(id=row.id).update(sha256="00" * 32)

    assert any("different hashes" in fault for fault in faults_after(forge_index))
    Segment.objects.filter(id=row.id).update(sha256=row.sha256, start_ns=row.start_ns + NS_PER_S)
    assert any("disagree about start_ns" in fault for fault in checking.check().faults)
    Segment.objects.filter(id=row.id).update(start_ns=row.start_ns)
    Segment.objects.filter(id=row.id).delete()
    assert any("not in the index" in fault for fault in checking.check().faults)
    rebuild.rebuild()
    assert checking.check().faults == []


def test_a_changed_ledger_and_a_changed_journal_are_found(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorded(world, recorder, now)
    entry = Entry.objects.get(seq=1)
    Entry.objects.filter(seq=1).update(text=entry.text.replace("done", "fone"))
    assert any(fault.startswith("ledger:") for fault in checking.check().faults)
    Entry.objects.filter(seq=1).update(text=entry.text)
    path = next((recorder.data / "record/journal").iterdir())
    path.write_bytes(path.read_bytes().replace(b"stalled", b"statled"))
    assert any(fault.startswith("journal:") for fault in checking.check().faults)


def test_overdue_footage_is_a_fault(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    recorded(world, recorder, now)
    now.advance_s(14 * 86_400 + 3600)
    assert sum("overdue" in fault for fault in checking.check().faults) == 3
    recorder.tick()
    intake.take_in()
    assert checking.check().faults == []


def _flipped(whole: bytes) -> bytes:
    return whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:]


def test_what_is_recorded_during_a_rebuild_stays(
    world: World, recorder: RunningRecorder, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intake goes on beside a rebuild that takes minutes: nothing it wrote meanwhile may be lost."""
    recorded(world, recorder, now)
    running, _ = recorder.segment(world.camera, 5, close=False)
    intake.take_in()
    real = rebuild._files

    def slowly(unreadable: list[str]) -> Any:
        yield from real(unreadable)
        recorder.segment(world.camera, 5)
        intake.take_in()
        Segment.objects.filter(id=running).update(state="closed", end_ns=now.wall_ns(), sha256="77" * 32)

    monkeypatch.setattr(rebuild, "_files", slowly)
    rebuild.rebuild()
    assert Segment.objects.count() == 5
    assert Segment.objects.get(id=running).sha256 == "77" * 32


def test_an_hour_that_was_dated_later_keeps_its_date_in_the_remade_index(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorder.recorder.parts.witnesses.now = []
    now.reboot(7 * 86_400, "boot-2")
    recorder.tick()
    recorder.segment(world.camera, 5)
    intake.take_in()
    assert Segment.objects.get().provisional
    now.advance_s(5)
    recorder.recorder.parts.witnesses.now = list(SURE)
    recorder.tick()
    intake.take_in()
    row = Segment.objects.get()
    assert not row.provisional and row.erase_at_ns > now.wall_ns()
    rebuild.rebuild()
    again = Segment.objects.get()
    assert (again.provisional, again.erase_at_ns) == (False, row.erase_at_ns)
    assert checking.check().faults == []
