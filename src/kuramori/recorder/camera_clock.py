"""How far one camera's own clock is off, from its sender reports (RFC 3550, 6.4).

A report says what the camera's clock showed when it was sent; on the way it can only become late. So the
report that claims the latest time is the one that was under way for the shortest time, and counts.
"""

from __future__ import annotations

from collections import deque

from kuramori.clock import NS_PER_S

REPORTS = 8
FRESH_NS = 300 * NS_PER_S
MS_NS = 1_000_000


class CameraClock:
    """The newest reports of one camera, over all its connections."""

    def __init__(self) -> None:
        self._reports: deque[tuple[int, int]] = deque(maxlen=REPORTS)

    def report(self, ntp_ns: int, wall_ns: int) -> None:
        """The camera's clock showed `ntp_ns`; this reached us when ours showed `wall_ns`."""
        self._reports.append((ntp_ns - wall_ns, wall_ns))

    def error_ms(self, wall_ns: int) -> int | None:
        """The camera's clock minus ours, milliseconds; None when it has said nothing lately."""
        fresh = [offset for offset, at_ns in self._reports if abs(wall_ns - at_ns) < FRESH_NS]
        return round(max(fresh) / MS_NS) if fresh else None
