"""H.265 over RTP (RFC 7798, no decoding order numbers): single NAL units, AP and FU into access units."""

from __future__ import annotations

from kuramori.cameras.rtsp.gathering import Gathering

VPS, SPS, PPS = 32, 33, 34
_FIRST_IRAP, _LAST_IRAP = 16, 21  # BLA, IDR and CRA pictures: decoding may start at each
_AP, _FU = 48, 49


class Assembler(Gathering):
    """Gathers the NAL units of one H.265 access unit."""

    HEAD_BYTES = 2
    MIDDLE_HEAD_BYTES = 19

    def payload(self, buffer: bytearray, view: memoryview, start: int, end: int) -> None:
        """One RTP payload at buffer[start:end], not empty."""
        kind = buffer[start] >> 1 & 0x3F
        if end - start < 3:
            return
        if kind == _FU:
            if end - start < 4:
                return
            first, second, flags = buffer[start], buffer[start + 1], buffer[start + 2]
            whole_kind = flags & 0x3F
            head = bytes((first & 0x81 | whole_kind << 1, second))
            self._fragment(view, start + 3, end, flags, head, whole_kind)
            if flags & 0xC0 == 0x80 and self._fu_at >= 0:
                self.open_fragment, self.open_tail = first << 8 | second, whole_kind
        elif kind < _AP:
            self._whole(buffer, view, start, end)
        elif kind == _AP:
            self._aggregate(buffer, view, start + 2, end)
        else:
            self._damaged = True  # PACI and what is not defined

    def _kind(self, head: int) -> int:
        return head >> 1 & 0x3F

    def _is_picture(self, kind: int) -> bool:
        return kind < VPS

    def _is_key(self, kind: int) -> bool:
        return _FIRST_IRAP <= kind <= _LAST_IRAP

    def _is_set(self, kind: int) -> bool:
        return VPS <= kind <= PPS
