"""RTP and RTCP packets made by hand, independent of the code that reads them."""

from __future__ import annotations

import struct
from collections.abc import Iterable

# 640×360 Constrained Baseline, as x264 writes it, and its PPS
SPS = bytes.fromhex("6742c016da0280bfe5c044000003000400000300f03c58ba80")
PPS = bytes.fromhex("68ce3c80")
SOURCE = 0x1234ABCD
# 640×360 Main, as x265 writes it
VPS_265 = bytes.fromhex("40010c01ffff01600000030090000003000003003f959809")
SPS_265 = bytes.fromhex(
    "42010101600000030090000003000003003fa00502016965959a4932bc05a020000003002000000301e1"
)
PPS_265 = bytes.fromhex("4401c172b46240")


def slice_nal(kind: int, number: int, size: int = 40, *, first: bool = True) -> bytes:
    """A slice's outside: its header byte, first_mb_in_slice zero or not, then bytes that tell `number`."""
    return bytes([0x60 | kind, 0x88 if first else 0x48]) + number.to_bytes(4, "big") * (size // 4)


def slice_265(kind: int, number: int, size: int = 40, *, first: bool = True) -> bytes:
    """The same for H.265: two header bytes, first_slice_segment_in_pic_flag set or not."""
    return bytes([kind << 1, 1, 0x88 if first else 0x48]) + number.to_bytes(4, "big") * (size // 4)


def rtp(sequence: int, stamp: int, payload: bytes, *, marker: bool = False, kind: int = 96) -> bytes:
    head = struct.pack(">BBHII", 0x80, kind | marker << 7, sequence & 0xFFFF, stamp & 0xFFFFFFFF, SOURCE)
    return head + payload


def fragments(nal: bytes, size: int) -> list[bytes]:
    """The NAL unit as FU-A payloads of at most `size` bytes of it each."""
    body = nal[1:]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return [
        bytes([nal[0] & 0xE0 | 28, (number == 0) << 7 | (number == len(pieces) - 1) << 6 | nal[0] & 31])
        + piece
        for number, piece in enumerate(pieces)
    ]


def fragments_265(nal: bytes, size: int) -> list[bytes]:
    """The NAL unit as FU payloads (RFC 7798, 4.4.3)."""
    body = nal[2:]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    head = bytes([nal[0] & 0x81 | 49 << 1, nal[1]])
    return [
        head + bytes([(number == 0) << 7 | (number == len(pieces) - 1) << 6 | nal[0] >> 1 & 63]) + piece
        for number, piece in enumerate(pieces)
    ]


def aggregation_265(nals: Iterable[bytes]) -> bytes:
    """An aggregation packet (RFC 7798, 4.4.2)."""
    return b"\x60\x01" + b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)


def stap_a(nals: Iterable[bytes]) -> bytes:
    return b"\x78" + b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)


def sender_report(ntp_s: int, ntp_fraction: int, stamp: int) -> bytes:
    report = struct.pack(">BBHIIIIII", 0x80, 200, 6, SOURCE, ntp_s, ntp_fraction, stamp, 1, 100)
    return report + struct.pack(">BBHI", 0x81, 202, 3, SOURCE) + b"\x01\x02ab" + bytes(4)


def interleaved(channel: int, packet: bytes) -> bytes:
    return b"$" + bytes([channel]) + struct.pack(">H", len(packet)) + packet


def stream(
    pictures: int,
    *,
    kind: int = 96,
    channel: int = 0,
    step: int = 6000,
    gop: int = 5,
    sets: bool = True,
    size: int = 3000,
    codec: str = "h264",
) -> bytes:
    """Interleaved packets of a short stream: parameter sets in band, slices of `size` bytes in fragments."""
    packets: list[bytes] = []
    sequence, stamp = 65_530, 0xFFFFFF00  # both wrap soon
    for number in range(pictures):
        key = number % gop == 0
        if codec == "h265":
            payloads = [aggregation_265([VPS_265, SPS_265, PPS_265])] if key and sets else []
            payloads += fragments_265(slice_265(19 if key else 1, number, size), 1300)
        else:
            payloads = [stap_a([SPS, PPS])] if key and sets else []
            payloads += fragments(slice_nal(5 if key else 1, number, size), 1300)
        for index, payload in enumerate(payloads):
            last = index == len(payloads) - 1
            packets.append(rtp(sequence, stamp, payload, marker=last, kind=kind))
            sequence += 1
        stamp += step
    return b"".join(interleaved(channel, packet) for packet in packets)
