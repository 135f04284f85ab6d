"""H.265 packets into access units, and what its parameter sets say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
import pytest

from kuramori.cameras.rtsp import Credentials, RtspClient, annexb, nal_units
from kuramori.cameras.rtsp.h265 import Assembler
from kuramori.cameras.rtsp.parameter_sets import ParameterSets
from kuramori.cameras.rtsp.rtp import RtpReceiver
from kuramori.cameras.rtsp.sps265 import parse_sps265
from kuramori.cameras.rtsp.track import Track
from kuramori.cameras.rtsp.watchdog import Watchdog
from kuramori.clock import SystemClock
from kuramori.errors import CameraError
from tests.rig.cameras import Go2rtc, GstCamera
from tests.rig.clips import make_clip, read_frame_number
from tests.rig.fake_camera import FakeCamera, own_transcript
from tests.rig.fixtures import remux
from tests.rig.packets import (
    PPS_265,
    SPS_265,
    VPS_265,
    aggregation_265,
    fragments_265,
    rtp,
    slice_265,
    stream,
)
from tests.rig.sinks import RecordingSink

AUD = b"\x46\x01\x50"
# user_data_unregistered with the UUID of ONVIF Media Signing, as prefix and as suffix SEI
SIGNING = bytes.fromhex("0514005bc93f2d7145169cb6cd6f56d8f8d0") + b"\x80"
SEI, SUFFIX_SEI = b"\x4e\x01" + SIGNING, b"\x50\x01" + SIGNING


class Receiving:
    """One H.265 track fed packet by packet."""

    def __init__(self) -> None:
        self.sink = RecordingSink()
        self.track = Track(self.sink, Watchdog(0), ParameterSets("h265"))
        self.rtp = RtpReceiver(96, Assembler(self.track), self.sink.lost)
        self.sequence = 100

    def send(self, stamp: int, *payloads: bytes, marker: bool = True, drop: tuple[int, ...] = ()) -> None:
        for index, payload in enumerate(payloads):
            if index not in drop:
                packet = rtp(self.sequence, stamp, payload, marker=marker and index == len(payloads) - 1)
                buffer = bytearray(packet)
                self.rtp.packet(buffer, memoryview(buffer), 0, len(buffer))
            self.sequence += 1

    def begin(self) -> None:
        self.send(0, aggregation_265([VPS_265, SPS_265, PPS_265]), slice_265(19, 0))


@pytest.fixture
def receiving() -> Receiving:
    return Receiving()


def test_every_nal_unit_comes_out_bit_exact_and_in_order(receiving: Receiving) -> None:
    key = slice_265(19, 7, 5000)
    receiving.send(0, AUD, VPS_265, SPS_265, PPS_265, SEI, *fragments_265(key, 1000), SUFFIX_SEI)
    [unit] = receiving.sink.units
    assert nal_units(unit.data) == [AUD, VPS_265, SPS_265, PPS_265, SEI, key, SUFFIX_SEI]
    assert unit.key and unit.changed and not unit.damaged
    [video] = receiving.sink.tracks
    assert (video.codec, video.width, video.height, video.rfc6381) == ("h265", 640, 360, "hvc1.1.6.L63.90")
    assert annexb(video, unit.data).startswith(b"\0\0\0\1" + VPS_265 + b"\0\0\0\1" + SPS_265)


@pytest.mark.parametrize("kind", [16, 19, 20, 21])
def test_decoding_may_start_at_each_random_access_picture(receiving: Receiving, kind: int) -> None:
    receiving.send(0, slice_265(1, 0))
    receiving.send(6000, aggregation_265([VPS_265, SPS_265, PPS_265]), slice_265(kind, 1))
    assert [unit.key for unit in receiving.sink.units] == [True]


def test_nothing_begins_without_the_video_parameter_set(receiving: Receiving) -> None:
    receiving.send(0, SPS_265, PPS_265, slice_265(19, 0))
    assert not receiving.sink.units


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_lost_fragment_never_leaves_half_a_nal_unit(receiving: Receiving, lost: int) -> None:
    receiving.begin()
    receiving.send(6000, SEI, *fragments_265(slice_265(1, 1, 3000), 1000), drop=(1 + lost,))
    receiving.send(12000, slice_265(1, 2))
    receiving.send(18000, slice_265(1, 3))
    assert receiving.sink.lost_packets == 1
    for unit in receiving.sink.units:
        assert not any(1000 <= len(nal) < 3000 for nal in nal_units(unit.data))
    assert any(unit.damaged for unit in receiving.sink.units) and not receiving.sink.units[-1].damaged


def test_parameter_sets_that_change_open_the_track_anew_at_the_key_frame(receiving: Receiving) -> None:
    receiving.begin()
    other = PPS_265[:-1] + b"\x48"
    receiving.send(6000, other, slice_265(1, 1))
    receiving.send(12000, slice_265(19, 2))
    assert [unit.changed for unit in receiving.sink.units] == [True, False, True]
    assert receiving.sink.tracks[-1].pps == (other,)


def test_parameter_sets_and_picture_in_one_packet_with_start_codes_are_taken_apart(
    receiving: Receiving,
) -> None:
    key = slice_265(19, 0)
    receiving.send(0, b"\0\0\0\1".join([VPS_265, SPS_265, PPS_265, key]))
    [unit] = receiving.sink.units
    assert nal_units(unit.data) == [VPS_265, SPS_265, PPS_265, key] and unit.key


@pytest.mark.parametrize(
    ("text", "size", "codec"),
    [
        (SPS_265.hex(), (640, 360), "hvc1.1.6.L63.90"),
        # of two cameras, as their descriptions carry them
        (
            "42010101600000030000030000030000030096a001402005a1fe2ab4ee892ee680800dbba000cdfe6004",
            (2560, 1440),
            "hvc1.1.6.L150",
        ),
        (
            "420101016000000300b0000003000003005aa0058201e1636b92452fcdc14181410000030001000003000ca1",
            (704, 480),
            "hvc1.1.6.L90.B0",
        ),
    ],
)
def test_size_and_codec_are_read(text: str, size: tuple[int, int], codec: str) -> None:
    said = parse_sps265(bytes.fromhex(text))
    assert ((said.width, said.height), said.rfc6381) == (size, codec)


def test_a_cut_parameter_set_is_refused() -> None:
    for length in range(20):
        with pytest.raises(CameraError):
            parse_sps265(SPS_265[:length])


async def test_packets_with_decoding_order_numbers_are_refused_clearly() -> None:
    sdp = b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-max-don-diff=2\r\n"
    head = f"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: {len(sdp)}\r\n\r\n".encode()
    async with FakeCamera({"DESCRIBE": head + sdp}) as camera:
        sink = RecordingSink()
        await RtspClient(camera.url, None, sink, SystemClock()).run()
    assert [ending.values for ending in sink.endings if ending] == [{"why": "interleaved-packets"}]


async def test_the_fast_way_and_the_slow_way_agree() -> None:
    describe, others = own_transcript("bare-minimum")
    media = stream(12, codec="h265", channel=6)
    describe = describe.replace(b"H264", b"H265")
    async with FakeCamera({**others, "DESCRIBE": describe}, media) as camera:
        sink = RecordingSink()
        client = RtspClient(camera.url, Credentials("a", "Wisteria-9"), sink, SystemClock())
        running = asyncio.create_task(client.run())
        await sink.wait_units(12)
        await client.stop()
        await running
    assert [nal_units(unit.data)[-1] for unit in sink.units] == [
        slice_265(19 if number % 5 == 0 else 1, number, 3000) for number in range(12)
    ]


@pytest.mark.process
@pytest.mark.parametrize("b_frames", [0, 3])
async def test_real_h265_decodes_picture_for_picture(clips: Path, b_frames: int) -> None:
    clip = make_clip(clips, "h265", b_frames=b_frames)
    with GstCamera({"cam": str(clip)}) as camera:
        sink = await _record(camera.url("cam"), 40)
    assert sink.lost_packets == 0 and not any(unit.damaged for unit in sink.units)
    numbers = _numbers(sink)[:30]  # behind them a reordering stream may have been cut
    assert numbers == list(range(numbers[0], numbers[0] + 30))
    decoding = [unit.dts_90k for unit in sink.units]
    assert decoding == sorted(set(decoding))
    original = clip.read_bytes()
    assert all(nal in original for unit in sink.units for nal in nal_units(unit.data))


@pytest.mark.process
async def test_h265_of_the_second_server(clips: Path, tmp_path: Path) -> None:
    wrapped = tmp_path / "cam.mp4"
    remux(make_clip(clips, "h265"), wrapped)
    with Go2rtc(tmp_path / "go2rtc", {"cam": str(wrapped)}) as camera:
        sink = await _record(camera.url("cam"), 30)
    assert sink.tracks[0].codec == "h265" and len(_numbers(sink)) >= 30


async def _record(url: str, units: int) -> RecordingSink:
    sink = RecordingSink()
    client = RtspClient(url, None, sink, SystemClock())
    running = asyncio.create_task(client.run())
    await sink.wait_units(units)
    await client.stop()
    await running
    return sink


def _numbers(sink: RecordingSink) -> list[int]:
    decoder = av.CodecContext.create("hevc", "r")
    seen: list[int] = []
    for packet in [*(av.Packet(annexb(sink.tracks[0], unit.data)) for unit in sink.units), None]:
        for frame in decoder.decode(packet):
            seen.append(read_frame_number(bytes(frame.planes[0]), frame.planes[0].line_size))
    return seen
