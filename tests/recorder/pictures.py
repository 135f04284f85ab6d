"""Access units by hand: what a camera at 15 pictures a second sends, without a camera."""

from __future__ import annotations

from collections.abc import Iterator

from kuramori.cameras.rtsp import AccessUnit, VideoTrack
from tests.rig.packets import PPS, SPS

VIDEO = VideoTrack("h264", (SPS,), (PPS,), 640, 360, "avc1.42c016")
OTHER_VIDEO = VideoTrack("h264", (SPS,), (PPS + b"\x80",), 640, 360, "avc1.42c016")
TICKS = 6000
PICTURE_NS = 66_666_667


def picture(
    number: int,
    start_ns: int,
    *,
    group: int = 30,
    late_ns: int = 0,
    ticks: int = TICKS,
    changed: bool = False,
    size: int = 64,
) -> AccessUnit:
    """Picture `number` of a stream that began at `start_ns`; every `group`th is a key frame."""
    key = number % group == 0
    nal = bytes([0x65 if key else 0x41, 0x88]) + number.to_bytes(4, "big") * (size // 4)
    media = 900_000 + number * ticks
    wall_ns = start_ns + number * ticks * 100_000 // 9 + late_ns
    return AccessUnit(len(nal).to_bytes(4, "big") + nal, media, media, key, wall_ns, changed=changed)


def pictures(count: int, start_ns: int, *, group: int = 30, first: int = 0) -> Iterator[AccessUnit]:
    """`count` of them, `first` is the number of the first."""
    return (picture(number, start_ns, group=group) for number in range(first, first + count))
