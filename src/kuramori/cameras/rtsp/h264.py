"""H.264 over RTP (RFC 6184, non-interleaved): single NAL units, STAP-A and FU-A into access units."""

from __future__ import annotations

from kuramori.cameras.rtsp.gathering import ACCESS_UNIT_LIMIT_BYTES, Gathering

_IDR, _SPS, _PPS, _STAP_A, _FU_A = 5, 7, 8, 24, 28


class Assembler(Gathering):
    """Gathers the NAL units of one H.264 access unit."""

    HEAD_BYTES = 1
    MIDDLE_HEAD_BYTES = 18

    def payload(self, buffer: bytearray, view: memoryview, start: int, end: int) -> None:
        """One RTP payload at buffer[start:end], not empty."""
        kind = buffer[start] & 0x1F
        if kind == _FU_A:
            if end - start < 3:
                return
            indicator, flags = buffer[start], buffer[start + 1]
            head = bytes((indicator & 0xE0 | flags & 0x1F,))
            self._fragment(view, start + 2, end, flags, head, flags & 0x1F)
            if flags & 0xC0 == 0x80 and self._fu_at >= 0:
                self.open_fragment = indicator << 8 | flags & 0x1F
        elif 0 < kind < _STAP_A:
            self._whole(buffer, view, start, end)
        elif kind == _STAP_A:
            self._aggregate(buffer, view, start + 1, end)
        else:
            self._damaged = True  # interleaved mode, never negotiated

    def _kind(self, head: int) -> int:
        return head & 0x1F

    def _is_picture(self, kind: int) -> bool:
        return kind <= _IDR

    def _is_key(self, kind: int) -> bool:
        return kind == _IDR

    def _is_set(self, kind: int) -> bool:
        return kind in (_SPS, _PPS)


__all__ = ["ACCESS_UNIT_LIMIT_BYTES", "Assembler"]
