"""From pictures to sealed, durable, journalled segments: through the real lane, pen, syncer, keeper and
journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuramori.clock import NS_PER_S, ManualClock
from kuramori.recorder import segment_lane
from kuramori.recorder.stream_intake import StreamIntake
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_reader import SegmentFile
from tests.recorder.keeper_rig import camera_id, settings
from tests.recorder.pictures import OTHER_VIDEO, picture, pictures
from tests.recorder.stream_rig import StreamRig

CAMERA = camera_id(1)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[StreamRig]:
    made = StreamRig(tmp_path, ManualClock.at("2026-11-23T09:00:00+09:00"))
    await made.open()
    yield made
    await made.end()


def send(
    rig: StreamRig, intake: StreamIntake, first: int, count: int, *, start_ns: int | None = None
) -> None:
    """Pictures `first` … into the intake, the clock moving with them."""
    start_ns = rig.began_ns if start_ns is None else start_ns
    for number in range(first, first + count):
        au = picture(number, start_ns)
        rig.clock.advance_s((au.wall_ns - rig.clock.wall_ns()) / NS_PER_S)
        intake.access_unit(au)


async def test_pictures_come_back_whole_and_in_order(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 100)
    rig.intake.closed(None)
    await rig.settle()
    [path] = rig.segments()
    assert rig.stored(path) == list(range(100))
    with SegmentFile(path) as found:
        assert found.state == "closed"
        assert [bool(r.flags & Flag.KEY) for r in found.records][1] is True


async def test_no_picture_touches_the_disk_in_the_clear(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 40)
    await rig.settle()
    needle = picture(7, 0).data[8:40]
    everything = b"".join(path.read_bytes() for path in rig.data.rglob("*") if path.is_file())
    assert needle not in everything
    assert b"mdat" not in everything


async def test_a_segment_is_a_row_only_after_it_is_durable(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 20)
    await rig.worker.drained()
    assert rig.segments()
    assert rig.entries("segment-open") == []
    assert rig.worker.status().state == "starting"
    await rig.settle()
    [opened] = rig.entries("segment-open")
    assert (rig.data / opened["path"]) == rig.segments()[0]
    assert rig.worker.status().state == "recording"


async def test_the_row_says_what_the_file_says(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 50)
    rig.intake.lost(3)
    rig.intake.closed(None)
    await rig.settle()
    [opened], [closed] = rig.entries("segment-open"), rig.entries("segment-closed")
    with SegmentFile(rig.segments()[0]) as found:
        head = found.header
        for name in (
            "segment",
            "camera",
            "start_ns",
            "run",
            "hour",
            "hour_start_s",
            "erase_at_ns",
            "codec",
            "width",
        ):
            assert opened[name] == getattr(head, name)
        assert closed["sha256"] == found.sha256()
        assert closed["end_ns"] == found.end_ns
        assert closed["records"] == len(found.records)
        assert closed["key_frames"] == 2
        assert closed["lost_packets"] == 3


async def test_the_gap_of_the_start_ends_where_footage_begins(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 20)
    await rig.settle()
    [opened], [closed] = rig.entries("gap-open"), rig.entries("gap-closed")
    assert opened["reason"] == "starting"
    assert closed["gap"] == opened["gap"]
    assert closed["until_ns"] == rig.entries("segment-open")[0]["start_ns"]


async def test_the_turn_of_the_hour_takes_the_next_hours_secret(rig: StreamRig) -> None:
    rig.clock.advance_s(3590)
    await rig.tick()
    rig.began_ns = rig.clock.wall_ns()
    send(rig, rig.intake, 0, 300)
    rig.intake.closed(None)
    await rig.settle()
    first, second = rig.segments()
    with SegmentFile(first) as one, SegmentFile(second) as other:
        assert one.header.hour != other.header.hour
        assert one.header.hour_start_s + 3600 == other.header.hour_start_s
        turn_ns = other.header.hour_start_s * NS_PER_S
        assert one.end_ns <= turn_ns + 1000 and other.header.start_ns >= turn_ns
        assert first.parent.name != second.parent.name
    assert rig.stored(first) + rig.stored(second) == list(range(300))


async def test_other_parameter_sets_begin_another_segment(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 30)
    rig.intake.opened(OTHER_VIDEO)
    rig.intake.access_unit(picture(30, rig.began_ns, changed=True))
    send(rig, rig.intake, 31, 20)
    rig.intake.closed(None)
    await rig.settle()
    first, second = rig.segments()
    assert (rig.stored(first), rig.stored(second)) == (list(range(30)), list(range(30, 51)))


async def test_pictures_wait_in_memory_for_an_hour_that_is_not_durable_yet(rig: StreamRig) -> None:
    dying = frozenset(rig.keeper._table.hours)
    rig.keeper._dying = dying
    send(rig, rig.intake, 0, 60)
    await rig.settle()
    assert rig.segments() == []
    rig.keeper._dying = frozenset()
    rig.intake.beat()
    send(rig, rig.intake, 60, 10)
    rig.intake.closed(None)
    await rig.settle()
    assert rig.stored(rig.segments()[0]) == list(range(70))


async def test_waiting_is_bounded_and_then_a_row_says_why(rig: StreamRig) -> None:
    rig.keeper._dying = frozenset(rig.keeper._table.hours)
    send(rig, rig.intake, 0, 140)
    assert rig.worker.status().state == "no-hour-key"
    rig.keeper._dying = frozenset()
    send(rig, rig.intake, 140, 60)
    await rig.settle()
    assert rig.stored(rig.segments()[0])[0] % 30 == 0
    reasons = [row["reason"] for row in rig.entries("gap-open")]
    assert reasons == ["starting", "no-hour-key"]
    assert len(rig.entries("gap-closed")) == 2


async def test_erasing_the_running_hour_closes_its_segment_before_the_order_is_done(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 40)
    await rig.settle()
    with SegmentFile(rig.segments()[0]) as found:
        hour = found.header.hour
    await rig.worker.leave_hours(frozenset({hour}))
    with SegmentFile(rig.segments()[0]) as found:
        assert found.state == "closed"
    assert rig.stored(rig.segments()[0])[-1] < 40
    rig.keeper._dying = frozenset({hour})
    send(rig, rig.intake, 40, 60)
    await rig.settle()
    assert len(rig.segments()) == 1


async def test_nothing_is_stored_from_the_instant_the_gate_turns(rig: StreamRig) -> None:
    turns_ns = rig.began_ns + 2 * NS_PER_S
    gate = {"gate": "no-record", "rule": "T3", "from_ns": turns_ns, "until_ns": None}
    rig.use(settings(storehouse=rig.storehouse, gates=[gate]))
    await obey(rig)
    send(rig, rig.intake, 0, 60)
    await rig.settle()
    with SegmentFile(rig.segments()[0]) as found:
        assert found.end_ns <= turns_ns
    assert rig.stored(rig.segments()[0])[-1] == 29
    assert rig.worker.status().state == "waiting-gate"
    assert rig.worker.status().detail == "T3"
    assert rig.entries("gap-open")[-1]["reason"] == "gate"


async def test_a_view_ends_at_the_instant_the_camera_is_sealed_and_recording_goes_on(rig: StreamRig) -> None:
    gate = {"gate": "sealed", "rule": "T4", "from_ns": rig.began_ns + NS_PER_S, "until_ns": None}
    rig.use(settings(storehouse=rig.storehouse, gates=[gate]))
    await obey(rig)
    send(rig, rig.intake, 0, 10)
    viewer = rig.worker.live.subscribe()
    assert viewer is not None
    send(rig, rig.intake, 10, 4)
    assert viewer.ended is None
    send(rig, rig.intake, 14, 30)
    assert viewer.ended == "sealed"
    assert await viewer.next() is None
    await rig.settle()
    assert rig.worker.status().state == "recording"


async def test_a_new_purpose_begins_a_segment_at_the_next_key_frame_and_other_news_do_not(
    rig: StreamRig,
) -> None:
    send(rig, rig.intake, 0, 40)
    rig.use(settings(storehouse=rig.storehouse, name="裏口"))
    await obey(rig)
    send(rig, rig.intake, 40, 30)
    rig.use(settings(storehouse=rig.storehouse, purpose_version=2))
    await obey(rig)
    send(rig, rig.intake, 70, 40)
    rig.intake.closed(None)
    await rig.settle()
    first, second = rig.segments()
    assert (rig.stored(first), rig.stored(second)) == (list(range(90)), list(range(90, 110)))
    assert [row["purpose_version"] for row in rig.entries("segment-open")] == [1, 2]


async def test_a_failed_disk_gives_its_last_moment_to_another_store_under_a_new_key(rig: StreamRig) -> None:
    document = settings(storehouse=rig.storehouse)
    document["stores"].append({"id": "1", "path": "store/1", "reserve_bytes": 0})
    rig.use(document)
    await obey(rig)
    send(rig, rig.intake, 0, 31)
    await rig.settle()
    send(rig, rig.intake, 31, 20)
    await rig.worker.drained()
    rig.storage.stores[0].fail()
    await rig.settle()
    send(rig, rig.intake, 51, 20)
    rig.intake.closed(None)
    await rig.settle()
    [old], [new] = rig.segments(), rig.segments("store/1")
    durable = rig.entries("segment-cut")[0]["end_ns"]
    moved = rig.stored(new)
    assert moved[-1] == 70 and moved == list(range(moved[0], 71))
    assert picture(moved[0], rig.began_ns).wall_ns >= durable - 1000
    with SegmentFile(old) as one, SegmentFile(new) as other:
        assert one.header.wrapped_key != other.header.wrapped_key
        assert one.state == "open-or-cut"
    assert rig.entries("segment-open")[1]["path"].startswith("store/1/")


async def test_without_another_store_footage_waits_in_memory_and_then_a_gap_says_why(
    rig: StreamRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_lane, "HOLD_NS", 3 * NS_PER_S)
    send(rig, rig.intake, 0, 31)
    await rig.settle()
    send(rig, rig.intake, 31, 20)
    await rig.worker.drained()
    rig.storage.stores[0].fail()
    await rig.settle()
    assert rig.worker.status().state == "recording"
    send(rig, rig.intake, 51, 60)
    await rig.settle()
    await asyncio.sleep(0)
    assert rig.worker.status().state == "disk-failed"
    row = rig.entries("gap-open")[-1]
    assert row["reason"] == "disk-failed"
    durable_ns = rig.entries("segment-cut")[0]["end_ns"]
    assert 2.5 * NS_PER_S < row["since_ns"] - durable_ns <= 3 * NS_PER_S + 1000


async def obey(rig: StreamRig) -> None:
    """The recorder has read the settings file."""
    loaded = rig.loaded()
    assert loaded is not None
    rig.parts.settings = loaded
    rig.storage.apply(loaded)
    rig.worker.apply(loaded.cameras[0])


def test_pictures_are_numbered_as_the_tests_expect() -> None:
    assert [au.key for au in pictures(31, 0)] == [True, *[False] * 29, True]


async def test_outside_its_hours_a_camera_is_neither_recorded_nor_watched(rig: StreamRig) -> None:
    """09:00 here; it may film until 09:01, and from 09:30 on again. The last picture before the minute is the
    last."""
    ends_ns = rig.began_ns + 60 * NS_PER_S
    lines = [
        {"days": [0], "from": "08:00", "until": "09:01"},
        {"days": list(range(7)), "from": "09:30", "until": "10:00"},
    ]
    rig.use(settings(storehouse=rig.storehouse, hours=lines))
    await obey(rig)
    send(rig, rig.intake, 0, 880)
    viewer = rig.worker.live.subscribe()
    assert viewer is not None
    send(rig, rig.intake, 880, 60)
    await rig.settle()
    assert viewer.ended == "schedule"
    with SegmentFile(rig.segments()[-1]) as found:
        assert found.end_ns <= ends_ns
    assert rig.worker.status().state == "schedule"
    assert rig.entries("gap-open")[-1]["reason"] == "schedule"
    assert rig.worker._forbidden(rig.began_ns + 30 * 60 * NS_PER_S - 1) == "schedule"
    assert rig.worker._forbidden(rig.began_ns + 30 * 60 * NS_PER_S) is None
