"""From packets to access units: whole or marked, never half a NAL unit, whatever arrives."""

from __future__ import annotations

import struct

import pytest

from kuramori.cameras.rtsp import annexb, nal_units
from kuramori.cameras.rtsp.h264 import Assembler
from kuramori.cameras.rtsp.parameter_sets import ParameterSets
from kuramori.cameras.rtsp.rtp import RtpReceiver
from kuramori.cameras.rtsp.track import Track
from kuramori.cameras.rtsp.watchdog import Watchdog
from tests.rig.packets import PPS, SOURCE, SPS, fragments, rtp, slice_nal, stap_a
from tests.rig.sinks import RecordingSink

AUD = b"\x09\xf0"
SEI = b"\x06\x05\x04kura\x80"


class Receiving:
    """One track fed packet by packet."""

    def __init__(self) -> None:
        self.sink = RecordingSink()
        self.track = Track(self.sink, Watchdog(0), ParameterSets("h264"))
        self.rtp = RtpReceiver(96, Assembler(self.track), self.sink.lost)
        self.sequence = 100

    def feed(self, packet: bytes) -> None:
        buffer = bytearray(b"$\0\0\0" + packet)
        self.rtp.packet(buffer, memoryview(buffer), 4, len(buffer))

    def send(self, stamp: int, *payloads: bytes, marker: bool = True, drop: tuple[int, ...] = ()) -> None:
        """One access unit; the payloads numbered in `drop` are lost on the way."""
        for index, payload in enumerate(payloads):
            if index not in drop:
                last = marker and index == len(payloads) - 1
                self.feed(rtp(self.sequence, stamp, payload, marker=last))
            self.sequence += 1

    def begin(self, stamp: int = 0) -> None:
        self.send(stamp, stap_a([SPS, PPS]), slice_nal(5, 0))


@pytest.fixture
def receiving() -> Receiving:
    return Receiving()


def test_every_nal_unit_comes_out_bit_exact_and_in_order(receiving: Receiving) -> None:
    key = slice_nal(5, 7, 5000)
    receiving.send(0, AUD, SPS, PPS, SEI, *fragments(key, 1000))
    [unit] = receiving.sink.units
    assert nal_units(unit.data) == [AUD, SPS, PPS, SEI, key]
    assert unit.key and unit.changed and not unit.damaged
    assert annexb(receiving.sink.tracks[0], unit.data).startswith(b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS)


def test_nothing_is_handed_on_before_the_first_key_frame(receiving: Receiving) -> None:
    receiving.send(0, slice_nal(1, 0))
    receiving.begin(6000)
    receiving.send(12000, slice_nal(1, 1))
    assert [unit.key for unit in receiving.sink.units] == [True, False]


def test_parameter_sets_that_change_open_the_track_anew_at_the_key_frame(receiving: Receiving) -> None:
    receiving.begin()
    other = bytes([*SPS[:3], 0x1F, *SPS[4:]])
    receiving.send(6000, other, PPS, slice_nal(1, 1))  # not yet: no key frame
    receiving.send(12000, slice_nal(5, 2))
    receiving.send(18000, stap_a([other, PPS]), slice_nal(5, 3))
    assert [track.rfc6381 for track in receiving.sink.tracks] == ["avc1.42c016", "avc1.42c01f"]
    assert [unit.changed for unit in receiving.sink.units] == [True, False, True, False]


def test_the_timestamp_ends_a_unit_when_the_marker_is_missing(receiving: Receiving) -> None:
    receiving.begin()
    receiving.send(6000, slice_nal(1, 1), marker=False)
    receiving.send(12000, slice_nal(1, 2), marker=False)
    receiving.send(18000, slice_nal(1, 3), marker=False)
    assert [unit.pts_90k & 0xFFFFFFFF for unit in receiving.sink.units] == [0, 6000, 12000]


def test_a_marker_behind_parameter_sets_does_not_cut_them_off(receiving: Receiving) -> None:
    receiving.send(0, SPS)
    receiving.send(0, PPS)
    receiving.send(0, slice_nal(5, 0))
    [unit] = receiving.sink.units
    assert nal_units(unit.data)[:2] == [SPS, PPS]


def test_a_camera_that_marks_every_slice_is_found_out(receiving: Receiving) -> None:
    receiving.begin()
    for picture in range(1, 5):
        receiving.send(picture * 6000, slice_nal(1, picture))
        receiving.send(picture * 6000, slice_nal(1, picture, first=False))
    whole = [unit for unit in receiving.sink.units if len(nal_units(unit.data)) == 2 and not unit.damaged]
    assert [unit.pts_90k & 0xFFFFFFFF for unit in whole[-2:]] == [12000, 18000]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_lost_fragment_never_leaves_half_a_nal_unit(receiving: Receiving, lost: int) -> None:
    receiving.begin()
    receiving.send(6000, SEI, *fragments(slice_nal(1, 1, 3000), 1000), drop=(1 + lost,))
    receiving.send(12000, slice_nal(1, 2))
    receiving.send(18000, slice_nal(1, 3))
    assert receiving.sink.lost_packets == 1
    for unit in receiving.sink.units:
        assert {len(nal) for nal in nal_units(unit.data)} <= {len(SPS), len(PPS), len(SEI), 42}
    assert [unit.damaged for unit in receiving.sink.units][-1] is False
    assert any(unit.damaged for unit in receiving.sink.units)


def test_a_lost_slice_marks_its_unit(receiving: Receiving) -> None:
    receiving.begin()
    halves = [slice_nal(1, 1), slice_nal(1, 1, first=False), slice_nal(1, 1, first=False)]
    receiving.send(6000, *halves, drop=(1,))
    receiving.send(12000, slice_nal(1, 2))
    assert [unit.damaged for unit in receiving.sink.units] == [False, True, False]


