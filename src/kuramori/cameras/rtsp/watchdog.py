"""Notices a stream that has gone wrong without saying so. Pure: it is told the time, it never asks."""

from __future__ import annotations

from kuramori.clock import NS_PER_S
from kuramori.errors import CameraError

PATIENCE_S = 10.0
STALL_S = 8.5  # looked at once a second and at most a beat late: a stall is noticed within ten
FLOWING_S = 3.0  # a picture younger than this: they still come, and only key frames are missed
KEY_INTERVALS = 4  # in mid-stream: so many of the longest interval seen so far …
GROUP_S = 60.0  # … and never less: smart codecs make long groups of a still scene, without a word


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
        self._flowing_ns = min(round(FLOWING_S * NS_PER_S), self._stall_ns)

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
        flows = now_ns - self._picture_ns < self._flowing_ns
        if flows and now_ns - self._key_ns >= self._key_limit_ns():
            return CameraError("no-key-frame")
        return None

    def _key_limit_ns(self) -> int:
        if not self._seen_key:
            return self._patience_ns
        return max(round(GROUP_S * NS_PER_S), KEY_INTERVALS * self._longest_ns)
