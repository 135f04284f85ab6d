"""Init segment and fragments, as three readers see them: libav, GStreamer and a walker of its own."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.cameras.rtsp import nal_units
from kuramori.recorder.fmp4 import TIMESCALE, Unit, fragment, fragment_parts, init_segment
from tests.rig.clips import make_clip
from tests.rig.packets import PPS, SPS

BASE = (1 << 33) + 12_345  # beyond 32 bits, and no multiple of anything


@dataclass
class Clip:
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    units: list[Unit]


def load(path: Path) -> Clip:
    """The access units of an Annex B clip, cut at its delimiters."""
    nals = [nal.rstrip(b"\0") for nal in re.split(rb"\x00\x00\x00\x01|\x00\x00\x01", path.read_bytes())[1:]]
    units: list[Unit] = []
    for nal in nals:
        if nal[0] & 31 == 9:
            units.append(Unit(b"", 6000, False))
        units[-1].data += struct.pack(">I", len(nal)) + nal
        units[-1].key = units[-1].key or nal[0] & 31 == 5
    sps = tuple(dict.fromkeys(nal for nal in nals if nal[0] & 31 == 7))
    return Clip(sps, tuple(dict.fromkeys(nal for nal in nals if nal[0] & 31 == 8)), units)


def write(clip: Clip, into: Path, per_fragment: int = 6) -> None:
    data = init_segment(clip.sps, clip.pps, 640, 360)
    for number, start in enumerate(range(0, len(clip.units), per_fragment)):
        data += fragment(number + 1, BASE + 6000 * start, clip.units[start : start + per_fragment])
    into.write_bytes(data)


def boxes(data: bytes, at: int = 0, end: int | None = None) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    end = len(data) if end is None else end
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at)
        assert size >= 8 and at + size <= end, (kind, size)
        found.setdefault(kind.decode(), []).append(data[at + 8 : at + size])
        at += size
    return found


def inside(data: bytes, *path: str) -> bytes:
    for name in path:
        [data] = boxes(data)[name]
    return data


@pytest.fixture(scope="session")
def loaded(clip: Path) -> Clip:
    return load(clip)


def test_libav_reads_back_every_picture_at_its_exact_time(loaded: Clip, tmp_path: Path) -> None:
    write(loaded, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.time_base.denominator) == (640, 360, TIMESCALE)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts for packet in packets] == [BASE + 6000 * n for n in range(len(loaded.units))]
        assert [bytes(packet) for packet in packets] == [unit.data for unit in loaded.units]
        assert [packet.is_keyframe for packet in packets] == [unit.key for unit in loaded.units]
        assert {packet.duration for packet in packets} == {6000}
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == len(loaded.units)


def test_gstreamer_reads_back_the_same_nal_units(loaded: Clip, tmp_path: Path) -> None:
    if shutil.which("gst-launch-1.0") is None:
        pytest.skip("no GStreamer: make test installs it")
    write(loaded, tmp_path / "a.mp4")
    line = f"filesrc location={tmp_path}/a.mp4 ! qtdemux ! filesink location={tmp_path}/out"
    subprocess.run(["gst-launch-1.0", "-q", *line.split()], check=True, timeout=60)
    assert (tmp_path / "out").read_bytes() == b"".join(unit.data for unit in loaded.units)


def test_ffprobe_finds_nothing_to_complain_of(loaded: Clip, tmp_path: Path) -> None:
    write(loaded, tmp_path / "a.mp4")
    command = ["ffprobe", "-v", "warning", "-show_entries", "stream=codec_tag_string,profile", "-of", "csv"]
    done = subprocess.run([*command, str(tmp_path / "a.mp4")], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "stream,Constrained Baseline,avc1"


def test_reordered_pictures_are_shown_at_their_times(clips: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=15:duration=2",
         "-c:v", "libx264", "-bf", "2", "-video_track_timescale", "90000", str(source)],
        check=True,
    )  # fmt: skip
    with av.open(str(source)) as container:
        extra = container.streams.video[0].codec_context.extradata
        packets = [packet for packet in container.demux(video=0) if packet.size]
        times = [(packet.pts, packet.dts) for packet in packets]
        units = [Unit(bytes(p), 6000, p.is_keyframe, p.pts - p.dts) for p in packets]
    size = int.from_bytes(extra[6:8], "big")
    sps, pps = (
        extra[8 : 8 + size],
        extra[11 + size : 11 + size + int.from_bytes(extra[9 + size : 11 + size], "big")],
    )
    data = init_segment((sps,), (pps,), 640, 360) + fragment(1, 90_000 + times[0][1], units)
    (tmp_path / "b.mp4").write_bytes(data)
    with av.open(str(tmp_path / "b.mp4")) as container:
        read = [(packet.pts, packet.dts) for packet in container.demux(video=0) if packet.size]
    assert read == [(pts + 90_000, dts + 90_000) for pts, dts in times]
    assert any(pts != dts for pts, dts in times)


def test_the_init_segment_says_what_it_must() -> None:
    data = init_segment((SPS,), (PPS,), 640, 360)
    assert list(boxes(data)) == ["ftyp", "moov"]
    assert inside(data, "ftyp")[:4] == b"iso6"
    stsd = inside(data, "moov", "trak", "mdia", "minf", "stbl", "stsd")
    entry = inside(stsd[8:], "avc1")
    assert struct.unpack_from(">HH", entry, 24) == (640, 360)
    avcc = inside(entry[78:], "avcC")
    assert avcc[:6] == b"\x01" + SPS[1:4] + b"\xff\xe1"
    assert avcc[6:] == struct.pack(">H", len(SPS)) + SPS + b"\x01" + struct.pack(">H", len(PPS)) + PPS
    assert len(inside(data, "moov", "mvex", "trex")) == 24


unit = st.builds(
    Unit,
    data=st.binary(max_size=50),
    duration_90k=st.integers(0, 2**32 - 1),
    key=st.booleans(),
    composition_90k=st.sampled_from([0, 0, 3000, -3000, -(2**31), 2**31 - 1]),
)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 2**40), st.integers(0, 2**63), st.lists(unit, min_size=1, max_size=8))
def test_a_walker_finds_every_field_where_it_belongs(sequence: int, base: int, units: list[Unit]) -> None:
    data = fragment(sequence, base, units)
    assert data == b"".join(fragment_parts(sequence, base, units))
    assert list(boxes(data)) == ["moof", "mdat"]
    moof = inside(data, "moof")
    assert struct.unpack_from(">I", inside(moof, "mfhd"), 4)[0] == sequence & 0xFFFFFFFF
    traf = boxes(inside(moof, "traf"))
    assert list(traf) == ["tfhd", "tfdt", "trun"]
    assert struct.unpack(">II", traf["tfhd"][0]) == (0x020000, 1)
    assert struct.unpack(">IQ", traf["tfdt"][0]) == (0x01000000, base)
    trun = traf["trun"][0]
    flags, count, offset = struct.unpack_from(">IIi", trun)
    assert (flags >> 24, count) == (1, len(units))
    assert data[offset:] == inside(data, "mdat") == b"".join(u.data for u in units)
    composed = bool(flags & 0x800)
    width = 16 if composed else 12
    assert len(trun) == 12 + width * len(units)
    for number, one in enumerate(units):
        duration, size, shown = struct.unpack_from(">III", trun, 12 + width * number)
        assert (duration, size) == (one.duration_90k, len(one.data))
        assert (shown & 0x10000 == 0) is one.key
        if composed:
            assert struct.unpack_from(">i", trun, 24 + width * number)[0] == one.composition_90k
    assert composed or not any(one.composition_90k for one in units)


def test_a_test_clip_is_what_these_tests_think_it_is(loaded: Clip) -> None:
    assert len(loaded.units) == 120
    assert [n for n, one in enumerate(loaded.units) if one.key] == [0, 30, 60, 90]
    assert all(nal_units(one.data)[0][0] & 31 == 9 for one in loaded.units)


def test_clips_are_made_once(clips: Path) -> None:
    first = make_clip(clips)
    made = first.stat().st_mtime_ns
    assert make_clip(clips).stat().st_mtime_ns == made
