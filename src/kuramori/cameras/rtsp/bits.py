"""The bits of a parameter set, as both codecs write them (Exp-Golomb codes, emulation prevention)."""

from __future__ import annotations

import re

_START_CODE = re.compile(rb"\x00{2,}\x01")
SIZE_LIMIT = 16_384  # pixels a side; more is damage, not a camera


def clean_nal(nal: bytes) -> bytes:
    """A NAL unit without the start codes and zero bytes that some cameras leave around parameter sets."""
    pieces = [piece for piece in _START_CODE.split(nal) if piece.strip(b"\0")]
    return pieces[0].rstrip(b"\0") if pieces else b""


class Bits:
    """Reads bits of an RBSP behind `head_bytes` of NAL header; past the end it raises IndexError."""

    def __init__(self, nal: bytes, head_bytes: int = 1) -> None:
        rbsp = nal[head_bytes:].replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(rbsp, "big")
        self._left = len(rbsp) * 8

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise IndexError
        return self._value >> self._left & (1 << count) - 1

    def unsigned(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise IndexError
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)
