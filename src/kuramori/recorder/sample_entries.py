"""Sample entries of an MP4 file (ISO/IEC 14496-15): what a decoder must know before the first picture."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.sps265 import parse_sps265

if TYPE_CHECKING:
    from collections.abc import Sequence

_VPS, _SPS, _PPS = 32, 33, 34
_COMPLETE = 0x80  # every parameter set of this kind is in here


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box: size, four letters, content."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def avc1(sps: Sequence[bytes], pps: Sequence[bytes], width: int, height: int) -> bytes:
    """H.264: AVCDecoderConfigurationRecord; profile, compatibility and level are those of the first SPS."""
    out = bytearray(b"\x01" + sps[0][1:4] + b"\xff")
    out.append(0xE0 | len(sps))
    out += b"".join(struct.pack(">H", len(nal)) + nal for nal in sps)
    out.append(len(pps))
    out += b"".join(struct.pack(">H", len(nal)) + nal for nal in pps)
    return box(b"avc1", _picture(width, height), box(b"avcC", bytes(out)))


def hvc1(vps: Sequence[bytes], sps: Sequence[bytes], pps: Sequence[bytes], width: int, height: int) -> bytes:
    """H.265: HEVCDecoderConfigurationRecord. Raises CameraError when the SPS can't be read."""
    said = parse_sps265(sps[0])
    head = b"\x01" + said.profile_tier_level + struct.pack(">HB", 0xF000, 0xFC)
    head += bytes((0xFC | said.chroma, 0xF8 | said.depth_luma - 8, 0xF8 | said.depth_chroma - 8))
    # frame rate not said; layers, their nesting, four bytes of length before each NAL unit; three arrays
    head += struct.pack(">HBB", 0, said.layers << 3 | said.nested << 2 | 3, 3)
    arrays = b"".join(
        struct.pack(">BH", _COMPLETE | kind, len(nals))
        + b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)
        for kind, nals in ((_VPS, vps), (_SPS, sps), (_PPS, pps))
    )
    return box(b"hvc1", _picture(width, height), box(b"hvcC", head + arrays))


def _picture(width: int, height: int) -> bytes:
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", width, height)
    return entry + struct.pack(">IIIH", 72 << 16, 72 << 16, 0, 1) + bytes(32) + struct.pack(">Hh", 24, -1)
