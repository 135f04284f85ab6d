"""Hostile bytes: every parser either understands or raises CameraError, and holds no more than its bound."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kuramori.cameras.rtsp import nal_units
from kuramori.cameras.rtsp.address import join_control, parse_address
from kuramori.cameras.rtsp.auth import Authorizer, parse_challenges
from kuramori.cameras.rtsp.h264 import Assembler
from kuramori.cameras.rtsp.message import channels_of, cut_message, session_of
from kuramori.cameras.rtsp.parameter_sets import ParameterSets
from kuramori.cameras.rtsp.rtcp import sender_reports
from kuramori.cameras.rtsp.rtp import RtpReceiver
from kuramori.cameras.rtsp.sdp import choose_video, parameter_sets, parse_sdp
from kuramori.cameras.rtsp.sps import SIZE_LIMIT, parse_sps
from kuramori.cameras.rtsp.stream import Credentials
from kuramori.cameras.rtsp.track import Track
from kuramori.cameras.rtsp.watchdog import Watchdog
from kuramori.cameras.rtsp.wire import BUFFER_BYTES, Media, Wire
from kuramori.clock import ManualClock
from kuramori.errors import CameraError
from tests.rig import packets
from tests.rig.fake_camera import SETUP, own_transcript
from tests.rig.sinks import RecordingSink

DESCRIBE = own_transcript("folded-and-junk")[0]
STREAM = packets.stream(6, gop=2)


def damaged(good: bytes) -> st.SearchStrategy[bytes]:
    """`good` with a few bytes overwritten, cut out or put in."""
    edit = st.tuples(st.integers(0, len(good)), st.integers(0, 8), st.binary(max_size=8))

    def apply(edits: list[tuple[int, int, bytes]]) -> bytes:
        data = good
        for at, gone, new in edits:
            data = data[:at] + new + data[at + gone :]
        return data

    return st.lists(edit, min_size=1, max_size=6).map(apply)


def wire_of(sink: RecordingSink) -> Wire:
    watchdog = Watchdog(0)
    wire = Wire(ManualClock(10**18), watchdog)
    track = Track(sink, watchdog, ParameterSets("h264"))
    assembler = Assembler(track)
    wire.media = Media((0, 1), RtpReceiver(96, assembler, sink.lost), assembler, track, sink)
    return wire


def receive(wire: Wire, data: bytes, sizes: list[int]) -> None:
    """Hand `data` over as the kernel would, in pieces of `sizes`."""
    at = 0
    turn = 0
    while at < len(data) and not wire.over.done():
        room = wire.get_buffer(-1)
        assert len(room) > 0
        size = min(sizes[turn % len(sizes)], len(room), len(data) - at)
        room[:size] = data[at : at + size]
        wire.buffer_updated(size)
        at += size
        turn += 1
        while not wire.answers.empty():
            wire.answers.get_nowait()


def check_units(sink: RecordingSink) -> None:
    for unit in sink.units:
        assert sum(4 + len(nal) for nal in nal_units(unit.data)) == len(unit.data)
        assert unit.pts_90k >= 0


@settings(max_examples=300, deadline=None)
@given(damaged(STREAM), st.lists(st.integers(1, 5000), min_size=1, max_size=5))
def test_a_damaged_stream_never_breaks_the_wire(data: bytes, sizes: list[int]) -> None:
    async def go() -> None:
        sink = RecordingSink()
        wire = wire_of(sink)
        receive(wire, data, sizes)
        check_units(sink)
        assert len(wire._buffer) == BUFFER_BYTES

    asyncio.run(go())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000), st.lists(st.integers(1, 500), min_size=1, max_size=5))
@example(b"$\0\0\0", [1])
@example(b"$\0\0\1\x80" * 10, [3])
@example(b"RTSP/1.0 200 OK\r\n" * 50, [7])
def test_any_bytes_on_the_wire(data: bytes, sizes: list[int]) -> None:
    async def go() -> None:
        sink = RecordingSink()
        receive(wire_of(sink), data, sizes)
        check_units(sink)

    asyncio.run(go())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=60)),
        max_size=30,
    )
)
def test_any_packets(parts: list[tuple[int, int, bytes]]) -> None:
    sink = RecordingSink()
    receiver = RtpReceiver(
        96, Assembler(Track(sink, Watchdog(0), ParameterSets("h264", [packets.SPS, packets.PPS]))), sink.lost
    )
    for sequence, stamp, payload in parts:
        packet = bytearray(packets.rtp(sequence, stamp, payload, marker=bool(stamp & 1)))
        receiver.packet(packet, memoryview(packet), 0, len(packet))
    check_units(sink)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), damaged(packets.SPS)))
def test_any_parameter_set(data: bytes) -> None:
    with suppress(CameraError):
        shown = parse_sps(data)
        assert 0 < shown.width <= SIZE_LIMIT and 0 < shown.height <= SIZE_LIMIT


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), damaged(DESCRIBE), damaged(SETUP)))
def test_any_answer(data: bytes) -> None:
    with suppress(CameraError):
        cut = cut_message(data, 0, len(data))
        if cut is not None:
            message, after = cut
            assert after <= len(data)
            session_of(message)
            video = choose_video(parse_sdp(message.body))
            parameter_sets(video)
            assert "\n" not in join_control("rtsp://a/", video.control)
            channels_of(message)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_address(text: str) -> None:
    for url in (text, "rtsp://" + text):
        with suppress(CameraError):
            address = parse_address(url)
            assert not set(address.url) & set("\r\n ")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=200), st.text(max_size=99).map(lambda text: "Digest nonce=1," + text)),
        max_size=4,
    )
)
def test_any_challenge(values: list[str]) -> None:
    parse_challenges(values)
    authorizer = Authorizer(Credentials("viewer", "x"))
    if authorizer.take(values, tried=False):
        said = authorizer.header("PLAY", "rtsp://a/")
        assert said is not None and not set(said) & set("\r\n")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), damaged(packets.sender_report(3_900_000_000, 5, 6))))
def test_any_rtcp(data: bytes) -> None:
    sender_reports(data)


async def test_a_stream_of_garbage_ends_the_connection() -> None:
    wire = wire_of(RecordingSink())
    receive(wire, b"garbage! " * 200_000, [60_000])
    assert wire.over.result().values == {"why": "garbage"}


async def test_after_a_wrong_length_the_stream_is_found_again() -> None:
    sink = RecordingSink()
    noise = b"\x01\x02 between packets \x03"
    packet = STREAM.index(b"$", 100)
    receive(wire_of(sink), STREAM[:packet] + noise + STREAM[packet:], [1000])
    assert len(sink.units) == 6
