"""Timestamps that are no clock: standing still, or counted in another unit than 1/90,000 s.

Arrival says roughly how fast time goes; a camera's timestamps say it exactly, if they say it at all. Whether
they do is judged over a few seconds at a time. A camera whose timestamps go less than half or more than twice
as fast as time does gets times of our own making: evenly spaced at the pace at which pictures arrive.
"""

from __future__ import annotations

from kuramori.clock import NS_PER_S

WINDOW_NS = 4 * NS_PER_S
LEAST_PICTURES = 8
_USUAL_90K = 6000
_LEAP_90K = 90_000
_CATCH_UP = 32  # a deviation from arrival is worked off over so many pictures


def ticks(ns: int) -> int:
    """1/90,000 s in `ns`."""
    return ns * 9 // 100_000


class Stamps:
    """One connection's timestamps, in order of arrival."""

    def __init__(self) -> None:
        self.made_up = False
        """Times are ours from now on."""
        self._since_ns = -1
        self._first_pts = self._last_pts = 0
        self._pictures = 0
        self._step_90k = _USUAL_90K
        self._time_90k = 0
        self._zero_ns = 0

    def time(self, pts: int, arrival_ns: int) -> int:
        """The picture's presentation time, 1/90,000 s: its own, or one made up."""
        if self._since_ns < 0 or not 0 <= arrival_ns - self._since_ns < 60 * NS_PER_S:
            self._begin(pts, arrival_ns)
        self._pictures += 1
        past_ns = arrival_ns - self._since_ns
        if past_ns >= WINDOW_NS and self._pictures > LEAST_PICTURES:
            self._judge(pts, past_ns, arrival_ns)
        elif not self.made_up and abs(pts - self._last_pts) > _LEAP_90K:
            self._begin(pts, arrival_ns)  # the track marks leaps; judged afresh
        self._last_pts = pts
        if not self.made_up:
            return pts
        behind_90k = ticks(arrival_ns - self._zero_ns) - self._time_90k
        self._time_90k += max(1, self._step_90k + behind_90k // _CATCH_UP)
        return self._time_90k

    def _begin(self, pts: int, arrival_ns: int) -> None:
        self._since_ns, self._first_pts, self._pictures = arrival_ns, pts, 0

    def _judge(self, pts: int, past_ns: int, arrival_ns: int) -> None:
        real_90k = ticks(past_ns)
        self._step_90k = real_90k // self._pictures
        wrong = not real_90k // 2 <= pts - self._first_pts <= real_90k * 2
        if wrong and not self.made_up:
            self.made_up = True
            self._time_90k = self._last_pts
            self._zero_ns = arrival_ns - self._time_90k * 100_000 // 9
        self._begin(pts, arrival_ns)
