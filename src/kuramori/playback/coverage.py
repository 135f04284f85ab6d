"""When one camera has footage, when it has none and why: what the timeline draws. No picture, no key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.cameras.state_words import words_for
from kuramori.footage.models import Gap, Segment

if TYPE_CHECKING:
    from collections.abc import Iterable

JOIN_NS = 1_500_000_000  # segments closer than this are drawn as one
_NS_PER_MS = 1_000_000

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Stretches with footage and gaps with their reason word, in wall nanoseconds, by time."""

    covered: list[Stretch]
    gaps: list[tuple[int, int, str]]

    def as_json(self) -> dict[str, object]:
        """Milliseconds since 1970, as browsers count, and the reason in words."""
        return {
            "covered": [[start // _NS_PER_MS, end // _NS_PER_MS] for start, end in self.covered],
            "gaps": [
                {"from": start // _NS_PER_MS, "until": end // _NS_PER_MS, "words": str(words_for(why).name)}
                for start, end, why in self.gaps
            ],
        }


def of_camera(camera: str, now_ns: int) -> Coverage:
    """All that is still alive of one camera at `now_ns`; an open segment or gap reaches until now."""
    rows = Segment.objects.filter(camera=camera).alive(now_ns)
    living = rows.order_by("start_ns").values_list("start_ns", "end_ns", "state")
    covered = joined((start, _end(end, state, start, now_ns)) for start, end, state in living)
    oldest = covered[0][0] if covered else now_ns
    gaps = Gap.objects.filter(camera=camera, since_ns__gte=oldest).order_by("since_ns")
    return Coverage(
        covered,
        [(gap.since_ns, gap.until_ns if gap.until_ns is not None else now_ns, gap.reason) for gap in gaps],
    )


def _end(end_ns: int | None, state: str, start_ns: int, now_ns: int) -> int:
    if end_ns is not None:
        return end_ns
    return now_ns if state == "open" else start_ns


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Neighbouring stretches (sorted by start) made one where less than `JOIN_NS` lies between them."""
    result: list[Stretch] = []
    for start, end in stretches:
        if result and start - result[-1][1] < JOIN_NS:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
