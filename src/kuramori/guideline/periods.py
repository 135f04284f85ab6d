"""Until when periods cover every instant without a hole."""

from __future__ import annotations

from collections.abc import Iterable

from kuramori.guideline.facts import Period


def covered_until(periods: Iterable[Period], now_ns: int) -> int | None:
    """The first instant from `now_ns` on that no period covers; None when that never comes."""
    reached_ns = now_ns
    for period in sorted(periods, key=lambda period: period.from_ns):
        if period.from_ns > reached_ns:
            break
        if period.until_ns is None:
            return None
        reached_ns = max(reached_ns, period.until_ns)
    return reached_ns
