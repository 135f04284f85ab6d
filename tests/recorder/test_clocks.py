"""Three clocks: the camera's counter, the camera's wall clock, and ours."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuramori.cameras.rtsp import AccessUnit
from kuramori.clock import NS_PER_S, ManualClock
from kuramori.errors import BadInput
from kuramori.pictures import asking
from kuramori.recorder.camera_clock import REPORTS, CameraClock
from kuramori.recorder.fragmenter import Fragment, Fragmenter
from kuramori.recorder.gaps import Gaps
from kuramori.recorder.time_witnesses import FixedWitnesses
from kuramori.recorder.trial_decode import MOST_FAILURES, TrialDecode
from kuramori.vault.segment_reader import SegmentFile
from tests.recorder.keeper_rig import SURE
from tests.recorder.pictures import VIDEO, picture
from tests.recorder.stream_rig import StreamRig
from tests.recorder.test_storing import send

START_NS = ManualClock.at("2026-11-23T09:00:00+09:00").wall_ns()
MS_NS = 1_000_000
HOURS = 3


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[StreamRig]:
    made = StreamRig(tmp_path, ManualClock.at("2026-11-23T09:00:00+09:00"))
    made.witnesses = FixedWitnesses(*SURE, error_ns=20 * MS_NS)
    await made.open()
    yield made
    await made.end()


def drifting(ppm: int) -> list[AccessUnit]:
    """A picture a second for hours, each up to 0.4 s late; our clock is faster by `ppm` than the counter."""
    chance = random.Random(ppm)
    units = []
    for n in range(HOURS * 3600):
        took_ns = n * (NS_PER_S + ppm * 1000)
        late_ns = 0 if n == 0 else chance.randrange(400 * MS_NS)
        units.append(AccessUnit(b"x", n * 90_000, n * 90_000, True, START_NS + took_ns + late_ns))
    return units


@pytest.mark.parametrize("ppm", [-300, -100, 100, 300])
def test_a_counter_that_drifts_is_followed_in_one_run(ppm: int) -> None:
    """Without that, 300 ppm would be a second in less than an hour: a new run, and a jump."""
    fragmenter, units = Fragmenter(), drifting(ppm)
    found = [fragmenter.add(au) for au in units]
    fragments = [one for one in found if one is not None]
    assert len({one.run for one in fragments}) == 1
    arrived = {au.dts_90k: au.wall_ns for au in units}
    for one in fragments:
        assert 0 <= arrived[one.base_media_90k] - one.wall_ns < 900 * MS_NS
    for one, later in zip(fragments, fragments[1:], strict=False):
        assert later.wall_ns > one.wall_ns, "never backwards"


def test_the_bound_holds_for_what_follows_and_says_nothing_it_has_not_measured() -> None:
    fragments: list[Fragment] = []
    fragmenter = Fragmenter()
    for n in range(300):
        made = fragmenter.add(picture(n, START_NS, late_ns=(n % 7) * 30 * MS_NS))
        if made is not None:
            fragments.append(made)
    assert fragments[0].error_ns == NS_PER_S
    assert 180 * MS_NS <= fragments[-1].error_ns <= 190 * MS_NS


def test_the_report_that_was_under_way_for_the_shortest_time_counts() -> None:
    clock = CameraClock()
    assert clock.error_ms(START_NS) is None
    for number, late_ms in enumerate((400, 20, 260, 90)):
        clock.report(
            START_NS + 2_400 * MS_NS + number * NS_PER_S, START_NS + number * NS_PER_S + late_ms * MS_NS
        )
    assert clock.error_ms(START_NS + 4 * NS_PER_S) == 2380
    assert clock.error_ms(START_NS + 3600 * NS_PER_S) is None, "old reports say nothing of now"


def test_a_clock_that_was_set_right_is_right_after_a_few_reports() -> None:
    clock = CameraClock()
    for number in range(REPORTS):
        clock.report(START_NS + 90 * NS_PER_S, START_NS + number)
    for number in range(REPORTS):
        clock.report(START_NS, START_NS + 100 + number)
    assert clock.error_ms(START_NS) == 0


async def test_the_status_tells_of_the_cameras_clock(rig: StreamRig) -> None:
    assert rig.worker.status().clock_error_ms is None
    rig.intake.sender_report(rig.clock.wall_ns() - 3 * NS_PER_S, 0)
    assert rig.worker.status().clock_error_ms == -3000


async def test_the_header_of_each_segment_bounds_its_error(rig: StreamRig) -> None:
    send(rig, rig.intake, 0, 60)
    rig.intake.closed(None)
    await rig.settle()
    with SegmentFile(rig.segments()[0]) as found:
        assert found.header.clock_error_ms == 1020, "the machine's clock, and a run not yet measured"
    assert rig.entries("segment-open")[0]["clock_error_ms"] == 1020


async def test_nobody_vouches_without_a_time_server(rig: StreamRig) -> None:
    rig.witnesses.error = None
    send(rig, rig.intake, 0, 60)
    rig.intake.closed(None)
    await rig.settle()
    with SegmentFile(rig.segments()[0]) as found:
        assert found.header.clock_error_ms is None


async def gaps(rig: StreamRig) -> list[tuple[str, int]]:
    """Reason and length (ms) of every gap that is over, but the first."""
    await rig.settle()
    ends = {row["gap"]: row["until_ns"] for row in rig.entries("gap-closed")}
    rows = rig.entries("gap-open")[1:]
    return [(row["reason"], round((ends[row["gap"]] - row["since_ns"]) / MS_NS)) for row in rows]


async def three_seconds(rig: StreamRig) -> None:
    """The camera's first pictures, at fifteen a second, stored."""
    send(rig, rig.intake, 0, 45)
    rig.intake.beat()
    await rig.settle()


