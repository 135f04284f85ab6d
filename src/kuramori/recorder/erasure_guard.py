"""The erasure clock at work: ticked, remembered on disk, journalled, and asked from any thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from kuramori.clock import NS_PER_S
from kuramori.recorder import clock_file
from kuramori.recorder.erasure_clock import Confidence, ErasureClock, Reading

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import Clock
    from kuramori.recorder.journal import Journal
    from kuramori.recorder.time_witnesses import TimeWitnesses

log = structlog.get_logger()
SAVE_EVERY_NS = 60 * NS_PER_S


@dataclass(frozen=True, slots=True)
class TimeView:
    """One moment, as erasing sees it. `now_ns` is erasure time: trusted, or last seen plus running time."""

    now_ns: int
    wall_ns: int
    boot_ns: int
    boot: str
    last_seen_ns: int
    confidence: Confidence

    @property
    def trusted(self) -> bool:
        return self.confidence == "trusted"


class ErasureGuard:
    """Owner of the `ErasureClock`; thread-safe."""

    def __init__(self, path: Path, clock: Clock, witnesses: TimeWitnesses, journal: Journal) -> None:
        self._path = path
        self._clock = clock
        self._witnesses = witnesses
        self._journal = journal
        self._lock = threading.Lock()
        self._erasure = ErasureClock(clock_file.load(path))
        self._saved_boot_ns: int | None = None
        self._alone_since_ns: int | None = None

    def tick(self) -> TimeView:
        """Look at clocks and witnesses (once a second will do); journals a change of confidence or reason."""
        reading = self._reading()
        opinions = self._witnesses.opinions(reading.wall_ns, reading.boot_ns)
        disciplined = any(witness.kind == "kernel" for witness in opinions)
        with self._lock:
            if disciplined:
                self._alone_since_ns = None
            elif self._alone_since_ns is None:
                self._alone_since_ns = reading.boot_ns
            changed = self._erasure.tick(reading, opinions)
            self._remember(reading, now=changed)
            return self._view(reading)

    def confirm(self) -> None:
        """A person says that the machine's clock is right now."""
        reading = self._reading()
        with self._lock:
            self._erasure.confirm(reading)
            self._remember(reading, now=True)

    def view(self) -> TimeView:
        """This moment, by the state of the last tick."""
        reading = self._reading()
        with self._lock:
            return self._view(reading)

    @property
    def reason(self) -> str:
        """Why the clock is trusted or not: a code."""
        return self._erasure.reason

    @property
    def alone_s(self) -> int:
        """For how long no time server has disciplined the machine's clock; 0 while one does. Counted from
        this program's start at the earliest."""
        since_ns = self._alone_since_ns
        return 0 if since_ns is None else max(0, self._clock.boot_ns() - since_ns) // NS_PER_S

    def save(self) -> None:
        """Remember the state now (at a stop)."""
        with self._lock:
            self._save()

    def _save(self) -> None:
        """A state that cannot be saved makes the next start less sure; it must not end this run."""
        try:
            clock_file.save(self._path, self._erasure.state)
        except OSError as problem:
            log.error("clock-not-saved", errno=problem.errno)

    def _remember(self, reading: Reading, *, now: bool) -> None:
        if now or self._saved_boot_ns is None or reading.boot_ns - self._saved_boot_ns >= SAVE_EVERY_NS:
            self._saved_boot_ns = reading.boot_ns
            self._save()
        if now:
            self._journal.append("clock", state=self._erasure.confidence, reason=self._erasure.reason)

    def _reading(self) -> Reading:
        return Reading(self._clock.wall_ns(), self._clock.boot_ns(), self._clock.boot_id())

    def _view(self, reading: Reading) -> TimeView:
        erasure = self._erasure
        now_ns = erasure.now_ns(reading.boot_ns)
        confidence, last_seen_ns = erasure.confidence, erasure.last_seen_ns
        return TimeView(now_ns, reading.wall_ns, reading.boot_ns, reading.boot, last_seen_ns, confidence)
