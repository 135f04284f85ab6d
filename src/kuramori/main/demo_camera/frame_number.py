"""The number of a picture, written into the picture so that a test knows exactly which one it sees.

A frame's number is its moment: number / 15 seconds after `EPOCH_S`. It is drawn as one row of 40 blocks
over the whole width: 4 sync blocks (white black white black), 32 bits (highest first), 4 check bits.
Blocks are flat and a multiple of 16 pixels wide, so they survive any sensible H.264 quality.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FRAMES_PER_S = 15
EPOCH_S = 1_767_225_600  # 2026-01-01T00:00:00Z; 32 bits of frames last nine years from here
NS_PER_S = 1_000_000_000
STRIP_HEIGHT = 16
BLOCKS = 40
DARK, LIGHT = 16, 235  # luma, limited range
_SYNC = (1, 0, 1, 0)


def number_at(wall_ns: int) -> int:
    """The number of the frame shown at a wall time (rounded down)."""
    return ((wall_ns - EPOCH_S * NS_PER_S) * FRAMES_PER_S // NS_PER_S) & 0xFFFF_FFFF


def wall_ns_of(number: int) -> int:
    """The wall time at which the frame of that number is drawn, rounded up to a whole nanosecond."""
    return EPOCH_S * NS_PER_S + -(-number * NS_PER_S // FRAMES_PER_S)


def check_bits(number: int) -> int:
    """Four bits that change whenever one of the 32 does: the exclusive-or of its nibbles, inverted."""
    folded = 0
    for shift in range(0, 32, 4):
        folded ^= number >> shift & 0xF
    return folded ^ 0xF


def blocks_of(number: int) -> list[int]:
    """The 40 blocks, 1 for light, from left to right."""
    word = number << 4 | check_bits(number)
    return [*_SYNC, *(word >> shift & 1 for shift in range(35, -1, -1))]


def strip_row(number: int, width: int) -> bytes:
    """One row of luma samples; the strip is this row `STRIP_HEIGHT` times."""
    block = width // BLOCKS
    row = b"".join((bytes([LIGHT]) if bit else bytes([DARK])) * block for bit in blocks_of(number))
    return row + bytes([DARK]) * (width - len(row))


def read_row(row: Sequence[int], width: int) -> int | None:
    """The number in one row of luma samples taken from the middle of the strip; None if it is not one."""
    block = width // BLOCKS
    middle = block // 2
    bits = [1 if row[index * block + middle] > 127 else 0 for index in range(BLOCKS)]
    if tuple(bits[:4]) != _SYNC:
        return None
    word = 0
    for bit in bits[4:]:
        word = word << 1 | bit
    number = word >> 4
    return number if check_bits(number) == word & 0xF else None


def read_luma(luma: Sequence[int], stride: int, width: int, height: int) -> int | None:
    """The number in a decoded picture's luma plane, `stride` bytes a line; the strip lies at the bottom."""
    start = (height - STRIP_HEIGHT // 2) * stride
    return read_row(luma[start : start + width], width)
