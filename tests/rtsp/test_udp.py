"""RTP over UDP: order restored, losses counted, strangers not heard; against a real server too."""

from __future__ import annotations

import asyncio
import random
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.cameras.rtsp import RtspClient, nal_units
from kuramori.cameras.rtsp.h264 import Assembler
from kuramori.cameras.rtsp.message import parse_head, server_ports_of, wants_udp
from kuramori.cameras.rtsp.pace import BeatLoop
from kuramori.cameras.rtsp.parameter_sets import ParameterSets
from kuramori.cameras.rtsp.rtp import RtpReceiver
from kuramori.cameras.rtsp.track import Track
from kuramori.cameras.rtsp.udp import HELD_NS, HELD_PACKETS, Order
from kuramori.cameras.rtsp.watchdog import Watchdog
from kuramori.cameras.rtsp.wire import Media
from kuramori.clock import SystemClock
from tests.rig.cameras import GstCamera
from tests.rig.fake_camera import FakeCamera, own_transcript
from tests.rig.packets import sender_report, stream
from tests.rig.sinks import RecordingSink


def datagrams(pictures: int = 12) -> list[bytes]:
    """Interleaved packets of a stream, one each."""
    found, data = [], stream(pictures)
    while data:
        size = 4 + int.from_bytes(data[2:4], "big")
        found.append(data[:size])
        data = data[size:]
    return found


class Arriving:
    """A track behind an `Order`."""

    def __init__(self) -> None:
        self.sink = RecordingSink()
        assembler = Assembler(Track(self.sink, Watchdog(0), ParameterSets("h264")))
        receiver = RtpReceiver(96, assembler, self.sink.lost)
        self.media = Media((-1, -1), receiver, assembler, assembler._track, self.sink)
        self.order = Order(self.media)
        self.now_ns = 0

    def take(self, packets: list[bytes]) -> None:
        buffer = bytearray(b"".join(packets))
        at = 0
        while at < len(buffer):
            at = self.order.take(buffer, memoryview(buffer), at, len(buffer), self.now_ns)
        self.media.assembler.settle()

    def numbers(self) -> list[int]:
        return [int.from_bytes(nal_units(unit.data)[-1][2:6], "big") for unit in self.sink.units]


def test_packets_in_order_are_all_handed_on() -> None:
    arriving = Arriving()
    arriving.take(datagrams())
    assert arriving.numbers() == list(range(12)) and arriving.sink.lost_packets == 0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_packets_that_overtake_each_other_and_come_twice_change_nothing(seed: int) -> None:
    chance = random.Random(seed)
    packets = datagrams()
    first, rest = packets[:1], packets[1:]
    mixed = sorted(range(len(rest)), key=lambda at: at + chance.uniform(0, 12))
    twice = [at for one in mixed for at in ([one, one] if chance.random() < 0.2 else [one])]
    arriving = Arriving()
    for at in range(0, len(twice), 5):
        arriving.take((first if at == 0 else []) + [rest[one] for one in twice[at : at + 5]])
    assert arriving.numbers() == list(range(12))
    assert arriving.sink.lost_packets == 0
    assert not any(unit.damaged for unit in arriving.sink.units)


def test_what_overtakes_without_end_is_no_loss_while_each_comes_in_time() -> None:
    """Something is always held then; what counts is how long the one that is missing now has been missed."""
    arriving = Arriving()
    packets = datagrams(40)
    arriving.take(packets[:1])
    swapped = [packets[at] for pair in range(1, len(packets) - 2, 3) for at in (pair + 1, pair + 2, pair)]
    for at, packet in enumerate(swapped):
        arriving.now_ns = at * HELD_NS // 4
        arriving.take([packet])
        arriving.order.overdue(arriving.now_ns)
    assert arriving.sink.lost_packets == 0
    assert arriving.numbers() == list(range(len(arriving.numbers()))) and len(arriving.numbers()) > 35


def test_a_lost_packet_is_counted_once_and_waited_for_only_so_long() -> None:
    packets = datagrams()
    del packets[8]
    arriving = Arriving()
    arriving.take(packets)
    seen = len(arriving.sink.units)
    assert seen < 4
    arriving.now_ns = HELD_NS
    arriving.order.overdue(arriving.now_ns)
    assert len(arriving.sink.units) > seen
    assert arriving.sink.lost_packets == 1
    assert sum(unit.damaged for unit in arriving.sink.units) in (1, 2)


