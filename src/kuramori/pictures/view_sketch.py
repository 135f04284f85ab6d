"""A sketch of what a camera sees: enough to notice that it sees something else, too little to show anything.

256 fixed pairs of places are compared: is the one brighter than the other? The answers survive changes of
light, and say nothing about how bright any place is. Three figures go with them: mean, spread and sharpness.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from kuramori.errors import BadInput

WIDE, HIGH = 64, 36
PAIR_COUNT = 256
NEAR_PX, FAR_PX = 6, 18
RIM_PX = 2
_DIGITS = PAIR_COUNT // 4


def _chosen_pairs() -> tuple[tuple[int, int, int, int], ...]:
    """The same ones for ever, on every machine: sketches of different days are compared."""
    chance = random.Random(1)
    pairs: list[tuple[int, int, int, int]] = []
    while len(pairs) < PAIR_COUNT:
        x, y = chance.randrange(RIM_PX, WIDE - RIM_PX), chance.randrange(RIM_PX, HIGH - RIM_PX)
        across, down = chance.randint(-FAR_PX, FAR_PX), chance.randint(-FAR_PX, FAR_PX)
        far = NEAR_PX**2 <= across**2 + down**2 <= FAR_PX**2
        inside = RIM_PX <= x + across < WIDE - RIM_PX and RIM_PX <= y + down < HIGH - RIM_PX
        if far and inside:
            pairs.append((x, y, x + across, y + down))
    return tuple(pairs)


PAIRS = _chosen_pairs()


def _quarter_of(pair: tuple[int, int, int, int]) -> int:
    return 2 * (pair[1] + pair[3] >= HIGH) + (pair[0] + pair[2] >= WIDE)


QUARTERS = tuple(
    sum(1 << n for n, pair in enumerate(PAIRS) if _quarter_of(pair) == which) for which in range(4)
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """`bits` and `sure`: one bit for each pair, the lowest for the first; brightness from 0 to 255."""

    bits: int
    """Is the pair's first place brighter?"""
    sure: int
    """Is the difference large enough to count?"""
    mean: int
    spread: int
    """Standard deviation of the brightness."""
    sharp: int
    """Mean strength of edges, in hundredths of a brightness step."""

    def told(self) -> dict[str, Any]:
        """JSON-able."""
        figures = {"mean": self.mean, "spread": self.spread, "sharp": self.sharp}
        return {"bits": f"{self.bits:0{_DIGITS}x}", "sure": f"{self.sure:0{_DIGITS}x}", **figures}


def read(said: Any) -> Sketch:
    """What `told` made. Raises BadInput `worker-answer`: it may come from a process that a stranger owns."""
    try:
        bits, sure = (int(said[name], 16) for name in ("bits", "sure"))
        mean, spread, sharp = (said[name] for name in ("mean", "spread", "sharp"))
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("worker-answer") from error
    whole = all(type(figure) is int and 0 <= figure < 1 << 16 for figure in (mean, spread, sharp))
    if not whole or not (0 <= bits < 1 << PAIR_COUNT and 0 <= sure < 1 << PAIR_COUNT):
        raise BadInput("worker-answer")
    return Sketch(bits, sure, mean, spread, sharp)


@dataclass(frozen=True, slots=True)
class Unlike:
    """How far two views differ, in hundredths of the pairs that are sure in both."""

    whole: int
    alike_part: int
    """In the quarter of the picture that changed least."""
    compared: int
    """Of the pairs that are sure in the reference, how many are sure now, in hundredths."""


def unlike(now: Sketch, reference: Sketch) -> Unlike:
    """What has changed since the reference."""
    both = now.sure & reference.sure
    wrong = (now.bits ^ reference.bits) & both
    quarters = [
        share(wrong & quarter, both & quarter) for quarter in QUARTERS if (both & quarter).bit_count() > 7
    ]
    return Unlike(share(wrong, both), min(quarters, default=100), share(both, reference.sure))


def share(part: int, whole: int) -> int:
    """Bits set in `part`, in hundredths of those in `whole`; 100 of nothing."""
    return round(100 * part.bit_count() / whole.bit_count()) if whole else 100
