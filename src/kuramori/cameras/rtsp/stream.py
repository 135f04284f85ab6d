"""What a camera's connection hands on: the track, its access units, and who takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kuramori.errors import CameraError

TICKS_PER_S = 90_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """A camera's user and password. Never shown: the password stays out of repr."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The video that the following access units belong to.

    `codec` is "h264" or "h265"; `vps` (H.265 only), `sps` and `pps` are whole NAL units without start code or
    length; `rfc6381` is "avc1.64001f", "hvc1.1.6.L93.B0" and the like.
    `width` and `height` are pixels after cropping. `reorder_frames` is how far display order may lag behind
    decoding order (0: none, as nearly every camera).
    """

    codec: str
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    width: int
    height: int
    rfc6381: str
    reorder_frames: int = 0
    vps: tuple[bytes, ...] = ()


@dataclass(slots=True)
class AccessUnit:
    """One picture as the camera sent it: every NAL unit bit-exact, each behind a 4-byte big-endian length.

    `pts_90k` and `dts_90k` are the RTP timestamps unwrapped (90 kHz, arbitrary start, not negative); they
    are equal unless the camera reorders pictures, and `dts_90k` only grows, except where `discontinuity`
    says that the camera's timestamps jumped. `wall_ns` is the recorder's clock when the last byte arrived.
    `changed` marks the first unit after a call of `opened`. `damaged` marks a unit of which packets were
    lost: the NAL units in it are whole, but some are missing.
    """

    data: bytes
    pts_90k: int
    dts_90k: int
    key: bool
    wall_ns: int
    changed: bool = False
    damaged: bool = False
    discontinuity: bool = False


class StreamSink(Protocol):
    """Takes a stream. Every method is called on the event loop and must not block.

    Order: `opened`, then `access_unit` beginning with a key frame; `opened` again before the key frame at
    which parameter sets change; `closed` exactly once, last, also when nothing was ever opened.
    """

    def opened(self, video: VideoTrack) -> None: ...

    def access_unit(self, au: AccessUnit) -> None: ...

    def lost(self, packets: int) -> None:
        """That many RTP packets are missing since the last call."""

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None:
        """The camera's wall clock (ns since 1970) at the unwrapped media time `rtp_90k`."""

    def closed(self, error: CameraError | None) -> None:
        """The connection is over; `error` is None when we ended it ourselves."""


def annexb(video: VideoTrack, data: bytes) -> bytes:
    """`data` of one access unit as an Annex B byte stream, parameter sets first (for a decoder)."""
    start = b"\0\0\0\1"
    parts: list[bytes] = []
    for nal in (*video.vps, *video.sps, *video.pps, *nal_units(data)):
        parts += (start, nal)
    return b"".join(parts)


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units of an access unit's `data`."""
    units: list[bytes] = []
    at = 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        units.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return units
