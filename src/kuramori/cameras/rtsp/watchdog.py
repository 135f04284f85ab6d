"""Notices a stream that has gone wrong without saying so. Pure: it is told the time, it never asks."""

from __future__ import annotations

from kuramori.clock import NS_PER_S
from kuramori.errors import CameraError

PATIENCE_S = 10.0
STALL_S = 9.0  # looked at once a second, so that a stall is noticed within ten
KEY_INTERVALS = 4  # in mid-stream: so many of the longest interval seen so far …
UNKNOWN_INTERVAL = 3  # … and until one has been seen, so many times the patience


class Watchdog:
    """Fed by the connection with boot time in ns; `check` says what is wrong, if anything.

    `heard_ns` is when any byte last arrived; the connection sets it once per read.
    """

    def __init__(
        self, now_ns: int, *, stall_patience_s: float = STALL_S, key_frame_patience_s: float = PATIENCE_S
    ) -> None:
        self.heard_ns = now_ns
        self._picture_ns = now_ns
        self._key_ns = now_ns
        self._longest_ns = 0
        self._seen_key = False
        self._stall_ns = round(stall_patience_s * NS_PER_S)
        self._patience_ns = round(key_frame_patience_s * NS_PER_S)

    def begin(self, now_ns: int) -> None:
        """Playing begins now: waiting counts from here."""
        self.heard_ns = self._picture_ns = self._key_ns = now_ns

    def picture(self, key: bool) -> None:
        """A picture was complete at `heard_ns`."""
        self._picture_ns = self.heard_ns
        if key:
            if self._seen_key:
                self._longest_ns = max(self._longest_ns, self.heard_ns - self._key_ns)
            self._seen_key = True
            self._key_ns = self.heard_ns

    def check(self, now_ns: int) -> CameraError | None:
        """What state the stream is in at `now_ns`, if it is not a healthy one."""
        if now_ns - self._picture_ns >= self._stall_ns:
            if now_ns - self.heard_ns >= self._stall_ns:
                return CameraError("unreachable", why="silent")
            return CameraError("stalled")
        if now_ns - self._key_ns >= self._key_limit_ns():
            return CameraError("no-key-frame")
        return None

    def _key_limit_ns(self) -> int:
        if not self._seen_key:
            return self._patience_ns
        if not self._longest_ns:
            return UNKNOWN_INTERVAL * self._patience_ns
        return max(self._patience_ns, KEY_INTERVALS * self._longest_ns)
