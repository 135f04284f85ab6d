"""Access units in, storage fragments out: at most 0.4 s each, cut at every key frame and every UTC hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.recorder.fmp4 import TIMESCALE, Unit
from kuramori.recorder.run_clock import HOUR_NS, RunClock

if TYPE_CHECKING:
    from kuramori.cameras.rtsp import AccessUnit

FRAGMENT_90K = TIMESCALE * 4 // 10
LONGEST_PICTURE_90K = 10 * TIMESCALE
USUAL_PICTURE_90K = TIMESCALE // 15


@dataclass(frozen=True, slots=True)
class Fragment:
    """A few consecutive pictures, one future record. Times: ns since 1970 UTC, and 1/90000 s of media
    time."""

    run: str
    units: list[Unit]
    base_media_90k: int
    duration_90k: int
    wall_ns: int
    size_bytes: int
    key: bool
    changed: bool
    discontinuity: bool
    error_ns: int = 0
    """How far `wall_ns` may lie from when the picture reached us."""

    @property
    def end_ns(self) -> int:
        """When the last picture stops being shown."""
        return self.wall_ns + self.duration_90k * 100_000 // 9

    @property
    def hour(self) -> int:
        """Number of the UTC hour since 1970."""
        return self.wall_ns // HOUR_NS


class Fragmenter:
    """Holds the pictures of the fragment being made; one per connection."""

    def __init__(self) -> None:
        self._clock: RunClock | None = None
        self._held: list[AccessUnit] = []
        self._first_wall_ns = 0
        self._starts_run = False
        self._again = False
        self._interval_90k = USUAL_PICTURE_90K

    def add(self, au: AccessUnit) -> Fragment | None:
        """Take the next picture; returns the fragment that its arrival completed, if it did."""
        parted = self._clock is None or au.discontinuity or self._clock.parted(au)
        if not self._held:
            done = None
        else:
            apart_90k = au.dts_90k - self._held[-1].dts_90k
            if not parted and 0 < apart_90k <= LONGEST_PICTURE_90K:
                self._interval_90k = apart_90k
            done = self._cut() if parted or self._full_with(au) else None
        if parted:
            self._again = self._clock is not None
            self._clock = RunClock(au)
            self._starts_run = True
        if not self._held:
            assert self._clock is not None
            self._first_wall_ns = self._clock.wall_ns(au)
        self._held.append(au)
        return done

    def flush(self) -> Fragment | None:
        """The held pictures, whatever they are: a beat of the recorder, or the connection is over."""
        return self._cut() if self._held else None

    def drop(self) -> None:
        """Forget what is held: it must not be stored."""
        self._held.clear()

    def _full_with(self, au: AccessUnit) -> bool:
        assert self._clock is not None
        if au.key or au.changed:
            return True
        if au.dts_90k - self._held[0].dts_90k + self._interval_90k > FRAGMENT_90K:
            return True
        return self._clock.wall_ns(au) // HOUR_NS != self._first_wall_ns // HOUR_NS

    def _cut(self) -> Fragment:
        """Everything held as one fragment. The last picture is shown as long as the newest interval says."""
        assert self._clock is not None
        held, self._held = self._held, []
        first = held[0]
        units = []
        size_bytes = 0
        for at, au in enumerate(held):
            later = held[at + 1].dts_90k - au.dts_90k if at + 1 < len(held) else self._interval_90k
            units.append(Unit(au.data, later, au.key, au.pts_90k - au.dts_90k))
            size_bytes += len(au.data)
        starts_run, self._starts_run = self._starts_run, False
        return Fragment(
            run=self._clock.run,
            units=units,
            base_media_90k=first.dts_90k,
            duration_90k=held[-1].dts_90k - first.dts_90k + self._interval_90k,
            wall_ns=self._first_wall_ns,
            size_bytes=size_bytes,
            key=first.key,
            changed=first.changed,
            discontinuity=starts_run and self._again,
            error_ns=self._clock.error_ns,
        )
