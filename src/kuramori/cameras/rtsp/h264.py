"""H.264 over RTP (RFC 6184, non-interleaved): single NAL units, STAP-A and FU-A into access units.

Payloads stay where they were received, as views, until an access unit is complete and joined once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.track import Track

ACCESS_UNIT_LIMIT_BYTES = 8 * 1024 * 1024
_PARTS_LIMIT = 65_536
_SPS, _PPS, _STAP_A, _FU_A = 7, 8, 24, 28


class Assembler:
    """Gathers the NAL units of one access unit; hands each whole one to the track. Never half a NAL unit."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._marker_ends = True
        self._pts = 0
        self._last_pts = -1
        self._damaged = False
        # FU indicator and header (without start and end bit) of the NAL unit being gathered
        self.open_fragment = -1
        self._fu_at = -1
        self._fu_head = 0
        self._fu_size = 0
        self._begin()

    def _begin(self) -> None:
        self.parts: list[bytes | memoryview] = []
        self._size = 0
        self._picture = False
        self._key = False
        self._sets: list[bytes] = []

    def turn(self, pts: int, whole: bool) -> None:
        """The timestamp changes: what was gathered is complete, if there is a picture in it.

        Not `whole`: packets are missing between the two, and nobody knows whose.
        """
        if self._fu_at >= 0:
            self._break()
        if self._picture:
            self._finish()
        self._pts = pts
        if not whole:
            self._damaged = True

    def marker(self) -> None:
        """The sender says that the access unit is complete; some say so after every NAL unit."""
        if self._picture and self._marker_ends and self._fu_at < 0:
            self._finish()

    def gap(self) -> None:
        """Packets are missing here."""
        self._break()

    def settle(self) -> None:
        """The buffer is about to be reused: take what is still needed out of it."""
        self.parts = [bytes(part) for part in self.parts]

    def grow(self, size: int) -> None:
        """So many bytes of middle fragments were put into `parts` from outside."""
        self._fu_size += size
        if self._size + self._fu_size > ACCESS_UNIT_LIMIT_BYTES or len(self.parts) > _PARTS_LIMIT:
            self._discard()

    @property
    def empty(self) -> bool:
        return not self.parts

    def payload(self, buffer: bytearray, view: memoryview, start: int, end: int) -> None:
        """One RTP payload at buffer[start:end], not empty."""
        kind = buffer[start] & 0x1F
        if kind == _FU_A:
            if end - start < 3:
                return
            flags = buffer[start + 1]
            if self._fu_at < 0 or flags & 0x80:
                if not flags & 0x80:
                    self._damaged = True  # its beginning was lost
                    return
                self._begin_fragmented(buffer[start], flags & 0x1F, buffer[start + 2])
            self.parts.append(view[start + 2 : end])
            self._fu_size += end - start - 2
            if flags & 0x40:
                self._end_fragmented()
            else:
                self.grow(0)
        elif 0 < kind < _STAP_A:
            self._whole(buffer, view, start, end)
        elif kind == _STAP_A:
            self._aggregate(buffer, view, start + 1, end)
        else:
            self._damaged = True  # interleaved mode, never negotiated

    def _aggregate(self, buffer: bytearray, view: memoryview, at: int, end: int) -> None:
        while at + 2 < end:
            stop = at + 2 + (buffer[at] << 8 | buffer[at + 1])
            if stop > end or stop == at + 2:
                self._damaged = True
                return
            self._whole(buffer, view, at + 2, stop)
            at = stop

    def _whole(self, buffer: bytearray, view: memoryview, start: int, end: int) -> None:
        if self._fu_at >= 0:
            self._break()
        size = end - start
        if self._size + size > ACCESS_UNIT_LIMIT_BYTES or len(self.parts) > _PARTS_LIMIT:
            self._discard()
            return
        kind = buffer[start] & 0x1F
        self.parts += (size.to_bytes(4, "big"), view[start:end])
        self._size += size
        if kind <= 5:
            self._slice(kind, buffer[start + 1] if size > 1 else 0x80)
        elif kind in (_SPS, _PPS):
            self._sets.append(bytes(view[start:end]))

    def _begin_fragmented(self, indicator: int, kind: int, first: int) -> None:
        if self._fu_at >= 0:
            self._break()
        self.open_fragment = indicator << 8 | kind
        self._fu_at = len(self.parts)
        self._fu_head = indicator & 0xE0 | kind
        self._fu_size = 1
        self.parts.append(b"")  # length and header, once the length is known
        if kind <= 5:
            self._slice(0, first)

    def _end_fragmented(self) -> None:
        kind = self._fu_head & 0x1F
        self.parts[self._fu_at] = self._fu_size.to_bytes(4, "big") + bytes((self._fu_head,))
        self._size += self._fu_size
        if kind <= 5:
            self._picture = True
            self._key = self._key or kind == 5
        elif kind in (_SPS, _PPS):
            self._sets.append(b"".join(self.parts[self._fu_at :])[4:])
        self._fu_at = self.open_fragment = -1

    def _slice(self, kind: int, first: int) -> None:
        """A slice begins; `first` is its first byte, whose top bit says that it begins a picture."""
        if not self._picture and not first & 0x80 and self._pts == self._last_pts:
            self._marker_ends = False  # the picture was ended too early: from now on by timestamp
            self._damaged = True
        if kind:
            self._picture = True
            self._key = self._key or kind == 5

    def _break(self) -> None:
        """Drop a NAL unit that will never be whole."""
        if self._fu_at >= 0:
            del self.parts[self._fu_at :]
            self._fu_at = self.open_fragment = -1
        self._damaged = True

    def _discard(self) -> None:
        self._fu_at = self.open_fragment = -1
        self._damaged = True
        self._begin()

    def _finish(self) -> None:
        data = b"".join(self.parts)
        pts, key, sets, damaged = self._pts, self._key, self._sets, self._damaged
        self._last_pts = pts
        self._damaged = False
        self._begin()
        self._track.picture(data, pts, key, damaged, sets)