async def test_a_camera_that_pauses_without_hanging_up_has_a_row(rig: StreamRig) -> None:
    await three_seconds(rig)
    send(rig, rig.intake, 105, 30)
    assert await gaps(rig) == [("stalled", 4000)]


async def test_a_picture_now_and_then_is_no_pause(rig: StreamRig) -> None:
    await three_seconds(rig)
    send(rig, rig.intake, 56, 30)
    assert await gaps(rig) == []


async def test_a_clock_set_forward_has_a_row_of_its_own(rig: StreamRig) -> None:
    await three_seconds(rig)
    rig.clock.step_wall_s(180)
    send(rig, rig.intake, 45, 60, start_ns=rig.began_ns + 180 * NS_PER_S)
    assert await gaps(rig) == [("clock", 180_000)]


async def test_a_clock_set_forward_by_two_seconds_is_told_as_such_when_it_is_noticed(rig: StreamRig) -> None:
    await three_seconds(rig)
    rig.clock.step_wall_s(2)
    send(rig, rig.intake, 45, 400, start_ns=rig.began_ns + 2 * NS_PER_S)
    assert [reason for reason, _ in await gaps(rig)] == ["clock"]


async def test_a_line_too_narrow_for_the_pictures_is_no_clock(rig: StreamRig) -> None:
    """Each picture comes a quarter later than the camera made it: the lag grows until a new run begins."""
    for number in range(900):
        au = picture(number, rig.began_ns)
        au.wall_ns = rig.began_ns + (au.wall_ns - rig.began_ns) * 5 // 4
        rig.clock.advance_s(max(0, au.wall_ns - rig.clock.wall_ns()) / NS_PER_S)
        rig.intake.access_unit(au)
        if number % 15 == 14:
            rig.intake.beat()
            await rig.settle()
    reasons = {reason for reason, _ in await gaps(rig)}
    assert reasons == {"stalled"}


async def test_a_clock_set_back_leaves_no_hole(rig: StreamRig) -> None:
    await three_seconds(rig)
    rig.clock.step_wall_s(-180)
    send(rig, rig.intake, 45, 60, start_ns=rig.began_ns - 180 * NS_PER_S)
    assert await gaps(rig) == []


async def test_while_a_row_is_open_it_alone_says_why(rig: StreamRig) -> None:
    rows = Gaps("c" * 32, rig.journal)
    rows.open(START_NS, "disk-full")
    before = len(rig.entries("gap-open"))
    rows.passed(START_NS, START_NS + NS_PER_S, "stalled")
    assert len(rig.entries("gap-open")) == before


async def test_key_frames_that_cannot_be_decoded_are_told_after_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial = TrialDecode(asyncio.Lock())
    for number in range(MOST_FAILURES):
        assert not trial.unreadable, number
        await trial.try_one(b"\0\0\0\1\x65 no picture", START_NS)
    assert trial.unreadable and trial.decoded_ns is None
    monkeypatch.setattr(asking, "key_frame_picture", lambda picture, timeout_s: None)
    await trial.try_one(b"", START_NS)
    assert (trial.unreadable, trial.decoded_ns) == (False, START_NS)


async def test_a_machine_too_busy_to_decode_says_nothing_of_the_camera(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(picture: bytes, timeout_s: float) -> None:
        raise BadInput("picture-timeout")

    monkeypatch.setattr(asking, "key_frame_picture", late)
    trial = TrialDecode(asyncio.Lock())
    for _ in range(MOST_FAILURES):
        await trial.try_one(b"", START_NS)
    assert not trial.unreadable


async def test_one_camera_after_the_other_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    monkeypatch.setattr(asking, "key_frame_picture", lambda picture, timeout_s: tried.append(picture))
    turn, time = asyncio.Lock(), asyncio.get_running_loop()
    one, other = TrialDecode(turn), TrialDecode(turn)
    au = picture(0, START_NS)
    for trial in (one, other):
        trial.key_frame(VIDEO, au)
        assert trial._task is None, "not in the first seconds of a connection"
        trial._due_s = time.time()
    async with turn:
        one.key_frame(VIDEO, au)
        assert one._task is None, "another one's turn"
    one.key_frame(VIDEO, au)
    assert one._task is not None
    await one._task
    assert len(tried) == 1 and one.decoded_ns == au.wall_ns
