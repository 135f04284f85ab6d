"""When a drawn part of the picture changed: from small grey copies of it, compared in time. Pure.

No outline, no person, no kind of thing is looked for: only whether the part looks otherwise than before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIFFERENT = 22  # of 255, beyond what the light as a whole has changed
SHARE = 0.06  # of the part that has to differ
APART_NS = 20_000_000_000  # changes closer than this are one moment


@dataclass(frozen=True, slots=True)
class Moment:
    """The part looked one way before `start_ns` and another after; `lasting`: it did not go back."""

    start_ns: int
    end_ns: int
    share: float
    lasting: bool


def differs(one: bytes, other: bytes) -> float:
    """The share of two equally large grey pictures that differs by more than the light."""
    shift = (sum(other) - sum(one)) / len(one)
    low, high = shift - DIFFERENT, shift + DIFFERENT
    return sum(not low <= b - a <= high for a, b in zip(one, other, strict=True)) / len(one)


def moments(times_ns: Sequence[int], seen: Mapping[int, bytes]) -> list[Moment]:
    """The moments of change among what has been seen so far: index into `times_ns` to grey picture."""
    known = sorted(seen)
    changed: list[tuple[int, int, float]] = []
    for before, after in zip(known, known[1:], strict=False):
        share = differs(seen[before], seen[after])
        if share >= SHARE:
            changed.append((before, after, share))
    found: list[Moment] = []
    for group in _grouped(changed, times_ns):
        first, last = group[0][0], group[-1][1]
        lasting = differs(seen[first], seen[last]) >= SHARE
        found.append(
            Moment(times_ns[first], times_ns[last], max(share for _before, _after, share in group), lasting)
        )
    return found


def _grouped(
    changed: Sequence[tuple[int, int, float]], times_ns: Sequence[int]
) -> list[list[tuple[int, int, float]]]:
    groups: list[list[tuple[int, int, float]]] = []
    for one in changed:
        if groups and times_ns[one[0]] - times_ns[groups[-1][-1][1]] < APART_NS:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
