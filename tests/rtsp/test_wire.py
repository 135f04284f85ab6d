"""The buffer: however the bytes are cut up on arrival, the same pictures come out."""

from __future__ import annotations

import random
import re

import pytest

from kuramori.cameras.rtsp import nal_units
from kuramori.cameras.rtsp.wire import BUFFER_BYTES
from tests.rig import packets
from tests.rig.sinks import RecordingSink
from tests.rtsp.test_fuzz import receive, wire_of

ANSWER = b"RTSP/1.0 200 OK\r\nCSeq: 9\r\nContent-Length: 4\r\n\r\n$$$$"


def big_stream(pictures: int, size: int) -> tuple[bytes, list[bytes]]:
    """Pictures larger than the buffer, with RTCP, sound and an RTSP answer between their packets."""
    out: list[bytes] = []
    nals: list[bytes] = []
    sequence = 0
    for number in range(pictures):
        nal = b"\x65\x88" + random.Random(number).randbytes(size)
        nals.append(nal)
        payloads = [packets.stap_a([packets.SPS, packets.PPS]), *packets.fragments(nal, 1400)]
        for index, payload in enumerate(payloads):
            packet = packets.rtp(sequence, 6000 * number, payload, marker=index == len(payloads) - 1)
            out.append(packets.interleaved(0, packet))
            sequence += 1
            if index == 5:
                out.append(packets.interleaved(1, packets.sender_report(3_900_000_000, 0, 6000 * number)))
                out.append(packets.interleaved(2, b"sound"))
                out.append(ANSWER)
    return b"".join(out), nals


@pytest.mark.parametrize("sizes", [[1], [7, 1400, 3], [65_536], [BUFFER_BYTES], [20_000, 1]])
async def test_the_cuts_of_the_network_change_nothing(sizes: list[int]) -> None:
    data, nals = big_stream(2, 9000 if sizes == [1] else 700_000)
    sink = RecordingSink()
    wire = wire_of(sink)
    receive(wire, data, sizes)
    assert [nal_units(unit.data)[2] for unit in sink.units] == nals
    assert len(sink.reports) == 2
    assert sink.lost_packets == 0 and not any(unit.damaged for unit in sink.units)
    assert not wire.over.done()


@pytest.mark.parametrize("sizes", [[100_000], [2000]])
async def test_no_lost_packet_leaves_half_a_nal_unit(sizes: list[int]) -> None:
    whole, slices = big_stream(3, 9000)
    head = re.compile(rb"\$\x00[\x00-\x05].\x80[\x60\xe0]\x00", re.DOTALL)
    starts = [found.start() for found in head.finditer(whole)]
    assert len(starts) == 3 * 8
    nals = {*slices, packets.SPS, packets.PPS}
    bounds = [*starts, len(whole), len(whole)]
    for start, end, after in zip(starts, bounds[1:], bounds[2:], strict=False):
        sink = RecordingSink()
        receive(wire_of(sink), whole[:start] + whole[end:], sizes)
        assert {nal for unit in sink.units for nal in nal_units(unit.data)} <= nals
        assert sink.lost_packets == (0 if start in (starts[0], starts[-1]) else 1)
        sink = RecordingSink()  # and when another packet comes twice instead
        receive(wire_of(sink), whole[:start] + whole[end:after] + whole[end:], sizes)
        assert {nal for unit in sink.units for nal in nal_units(unit.data)} <= nals


async def test_the_arrival_is_the_clock_at_the_last_byte() -> None:
    sink = RecordingSink()
    receive(wire_of(sink), packets.stream(3), [100])
    assert {unit.wall_ns for unit in sink.units} == {10**18}


async def test_middle_fragments_of_another_stream_are_not_swallowed() -> None:
    """The quick loop over fragments must stop at anything that is not simply the next one."""
    nal = packets.slice_nal(5, 1, 6000)
    pieces = packets.fragments(nal, 1000)
    sequence = 1
    out = [packets.interleaved(0, packets.rtp(0, 0, packets.stap_a([packets.SPS, packets.PPS])))]
    for index, piece in enumerate(pieces):
        if index == 3:
            foreign = packets.rtp(sequence, 0, piece, kind=97)
            out.append(packets.interleaved(0, foreign))
            out.append(packets.interleaved(4, packets.rtp(sequence, 0, pieces[1])))
            out.append(packets.interleaved(0, packets.rtp(sequence - 1, 0, pieces[2])))
        out.append(packets.interleaved(0, packets.rtp(sequence, 0, piece, marker=index == len(pieces) - 1)))
        sequence += 1
    sink = RecordingSink()
    receive(wire_of(sink), b"".join(out), [100_000])
    assert nal_units(sink.units[0].data)[2] == nal


async def test_a_connection_that_is_over_holds_no_buffer() -> None:
    """What is garbage is found only much later, and a camera may come back every few seconds."""
    wire = wire_of(RecordingSink())
    assert len(wire.get_buffer(-1)) == BUFFER_BYTES
    wire.connection_lost(None)
    assert len(wire.get_buffer(-1)) == 0
