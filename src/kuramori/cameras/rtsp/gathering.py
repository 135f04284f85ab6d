"""One access unit being gathered from RTP payloads; what H.264 and H.265 have in common.

Payloads stay where they were received, as views, until an access unit is complete and joined once. The codecs
differ in how a NAL unit begins (one byte or two) and in how it is packed; they subclass this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.track import Track

ACCESS_UNIT_LIMIT_BYTES = 8 * 1024 * 1024
_PARTS_LIMIT = 65_536
_START_CODE = re.compile(rb"\x00{2,}\x01")


class Gathering:
    """Gathers the NAL units of one access unit; hands each whole one to the track. Never half a NAL unit."""

    MIDDLE_HEAD_BYTES: ClassVar[int]
    """From the "$" of an interleaved packet to the bytes of a middle fragment."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._marker_ends = True
        self._pts = 0
        self._last_pts = -1
        self._damaged = False
        # the two bytes by which middle fragments of the open NAL unit are known, and (H.265) a third
        self.open_fragment = -1
        self.open_tail = -1
        self._fu_at = -1
        self._fu_head = b""
        self._fu_kind = 0
        self._fu_size = 0
        self._begin()

    def _begin(self) -> None:
        self.parts: list[bytes | memoryview] = []
        self._size = 0
        self._picture = False
        self._key = False
        self._sets: list[bytes] = []

    def payload(self, buffer: bytearray, view: memoryview, start: int, end: int) -> None:
        """One RTP payload at buffer[start:end], not empty."""
        raise NotImplementedError

    def _kind(self, head: int) -> int:
        """The type of a NAL unit whose first byte is `head`."""
        raise NotImplementedError

    def _is_picture(self, kind: int) -> bool:
        raise NotImplementedError

    def _is_key(self, kind: int) -> bool:
        raise NotImplementedError

    def _is_set(self, kind: int) -> bool:
        raise NotImplementedError

    HEAD_BYTES: ClassVar[int]
    """Of a NAL unit."""

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

    def _aggregate(self, buffer: bytearray, view: memoryview, at: int, end: int) -> None:
        """NAL units in one packet, each behind its length."""
        while at + 2 < end:
            stop = at + 2 + (buffer[at] << 8 | buffer[at + 1])
            if stop > end or stop < at + 2 + self.HEAD_BYTES:
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
        kind = self._kind(buffer[start])
        if self._is_set(kind):
            self._take_set(bytes(view[start:end]))
            return
        self.parts += (size.to_bytes(4, "big"), view[start:end])
        self._size += size
        if self._is_picture(kind):
            self._slice(kind, buffer[start + self.HEAD_BYTES] if size > self.HEAD_BYTES else 0x80)

    def _take_set(self, nal: bytes) -> None:
        """A parameter set, or what some cameras send for one: several NAL units with start codes between."""
        for piece in _START_CODE.split(nal) if b"\0\0\1" in nal else (nal,):
            if len(piece) <= self.HEAD_BYTES:
                continue
            self.parts += (len(piece).to_bytes(4, "big"), piece)
            self._size += len(piece)
            kind = self._kind(piece[0])
            if self._is_set(kind):
                self._sets.append(piece)
            elif self._is_picture(kind):
                self._slice(kind, piece[self.HEAD_BYTES])

    def _fragment(self, view: memoryview, start: int, end: int, flags: int, head: bytes, kind: int) -> None:
        """Part of a NAL unit: `flags` is its start and end bit, `head` how the whole would begin."""
        if self._fu_at < 0 or flags & 0x80:
            if not flags & 0x80:
                self._damaged = True  # its beginning was lost
                return
            if self._fu_at >= 0:
                self._break()
            self._fu_at = len(self.parts)
            self._fu_head, self._fu_kind, self._fu_size = head, kind, len(head)
            self.parts.append(b"")  # length and header, once the length is known
            if self._is_picture(kind):
                self._slice(-1, view[start])
        self.parts.append(view[start:end])
        self._fu_size += end - start
        if flags & 0x40:
            self._end_fragmented()
        else:
            self.grow(0)

    def _end_fragmented(self) -> None:
        kind, at = self._fu_kind, self._fu_at
        self._fu_at = self.open_fragment = self.open_tail = -1
        self.parts[at] = self._fu_size.to_bytes(4, "big") + self._fu_head
        if self._is_set(kind):
            nal = b"".join(self.parts[at:])[4:]
            del self.parts[at:]
            self._take_set(nal)
            return
        self._size += self._fu_size
        if self._is_picture(kind):
            self._picture = True
            self._key = self._key or self._is_key(kind)

    def _slice(self, kind: int, first: int) -> None:
        """A slice begins; `first` is its first byte, whose top bit says that it begins a picture.

        `kind` -1: it is not whole yet.
        """
        if not self._picture and not first & 0x80 and self._pts == self._last_pts:
            self._marker_ends = False  # the picture was ended too early: from now on by timestamp
            self._damaged = True
        if kind >= 0:
            self._picture = True
            self._key = self._key or self._is_key(kind)

    def _break(self) -> None:
        """Drop a NAL unit that will never be whole."""
        if self._fu_at >= 0:
            del self.parts[self._fu_at :]
            self._fu_at = self.open_fragment = self.open_tail = -1
        self._damaged = True

    def _discard(self) -> None:
        self._fu_at = self.open_fragment = self.open_tail = -1
        self._damaged = True
        self._begin()

    def _finish(self) -> None:
        data = b"".join(self.parts)
        pts, key, sets, damaged = self._pts, self._key, self._sets, self._damaged
        self._last_pts = pts
        self._damaged = False
        self._begin()
        self._track.picture(data, pts, key, damaged, sets)