def test_what_is_held_is_bounded() -> None:
    packets = datagrams(400)
    arriving = Arriving()
    arriving.take([packets[0], *packets[2:]])
    assert len(arriving.order._held) <= HELD_PACKETS
    assert arriving.sink.lost_packets == 1 and len(arriving.sink.units) > 300


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=40))
def test_any_datagrams(payloads: list[bytes]) -> None:
    arriving = Arriving()
    arriving.take([b"$\0" + len(one).to_bytes(2, "big") + one for one in payloads])
    arriving.order.give_up()


def test_transports_are_read_leniently() -> None:
    said = parse_head(
        b"RTSP/1.0 200 OK\nTransport: RTP/AVP/UDP;unicast;client_port=2-3;Server_Port = 6970-6971"
    )
    assert wants_udp(said) and server_ports_of(said) == (6970, 6971)
    assert server_ports_of(parse_head(b"RTSP/1.0 200 OK\nTransport: RTP/AVP;server_port=5000")) == (
        5000,
        5001,
    )
    assert server_ports_of(parse_head(b"RTSP/1.0 200 OK\nTransport: RTP/AVP;server_port=99999-0")) is None
    assert not wants_udp(parse_head(b"RTSP/1.0 200 OK\n"))


@pytest.mark.process
async def test_a_real_server_that_offers_udp_only_is_played(clip: Path, _gst: None) -> None:
    with GstCamera({"cam": str(clip)}, udp_only=True) as camera:
        sink = RecordingSink()
        client = RtspClient(camera.url("cam"), None, sink, SystemClock())
        running = asyncio.create_task(client.run())
        await sink.wait_units(40)
        await client.stop()
        await running
    assert sink.endings == [None] and sink.lost_packets == 0
    assert len(sink.units) >= 40 and not any(unit.damaged for unit in sink.units)


@pytest.mark.process
def test_the_loop_with_a_beat_plays_udp_too(clip: Path, _gst: None) -> None:
    async def go() -> RecordingSink:
        sink = RecordingSink()
        client = RtspClient(camera.url("cam"), None, sink, SystemClock())
        running = asyncio.create_task(client.run())
        await sink.wait_units(30)
        await client.stop()
        await running
        return sink

    with (
        GstCamera({"cam": str(clip)}, udp_only=True) as camera,
        asyncio.Runner(loop_factory=BeatLoop) as runner,
    ):
        sink = runner.run(go())
    assert len(sink.units) >= 30 and sink.lost_packets == 0


async def test_nobody_but_the_camera_is_heard() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as camera_port:
        camera_port.bind(("127.0.0.1", 0))
        ports: list[int] = []

        def set_up(request: str) -> bytes:
            if "client_port" not in request:
                return b"RTSP/1.0 461 Unsupported Transport\r\nCSeq: 1\r\n\r\n"
            ports.append(int(request.partition("client_port=")[2].partition("-")[0]))
            own = camera_port.getsockname()[1]
            return (
                "RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 5\r\n"
                f"Transport: RTP/AVP;server_port={own}-{own}\r\n\r\n"
            ).encode()

        describe, _ = own_transcript("bare-minimum")
        async with FakeCamera({"DESCRIBE": describe, "SETUP": set_up}) as camera:
            sink = RecordingSink()
            client = RtspClient(camera.url, None, sink, SystemClock())
            running = asyncio.create_task(client.run())
            await camera.asked_for("PLAY")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                for packet in datagrams(4):
                    stranger.sendto(packet[4:], ("127.0.0.1", ports[0]))
            await asyncio.sleep(0.1)
            assert not sink.units
            for packet in datagrams(4):
                camera_port.sendto(packet[4:], ("127.0.0.1", ports[0]))
            await sink.wait_units(4)
            camera_port.sendto(sender_report(3_900_000_000, 0, 6000), ("127.0.0.1", ports[0] + 1))
            await asyncio.sleep(0.1)
            await client.stop()
            await running
    assert len(sink.units) == 4 and len(sink.reports) == 1
