"""What merely ages: due after a while, fourteen days' notice, then a closed gate. Never stops recording."""

from __future__ import annotations

from kuramori import periods
from kuramori.clock import NS_PER_S
from kuramori.guideline.clause import HOLDS, Finding, Gate

DAY_NS = 24 * 3600 * NS_PER_S
WARNING_NS = periods.WARNING_DAYS * DAY_NS


def renewed(
    done_ns: int | None,
    since_ns: int,
    period_ns: int,
    now_ns: int,
    codes: str,
    gate: Gate,
    again_ns: int | None = None,
) -> Finding:
    """Something to be done again and again, last at `done_ns`; never done: counted from `since_ns`.

    Due after `period_ns`, or at `again_ns` where the last time asked for less; from then on `<codes>-due`
    warns, and fourteen days later `<codes>-late` closes `gate`. What was done in the future counts for
    nothing.
    """
    last_ns = since_ns if done_ns is None or done_ns > now_ns else max(done_ns, since_ns)
    due_ns = last_ns + period_ns
    if again_ns is not None:
        due_ns = min(due_ns, again_ns)
    return owed(due_ns + WARNING_NS, now_ns, codes, gate)


def owed(by_ns: int | None, now_ns: int, codes: str, gate: Gate) -> Finding:
    """Something owed by an instant (None: nothing is): warns in the fourteen days before, closes at it."""
    if by_ns is None:
        return HOLDS
    if now_ns >= by_ns:
        return Finding(gate, f"{codes}-late")
    if now_ns >= by_ns - WARNING_NS:
        return Finding("warn", f"{codes}-due", by_ns, gate, f"{codes}-late")
    return Finding("", "", by_ns, gate, f"{codes}-late")
