"""After a kill: the journal is made to agree with the files, and the missing time has its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuramori.clock import ManualClock
from kuramori.recorder.recovery import recover
from kuramori.vault.segment_reader import SegmentFile
from tests.recorder.keeper_rig import camera_id
from tests.recorder.pictures import pictures
from tests.recorder.stream_rig import StreamRig


@pytest.fixture
def rig(tmp_path: Path) -> StreamRig:
    return StreamRig(tmp_path, ManualClock.at("2026-11-23T09:00:00+09:00"))


async def run_and_die(rig: StreamRig, *, told: bool) -> None:
    """Record for two seconds, then the process is gone: only what is on the disk stays."""
    await rig.open()
    for au in pictures(31, rig.began_ns):
        rig.intake.access_unit(au)
    rig.clock.advance_s(2.1)
    await rig.worker.drained()
    if told:
        await rig.settle()
    rig.journal.sync()


async def come_back(rig: StreamRig, boot: str) -> None:
    await rig.boot()
    rig.parts.journal = rig.journal
    recover(rig.parts, boot)


async def test_a_segment_that_was_open_is_known_to_be_cut(rig: StreamRig) -> None:
    await run_and_die(rig, told=True)
    await come_back(rig, "boot-1")
    [opened], [cut] = rig.entries("segment-open"), rig.entries("segment-cut")
    with SegmentFile(rig.segments()[0]) as found:
        assert cut["segment"] == opened["segment"] == found.header.segment
        assert cut["records"] == len(found.records)
        assert cut["end_ns"] == found.end_ns
        assert cut["sha256"] == found.sha256()


async def test_a_file_that_no_entry_named_is_told_of(rig: StreamRig) -> None:
    await run_and_die(rig, told=False)
    assert rig.entries("segment-open") == []
    await come_back(rig, "boot-1")
    [opened], [cut] = rig.entries("segment-open"), rig.entries("segment-cut")
    assert rig.data / opened["path"] == rig.segments()[0]
    assert cut["segment"] == opened["segment"]


async def test_coming_back_twice_tells_nothing_twice(rig: StreamRig) -> None:
    await run_and_die(rig, told=False)
    await come_back(rig, "boot-1")
    before = len(rig.entries("segment-open")), len(rig.entries("segment-cut"))
    await come_back(rig, "boot-1")
    assert (len(rig.entries("segment-open")), len(rig.entries("segment-cut"))) == before


async def test_a_file_without_one_picture_is_removed(rig: StreamRig) -> None:
    await run_and_die(rig, told=False)
    [path] = rig.segments()
    path.write_bytes(path.read_bytes()[:700])
    await come_back(rig, "boot-1")
    assert not path.exists()
    assert rig.entries("segment-open") == []


@pytest.mark.parametrize(("boot", "reason"), [("boot-1", "recorder-stopped"), ("another", "box-off")])
async def test_the_time_since_the_last_footage_is_a_gap_with_its_reason(
    rig: StreamRig, boot: str, reason: str
) -> None:
    await run_and_die(rig, told=True)
    rig.clock.advance_s(600)
    await come_back(rig, boot)
    row = rig.entries("gap-open")[-1]
    assert (row["camera"], row["reason"]) == (camera_id(1), reason)
    assert row["since_ns"] == rig.entries("segment-cut")[0]["end_ns"]


async def test_a_gap_that_was_open_ends_when_the_recorder_did(rig: StreamRig) -> None:
    await rig.open()
    rig.clock.advance_s(60)
    rig.journal.append_durable("clock", state="trusted", reason="")
    ended_ns = rig.clock.wall_ns()
    rig.clock.advance_s(600)
    await come_back(rig, "boot-1")
    assert rig.entries("gap-closed")[0]["until_ns"] == ended_ns
    rows = rig.entries("gap-open")
    assert [row["reason"] for row in rows] == ["starting", "recorder-stopped"]
    assert rows[1]["since_ns"] == ended_ns


@pytest.mark.parametrize(
    ("boot", "died", "reason"),
    [
        ("boot-1", False, "recorder-stopped"),
        ("boot-1", True, "recorder-died"),
        ("boot-0", True, "box-off"),
    ],
)
async def test_the_missing_time_says_whether_somebody_stopped_the_recorder(
    rig: StreamRig, boot: str, died: bool, reason: str
) -> None:
    await run_and_die(rig, told=True)
    await rig.boot()
    rig.parts.journal = rig.journal
    recover(rig.parts, boot, died=died)
    assert rig.entries("gap-open")[-1]["reason"] == reason
