"""RTP (RFC 3550) of one track: order, loss, time. Called for every packet, so it makes no object of one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.cameras.rtsp.gathering import Gathering

_header = struct.Struct(">BBHII").unpack_from
# the same behind its interleaving header, in wide fields, so that few comparisons tell "more of the same":
# "$", channel, length, flags, payload type and sequence; timestamp and source; two bytes of payload
# (H.264: FU indicator and header; in H.265 the FU header is a third)
_fragment = struct.Struct(">QQH").unpack_from
_NEW_SOURCE_LEAP = 20 * 90_000  # seen as a discontinuity
_EPOCH = 1 << 32  # unwrapped times start here, so that none is ever negative


class RtpReceiver:
    """Takes packets in place from the connection's buffer and hands payloads to the assembler."""

    def __init__(self, payload: int, assembler: Gathering, lost: Callable[[int], None]) -> None:
        self.kind = payload
        self._assembler = assembler
        self._lost = lost
        self.expected = -1
        self._odd_one_out = -1
        self._source = -1
        self._stamp = -1
        self._unwrapped = 0

    def packet(self, buffer: bytearray, view: memoryview, start: int, end: int) -> None:
        """One packet lies at buffer[start:end]; `view` is a memoryview of the same buffer."""
        if end - start < 13:
            return
        flags, kind, sequence, stamp, source = _header(buffer, start)
        if kind & 0x7F != self.kind:
            return
        start += 12
        if flags != 0x80:
            start, end = _payload_bounds(buffer, flags, start, end)
            if start >= end:
                return
        whole = sequence == self.expected and source == self._source
        if not whole and not self._resume(sequence, stamp, source):
            return
        self.expected = sequence + 1 & 0xFFFF
        if stamp != self._stamp:
            self._turn(stamp, whole)
        self._assembler.payload(buffer, view, start, end)
        if kind & 0x80:
            self._assembler.marker()

    def fragments(self, buffer: bytearray, view: memoryview, at: int, end: int, channel: int) -> int:
        """Take the middle fragments of the open NAL unit that lie in a row from `at`; where they end.

        They are nearly all there is: this loop alone decides what a camera costs.
        """
        assembler = self._assembler
        same, tail, skip = assembler.open_fragment, assembler.open_tail, assembler.MIDDLE_HEAD_BYTES
        if same < 0:
            return at
        stream = self._stamp << 32 | self._source
        gather = assembler.parts.append
        begun, count = at, 0
        while at + skip < end:
            length = buffer[at + 2] << 8 | buffer[at + 3]
            if length < skip - 3:
                break
            size = 4 + length  # nearly always the next one's too
            wanted = (0x2400 | channel) << 48 | length << 32 | (0x8000 | self.kind) << 16 | self.expected
            first, last = at, end - size
            while at <= last:
                head, source, fragment = _fragment(buffer, at)
                if (
                    head != wanted
                    or source != stream
                    or fragment != same
                    or (tail >= 0 and buffer[at + 18] != tail)
                ):
                    break
                gather(view[at + skip : at + size])
                at += size
                wanted += 1  # behind 65,535 it fits nothing, and the next one begins anew
            if at == first:
                break
            taken = (at - first) // size
            count += taken
            self.expected = self.expected + taken & 0xFFFF
        assembler.grow(at - begun - skip * count)
        return at

    def _turn(self, stamp: int, whole: bool) -> None:
        first = self._stamp < 0
        unwrapped = self.unwrap(stamp)
        if unwrapped < _EPOCH // 2:  # a leap backwards, one of many
            unwrapped += _EPOCH
        self._unwrapped, self._stamp = unwrapped, stamp
        self._assembler.turn(unwrapped, whole or first)

    @property
    def started(self) -> bool:
        return self._stamp >= 0

    def unwrap(self, stamp: int) -> int:
        """The 32-bit `stamp` as a time that does not wrap, nearest to the last one seen."""
        if self._stamp < 0:
            return _EPOCH + stamp
        return self._unwrapped + ((stamp - self._stamp + 0x80000000 & 0xFFFFFFFF) - 0x80000000)

    def _resume(self, sequence: int, stamp: int, source: int) -> bool:
        """A packet that is not the next one. False: drop it."""
        if source != self._source:
            if self._source >= 0:
                self._assembler.gap()
                self._unwrapped += _NEW_SOURCE_LEAP  # its timestamps have nothing to do with the old ones
                self._stamp = stamp ^ 1
            self._source = source
            return True
        missing = sequence - self.expected & 0xFFFF
        if missing >= 0x8000:  # older than expected: a duplicate, unless the camera began to count anew
            if sequence != self._odd_one_out:
                self._odd_one_out = sequence + 1 & 0xFFFF
                return False
            missing = 1  # the one just dropped
        self._odd_one_out = -1
        self._assembler.gap()
        self._lost(missing)
        return True


def _payload_bounds(buffer: bytearray, flags: int, start: int, end: int) -> tuple[int, int]:
    """Where the payload lies between contributing sources, extension and padding; empty if nowhere."""
    if flags & 0xC0 != 0x80:
        return end, end
    start += 4 * (flags & 0x0F)
    if flags & 0x10:
        if start + 4 > end:
            return end, end
        start += 4 + 4 * (buffer[start + 2] << 8 | buffer[start + 3])
    if flags & 0x20:
        end -= buffer[end - 1]
    return start, end