def test_a_unit_whose_beginning_is_lost_is_marked(receiving: Receiving) -> None:
    receiving.begin()
    halves = [slice_nal(1, 1), slice_nal(1, 1, first=False)]
    receiving.send(6000, *halves, drop=(0,))
    receiving.send(12000, slice_nal(1, 2))
    assert [unit.damaged for unit in receiving.sink.units] == [False, True, False]


def test_a_loss_across_two_units_marks_both(receiving: Receiving) -> None:
    receiving.begin()
    halves = [slice_nal(1, 1), slice_nal(1, 1, first=False)]
    receiving.send(6000, *halves, drop=(1,))
    receiving.send(12000, *halves, drop=(0,))
    receiving.send(18000, slice_nal(1, 3))
    assert [unit.damaged for unit in receiving.sink.units] == [False, True, True, False]
    assert receiving.sink.lost_packets == 2


def test_a_new_sps_alone_keeps_the_pps(receiving: Receiving) -> None:
    receiving.begin()
    other = bytes([*SPS[:3], 0x1F, *SPS[4:]])
    receiving.send(6000, other, slice_nal(5, 1))
    assert (receiving.sink.tracks[-1].sps, receiving.sink.tracks[-1].pps) == ((other,), (PPS,))


def test_duplicates_and_stragglers_are_dropped(receiving: Receiving) -> None:
    receiving.begin()
    packet = rtp(receiving.sequence, 6000, slice_nal(1, 1), marker=True)
    receiving.feed(packet)
    receiving.feed(packet)
    receiving.sequence += 1
    receiving.send(12000, slice_nal(1, 2))
    assert [unit.damaged for unit in receiving.sink.units] == [False, False, False]
    assert receiving.sink.lost_packets == 0


def test_a_camera_that_counts_anew_is_followed(receiving: Receiving) -> None:
    receiving.sequence = 30_000
    receiving.begin()
    receiving.sequence = 20_000
    for picture in range(1, 4):
        receiving.send(picture * 6000, slice_nal(1, picture))
    assert len(receiving.sink.units) == 3


def test_times_do_not_wrap_and_are_never_negative(receiving: Receiving) -> None:
    receiving.send(0xFFFFFF00, stap_a([SPS, PPS]), slice_nal(5, 0))
    receiving.send(0xFFFFFF00 + 6000, slice_nal(1, 1))
    first, second = receiving.sink.units
    assert second.pts_90k - first.pts_90k == 6000
    for leap in range(1, 20):
        receiving.send(0xFFFFFF00 - leap * 0x70000000, slice_nal(1, 2))
    assert all(unit.pts_90k >= 0 and unit.dts_90k >= 0 for unit in receiving.sink.units)


def test_a_leap_of_timestamps_is_marked(receiving: Receiving) -> None:
    receiving.begin()
    receiving.send(6000, slice_nal(1, 1))
    receiving.send(6000 + 100 * 90000, slice_nal(1, 2))
    receiving.send(6000, slice_nal(1, 3))
    receiving.send(12000, slice_nal(1, 4))
    assert [unit.discontinuity for unit in receiving.sink.units] == [False, False, True, True, False]


def test_another_source_is_a_discontinuity(receiving: Receiving) -> None:
    receiving.begin()
    head = struct.pack(">BBHII", 0x80, 0xE0, 7, 5, SOURCE + 1)
    receiving.feed(head + slice_nal(1, 1))
    assert receiving.sink.units[-1].discontinuity


def test_reordered_pictures_get_decoding_times_that_grow(receiving: Receiving) -> None:
    receiving.begin(90_000)
    shown = [3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11]
    for number in shown:
        receiving.send(90_000 + number * 6000, slice_nal(1, number))
    units = receiving.sink.units
    decoding = [unit.dts_90k for unit in units]
    assert decoding == sorted(set(decoding))
    assert [(unit.pts_90k & 0xFFFFFFFF) - 90_000 for unit in units][1:] == [n * 6000 for n in shown]
    assert all(unit.pts_90k >= unit.dts_90k for unit in units[6:])


def test_equal_timestamps_still_make_growing_times(receiving: Receiving) -> None:
    receiving.begin()
    receiving.send(0, slice_nal(1, 1))
    receiving.send(0, slice_nal(1, 2))
    assert [unit.dts_90k - receiving.sink.units[0].dts_90k for unit in receiving.sink.units] == [0, 1, 2]


def test_padding_extension_and_contributing_sources_are_stepped_over(receiving: Receiving) -> None:
    receiving.begin()
    picture = slice_nal(1, 1)
    head = struct.pack(">BBHII", 0xB2, 0xE0, receiving.sequence, 6000, SOURCE) + bytes(8)
    receiving.feed(head + b"\xbe\xde\0\1abcd" + picture + b"\0\0\0\4")
    assert nal_units(receiving.sink.units[-1].data) == [picture]


def test_an_endless_access_unit_is_bounded(receiving: Receiving) -> None:
    receiving.begin()
    piece = bytes([0x7C, 0x05]) + bytes(60_000)
    receiving.send(6000, bytes([0x7C, 0x85]) + bytes(60_000), marker=False)
    for _ in range(200):
        receiving.send(6000, piece, marker=False)
        held = sum(len(part) for part in receiving.rtp._assembler.parts)
        assert held <= 8 * 1024 * 1024 + 60_000
    receiving.send(12000, slice_nal(5, 1))
    assert len(receiving.sink.units) == 2
