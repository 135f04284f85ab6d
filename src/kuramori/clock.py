"""Time, injected.

Every part that needs the time is handed a `Clock`, so that tests live through months in a second.
Wall time is for people and papers; boot time never steps and is what erasure is anchored to.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

NS_PER_S = 1_000_000_000
HOUR_S = 3600


class Clock(Protocol):
    """What a part may ask of time."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970-01-01 UTC, as the machine believes it."""

    def boot_ns(self) -> int:
        """Nanoseconds since this boot, counting suspend; never steps."""

    def boot_id(self) -> str:
        """Changes with every boot of the machine."""


class SystemClock:
    """The machine's own clocks (clock_gettime REALTIME and BOOTTIME)."""

    def wall_ns(self) -> int:
        return time.time_ns()

    def boot_ns(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class ManualClock:
    """A clock that a test or a demonstration moves by hand."""

    def __init__(self, wall_ns: int, boot_ns: int = 0, boot_id: str = "boot-1") -> None:
        self._wall_ns = wall_ns
        self._boot_ns = boot_ns
        self._boot_id = boot_id

    @classmethod
    def at(cls, text: str) -> ManualClock:
        """A clock standing at an ISO 8601 instant with an offset."""
        return cls(ns_of(datetime.fromisoformat(text)))

    def wall_ns(self) -> int:
        return self._wall_ns

    def boot_ns(self) -> int:
        return self._boot_ns

    def boot_id(self) -> str:
        return self._boot_id

    def advance_s(self, seconds: float) -> None:
        """Let time pass: both clocks move."""
        self._wall_ns += round(seconds * NS_PER_S)
        self._boot_ns += round(seconds * NS_PER_S)

    def step_wall_s(self, seconds: float) -> None:
        """The wall clock is set; no time passes."""
        self._wall_ns += round(seconds * NS_PER_S)

    def reboot(self, off_s: float, boot_id: str, wall_error_s: float = 0.0) -> None:
        """The machine is off for a while and starts again, its wall clock wrong by `wall_error_s`."""
        self._wall_ns += round((off_s + wall_error_s) * NS_PER_S)
        self._boot_ns = 0
        self._boot_id = boot_id


_current: Clock = SystemClock()


def current() -> Clock:
    """The clock of this process, for code that is not handed one (Django's side)."""
    return _current


@contextmanager
def use(clock: Clock) -> Iterator[Clock]:
    """Put another clock in place for a block (tests, demonstrations)."""
    global _current
    before, _current = _current, clock
    try:
        yield clock
    finally:
        _current = before


def now_ns() -> int:
    """Wall time of the process's clock, in nanoseconds since 1970 UTC."""
    return _current.wall_ns()


def utc(ns: int) -> datetime:
    """The aware UTC datetime of `ns`."""
    return datetime.fromtimestamp(ns / NS_PER_S, UTC)


def ns_of(moment: datetime) -> int:
    """Nanoseconds since 1970 UTC of an aware datetime."""
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * NS_PER_S + moment.microsecond * 1000


def iso(ns: int) -> str:
    """RFC 3339 text of `ns` in UTC, to the millisecond."""
    return utc(ns).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hour_start_s(ns: int) -> int:
    """The UTC hour that `ns` lies in, as seconds since 1970."""
    return ns // NS_PER_S // HOUR_S * HOUR_S
