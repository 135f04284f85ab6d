"""RTCP (RFC 3550, 6.4): sender reports tie the camera's wall clock to its media clock."""

from __future__ import annotations

import struct

_NTP_TO_UNIX_S = 2_208_988_800
_SENDER_REPORT = 200
_report = struct.Struct(">IIII").unpack_from


def sender_reports(packet: bytes) -> list[tuple[int, int]]:
    """(wall clock in ns since 1970, RTP timestamp) of each sender report in a compound packet."""
    found: list[tuple[int, int]] = []
    at = 0
    while at + 4 <= len(packet) and packet[at] & 0xC0 == 0x80:
        size = 4 * (1 + (packet[at + 2] << 8 | packet[at + 3]))
        if packet[at + 1] == _SENDER_REPORT and size >= 24 and at + 24 <= len(packet):
            seconds, fraction, stamp = _report(packet, at + 8)[:3]
            if seconds:  # cameras without a clock send zero
                # seconds below 2^31 belong to the era that begins in 2036 (RFC 5905, 6)
                era_s = 0 if seconds & 0x80000000 else 1 << 32
                wall_ns = (seconds + era_s - _NTP_TO_UNIX_S) * 10**9 + (fraction * 10**9 >> 32)
                found.append((wall_ns, stamp))
        at += size
    return found
