"""The light of each clause, now and over the last year."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max

from kuramori.guideline.ageing import DAY_NS
from kuramori.guideline.registry import CLAUSES
from kuramori.policy.models import VerdictChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.guideline.clause import Clause
    from kuramori.guideline.standing import Missing

GOOD, NOTICE, SHUT = "good", "notice", "shut"
YEAR_NS = 365 * DAY_NS
WIDTH = 1000
"""Of the picture: a year in its own units."""
Key = tuple[str, str]
Change = tuple[Key, str, int]
"""Of whom, the light from then on, when."""


@dataclass(frozen=True, slots=True)
class Light:
    """One clause: the worst over everything that it judges, and what is missing."""

    clause: Clause
    light: str
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one light in the picture of a year."""

    x: int
    width: int
    light: str


def of_gate(gate: str) -> str:
    """The light of a gate: closed, a notice, or good."""
    return GOOD if not gate else NOTICE if gate == "warn" else SHUT


def worst(lights: Iterable[str]) -> str:
    """The worst of them; good where there is none."""
    return max(lights, key=(GOOD, NOTICE, SHUT).index, default=GOOD)


def now(missing: Iterable[Missing]) -> list[Light]:
    """The light of every clause, in the guideline's order."""
    by_clause: dict[str, list[Missing]] = defaultdict(list)
    for one in missing:
        by_clause[one.clause].append(one)
    return [
        Light(clause, worst(of_gate(one.gate) for one in by_clause[key]), tuple(by_clause[key]))
        for key, clause in CLAUSES.items()
    ]


def year(now_ns: int) -> dict[str, list[Stretch]]:
    """How each clause's light went over the last 365 days, in two queries."""
    since_ns = now_ns - YEAR_NS
    earlier = VerdictChange.objects.filter(at_ns__lte=since_ns)
    last = earlier.values("subject_kind", "subject_id", "clause").annotate(last=Max("pk")).values("last")
    later = VerdictChange.objects.filter(at_ns__gt=since_ns, at_ns__lte=now_ns).order_by("at_ns", "pk")
    by_clause: dict[str, list[Change]] = defaultdict(list)
    for rows in (VerdictChange.objects.filter(pk__in=last), later):
        for clause, kind, subject, gate, over, at_ns in rows.values_list(
            "clause", "subject_kind", "subject_id", "gate", "over", "at_ns"
        ):
            by_clause[clause].append(((kind, subject), GOOD if over else of_gate(gate), at_ns))
    return {key: _stretches(by_clause[key], since_ns) for key in CLAUSES}


def _stretches(rows: list[Change], since_ns: int) -> list[Stretch]:
    """From changes, oldest first, to stretches; nothing is said of the time before the first of them."""
    subjects: dict[Key, str] = {}
    shining: Counter[str] = Counter()
    edges: list[tuple[int, str]] = []
    for subject, now_shines, at_ns in rows:
        shining[subjects.get(subject, "")] -= 1
        subjects[subject] = now_shines
        shining[now_shines] += 1
        x = max(0, (at_ns - since_ns) * WIDTH // YEAR_NS)
        light = worst(light for light in (GOOD, NOTICE, SHUT) if shining[light] > 0)
        if edges and edges[-1][0] == x:  # within eight hours the worst is what one sees
            edges[-1] = (x, worst((edges[-1][1], light)) if x else light)
        elif not edges or edges[-1][1] != light:
            edges.append((x, light))
    ends = [x for x, _light in edges[1:]] + [WIDTH] if edges else []
    return [Stretch(x, max(1, end - x), light) for (x, light), end in zip(edges, ends, strict=True)]
