"""Two independent servers: what they serve is what we get, picture for picture."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import av
import pytest

from kuramori.cameras.rtsp import Credentials, RtspClient, annexb, nal_units, watchdog
from kuramori.cameras.rtsp.pace import BeatLoop
from kuramori.clock import SystemClock
from tests.rig.cameras import Go2rtc, GstCamera
from tests.rig.clips import make_clip, read_frame_number
from tests.rig.fixtures import CAMERA_PASSWORD, CAMERA_USER
from tests.rig.sinks import RecordingSink

pytestmark = pytest.mark.process


async def record(url: str, units: int, credentials: Credentials | None = None) -> RecordingSink:
    sink = RecordingSink()
    client = RtspClient(url, credentials, sink, SystemClock())
    running = asyncio.create_task(client.run())
    await sink.wait_units(units)
    await client.stop()
    await running
    return sink


def frame_numbers(sink: RecordingSink) -> list[int]:
    """Decode everything and read the numbers burned into the pictures."""
    decoder = av.CodecContext.create("h264", "r")
    seen: list[int] = []
    packets = [av.Packet(annexb(sink.tracks[0], unit.data)) for unit in sink.units]
    for packet in [*packets, None]:
        for frame in decoder.decode(packet):
            luma = frame.planes[0]
            seen.append(read_frame_number(bytes(luma), luma.line_size))
    return seen


def assert_unbroken(sink: RecordingSink, units: int, of: int = 120) -> None:
    assert sink.endings == [None]
    assert sink.lost_packets == 0
    assert not any(unit.damaged or unit.discontinuity for unit in sink.units)
    numbers = frame_numbers(sink)
    assert len(numbers) == len(sink.units) >= units
    assert numbers == [(numbers[0] + step) % of for step in range(len(numbers))]


@pytest.mark.parametrize("mount", ["cam", "sound"])
async def test_every_picture_of_gst_arrives_once_and_in_order(gst_camera: GstCamera, mount: str) -> None:
    sink = await record(gst_camera.url(mount), 40)
    assert_unbroken(sink, 40)
    steps = {b.dts_90k - a.dts_90k for a, b in zip(sink.units, sink.units[1:], strict=False)}
    assert steps == {6000}
    assert (sink.tracks[0].width, sink.tracks[0].height) == (640, 360)


async def test_every_picture_of_go2rtc_arrives_once_and_in_order(go2rtc: Go2rtc) -> None:
    sink = await record(go2rtc.url("cam"), 40)
    assert_unbroken(sink, 40)


async def test_what_arrives_is_bit_for_bit_what_was_encoded(gst_camera: GstCamera, clip: Path) -> None:
    sink = await record(gst_camera.url("cam"), 20)
    original = clip.read_bytes()
    for unit in sink.units:
        for nal in nal_units(unit.data):
            assert nal in original


async def test_reordered_pictures_keep_their_times(clips: Path) -> None:
    clip = make_clip(clips, b_frames=2)
    with GstCamera({"cam": str(clip)}) as camera:
        sink = await record(camera.url("cam"), 30)
    assert sink.tracks[0].reorder_frames > 0
    decoding = [unit.dts_90k for unit in sink.units]
    assert decoding == sorted(set(decoding))


async def test_digest_of_a_real_server(locked_gst_camera: GstCamera) -> None:
    url = locked_gst_camera.url("cam")
    assert len((await record(url, 3, Credentials(CAMERA_USER, CAMERA_PASSWORD))).units) >= 3
    assert (await record(url, 3, Credentials(CAMERA_USER, "wrong"))).state == "refused"
    assert (await record(url, 3)).state == "refused"


async def test_basic_of_a_real_server(clip: Path, _gst: None) -> None:
    with GstCamera({"cam": str(clip)}, auth="basic", user=CAMERA_USER, password=CAMERA_PASSWORD) as camera:
        sink = await record(camera.url("cam"), 3, Credentials(CAMERA_USER, CAMERA_PASSWORD))
        wrong = await record(camera.url("cam"), 3, Credentials(CAMERA_USER, "wrong"))
    assert len(sink.units) >= 3
    assert wrong.state == "refused"


async def test_a_missing_mount_has_its_state(gst_camera: GstCamera) -> None:
    assert (await record(gst_camera.url("nothing"), 1)).state == "not-found"


async def test_a_camera_that_drops_us_is_noticed_at_once(gst_camera: GstCamera) -> None:
    sink = RecordingSink()
    running = asyncio.create_task(RtspClient(gst_camera.url("cam"), None, sink, SystemClock()).run())
    await sink.wait_units(3)
    begun = time.monotonic()
    await asyncio.to_thread(gst_camera.order, "kick")
    await running
    assert sink.state == "closed-by-camera"
    assert time.monotonic() - begun < 2


async def test_a_leap_of_the_cameras_clock_is_marked(gst_camera: GstCamera) -> None:
    sink = RecordingSink()
    client = RtspClient(gst_camera.url("cam"), None, sink, SystemClock())
    running = asyncio.create_task(client.run())
    await sink.wait_units(3)
    await asyncio.to_thread(gst_camera.order, "jump")
    await sink.wait_units(40)
    await client.stop()
    await running
    assert sum(unit.discontinuity for unit in sink.units) == 1


def test_the_paced_loop_delivers_the_same(gst_camera: GstCamera) -> None:
    with asyncio.Runner(loop_factory=BeatLoop) as runner:
        sink = runner.run(record(gst_camera.url("cam"), 30))
    assert_unbroken(sink, 30)


async def test_a_camera_without_key_frames_is_told_from_a_stalled_one(
    gst_camera: GstCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "GROUP_S", 1.0)  # in mid-stream a minute is waited at least
    sink = RecordingSink()
    client = RtspClient(gst_camera.url("cam"), None, sink, SystemClock(), key_frame_patience_s=1)
    running = asyncio.create_task(client.run())
    await sink.wait_units(1)
    await asyncio.to_thread(gst_camera.order, "keyless")
    async with asyncio.timeout(60):
        await running
    assert sink.state == "no-key-frame"
