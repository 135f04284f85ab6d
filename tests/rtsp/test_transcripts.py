"""Cameras as they answered: each plays up to its pictures, or says clearly why it can't."""

from __future__ import annotations

import asyncio

import pytest

from kuramori.cameras.rtsp import Credentials, RtspClient
from kuramori.clock import SystemClock
from tests.rig.fake_camera import FakeCamera, camera_of, own_transcript, shared_transcripts
from tests.rig.sinks import RecordingSink

RECORDED = shared_transcripts()


async def play(camera: FakeCamera, pictures: int = 10) -> RecordingSink:
    sink = RecordingSink()
    client = RtspClient(camera.url, Credentials("viewer", "Hemlock-stairs-9"), sink, SystemClock())
    running = asyncio.create_task(client.run())
    await sink.wait_units(pictures)
    await client.stop()
    await running
    return sink


@pytest.mark.skipif(not RECORDED, reason="no recorded answers beside the repository")
@pytest.mark.parametrize("name", sorted(RECORDED) or ["absent"])
async def test_a_recorded_camera_plays(name: str) -> None:
    async with camera_of(*RECORDED[name]) as camera:
        sink = await play(camera)
    assert sink.endings == [None]
    assert len(sink.units) == 10
    assert sink.units[0].key and not any(unit.damaged for unit in sink.units)
    assert sink.lost_packets == 0
    assert sink.tracks[0].codec == ("h265" if b"H265" in RECORDED[name][0] else "h264")
    assert camera.methods() == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]


@pytest.mark.skipif(not RECORDED, reason="no recorded answers beside the repository")
async def test_the_track_of_a_camera_is_asked_for_as_it_says() -> None:
    wanted = {
        "hikvision_describe": "SETUP rtsp://192.168.5.106:554/Streaming/Channels/101/trackID=1"
        "?transportmode=unicast&profile=Profile_1 RTSP/1.0",
        "gw_sub_describe": "SETUP rtsp://192.168.1.110:5049/H264?channel=1&subtype=1&unicast=true&proto=Onvif"
        "/video RTSP/1.0",
        "reolink_describe": "SETUP rtsp://192.168.5.206/h264Preview_01_main/trackID=1 RTSP/1.0",
    }
    for name, line in wanted.items():
        async with camera_of(*RECORDED[name]) as camera:
            await play(camera)
        assert camera.requests[2].splitlines()[0] == line


@pytest.mark.parametrize("name", ["bare-line-feeds", "bare-minimum", "folded-and-junk"])
async def test_an_odd_camera_plays(name: str) -> None:
    async with camera_of(*own_transcript(name)) as camera:
        sink = await play(camera)
    assert sink.endings == [None]
    assert len(sink.units) == 10
    assert (sink.tracks[0].width, sink.tracks[0].height) == (640, 360)


async def test_a_camera_that_numbers_its_answers_wrongly_plays() -> None:
    camera = camera_of(*own_transcript("bare-line-feeds"))
    camera.fix_cseq = False
    async with camera:
        sink = await play(camera)
    assert len(sink.units) == 10


@pytest.mark.parametrize(
    ("name", "code", "values"),
    [
        ("motion-jpeg", "unsupported-codec", {"codec": "JPEG"}),
        ("sound-only", "no-video", {}),
        ("udp-only", "protocol", {"why": "transport"}),
        ("busy", "protocol", {"status": 503, "method": "DESCRIBE"}),
    ],
)
async def test_a_camera_that_cannot_be_played_has_its_own_state(
    name: str, code: str, values: dict[str, object]
) -> None:
    async with camera_of(*own_transcript(name)) as camera:
        sink = await play(camera)
    [ending] = sink.endings
    assert ending is not None
    assert (ending.code, ending.values) == (code, values)


async def test_sound_and_metadata_are_never_asked_for() -> None:
    for name in ["bare-line-feeds", *RECORDED]:
        describe, others = RECORDED[name] if name in RECORDED else own_transcript(name)
        async with camera_of(describe, others) as camera:
            await play(camera)
        assert camera.methods().count("SETUP") == 1


async def test_packets_ahead_of_the_answer_to_play_are_kept() -> None:
    camera = camera_of(*own_transcript("bare-minimum"))
    camera.early, camera.media = camera.media, b""
    async with camera:
        sink = await play(camera)
    assert len(sink.units) == 10
