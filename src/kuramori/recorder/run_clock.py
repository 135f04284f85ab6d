"""One run: from the first picture of a connection until it ends or its two clocks part.

Media time (the camera's 90 kHz counter) says how far pictures lie apart; wall time says when they reached us.
A run ties the one to the other by an anchor, so that record times are as even as the camera's own, and never
later than the picture's arrival: nothing is dated into an hour in which it had not yet happened. Where the
camera's counter goes a little faster or slower than our clock, the anchor follows slowly.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, NS_PER_S

if TYPE_CHECKING:
    from kuramori.cameras.rtsp import AccessUnit

PART_NS = NS_PER_S  # farther apart than this, a new run begins
JUMP_NS = 10 * NS_PER_S  # no network holds a living connection back this long
LET_BE_NS = NS_PER_S // 20  # pictures are heard in bursts: so much is no drift
SLEW = 1000  # the anchor moves by at most one part in so many: a millisecond each second
WINDOW_NS = 5 * NS_PER_S  # a late picture may be the network; all of them late for this long is the clock
HOUR_NS = HOUR_S * NS_PER_S


class RunClock:
    """Gives each picture of one run its wall time, and says when the anchor no longer holds."""

    def __init__(self, first: AccessUnit) -> None:
        self.run = secrets.token_hex(16)
        self._anchor_ns = first.wall_ns
        self._anchor_90k = first.dts_90k
        self._window_until_ns = first.wall_ns + WINDOW_NS
        self._least_lag_ns = JUMP_NS
        self._most_lag_ns = 0
        self._still_to_move_ns = 0
        self._moved_at_ns = first.wall_ns
        self.error_ns = PART_NS
        """How far times of this run may lie from the pictures' arrival: measured over the last window."""

    def wall_ns(self, au: AccessUnit) -> int:
        """The picture's time, ns since 1970 UTC: anchor plus media time, at most its arrival."""
        return min(self._by_media_ns(au), au.wall_ns)

    def parted(self, au: AccessUnit) -> bool:
        """Whether media time and arrival have come more than a second apart for good at this picture."""
        lag_ns = au.wall_ns - self._by_media_ns(au)
        if lag_ns < -PART_NS or lag_ns > JUMP_NS:
            return True
        if lag_ns < self._least_lag_ns:
            self._least_lag_ns = lag_ns
        if not -self._most_lag_ns <= lag_ns <= self._most_lag_ns:
            self._most_lag_ns = abs(lag_ns)
        if self._still_to_move_ns:
            self._move(au.wall_ns)
        if au.wall_ns < self._window_until_ns:
            return False
        parted = self._least_lag_ns > PART_NS
        self._window_until_ns = au.wall_ns + WINDOW_NS
        off = abs(self._least_lag_ns) > LET_BE_NS
        self._still_to_move_ns = self._least_lag_ns if off else 0
        self._moved_at_ns = au.wall_ns
        self.error_ns = self._most_lag_ns
        self._least_lag_ns, self._most_lag_ns = JUMP_NS, 0
        return parted

    def _move(self, now_ns: int) -> None:
        """Bring the anchor a little nearer to where the last window showed that it should be."""
        past_ns, self._moved_at_ns = max(0, now_ns - self._moved_at_ns), now_ns
        most_ns = past_ns // SLEW
        step_ns = max(-most_ns, min(most_ns, self._still_to_move_ns))
        self._anchor_ns += step_ns
        self._still_to_move_ns -= step_ns

    def _by_media_ns(self, au: AccessUnit) -> int:
        return self._anchor_ns + (au.dts_90k - self._anchor_90k) * 100_000 // 9
