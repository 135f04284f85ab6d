"""The clock that erasing follows: anchored to the boot clock, sure of itself or not.

Pure: `tick` is told what the clocks and the witnesses show, and changes the state. The rules and the
reasons are in docs/design/erasure-clock.md. Three states: `trusted`; `provisional` (footage is recorded,
dated later); `sealed` (unsure for 24 running hours in all: recorded, but nobody sees anything).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from kuramori.clock import HOUR_S, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.recorder.time_witnesses import Witness

MINUTE_NS = 60 * NS_PER_S
DAY_NS = 24 * HOUR_S * NS_PER_S
STEP_ALLOWED_NS = 10 * MINUTE_NS
"""Forward corrections taken over without question, per day; also how far the machine's clock may lag."""
AGREE_NS = 2 * MINUTE_NS
"""Two witnesses within this of the machine's clock agree with it."""
SEALED_AFTER_NS = DAY_NS
RELEASED_NS = 1_793_458_800 * NS_PER_S
"""31 October 2026, 15:00 UTC: no box recorded anything before this version was written. It stands for
"last seen" on a box that was never sure of the time."""

Confidence = Literal["trusted", "provisional", "sealed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's clocks at one moment (see kuramori.clock)."""

    wall_ns: int
    boot_ns: int
    boot: str


@dataclass
class ClockState:
    """Everything that outlives a restart. The erasure time at `boot_ns` of boot `boot` was `known_ns`."""

    last_seen_ns: int | None = None
    known_ns: int = RELEASED_NS
    boot: str = ""
    boot_ns: int = 0
    anchored: bool = False
    """The time was trusted at some moment of this boot; `known_ns` has followed its boot clock since."""
    trusted: bool = False
    untrusted_ns: int = 0
    """Running time without trust since the last trusted moment, over all boots."""
    corrections: list[tuple[int, int]] = field(default_factory=list)
    """(when, how much) of the forward corrections of the last day, in erasure time."""


class ErasureClock:
    """Folds readings into a `ClockState`. Not thread-safe: one owner ticks it about once a second."""

    def __init__(self, state: ClockState | None = None) -> None:
        self.state = state or ClockState()
        self.reason = "start"

    @property
    def confidence(self) -> Confidence:
        if self.state.trusted:
            return "trusted"
        return "sealed" if self.state.untrusted_ns >= SEALED_AFTER_NS else "provisional"

    @property
    def last_seen_ns(self) -> int:
        """The last trusted time; the day of this version's making when there never was one."""
        return RELEASED_NS if self.state.last_seen_ns is None else self.state.last_seen_ns

    def now_ns(self, boot_ns: int) -> int:
        """The erasure time at `boot_ns` of the present boot. While untrusted: last seen plus running time,
        which is never later than the true time unless a trusted time was wrong."""
        return self.state.known_ns + max(0, boot_ns - self.state.boot_ns)

    def tick(self, reading: Reading, witnesses: Sequence[Witness] = ()) -> bool:
        """Take in a reading. True when confidence or its reason changed."""
        before = (self.confidence, self.reason)
        self._run_on(reading)
        apart_ns = reading.wall_ns - self.state.known_ns
        if self._vouched(apart_ns, witnesses):
            self._trust(reading, reading.wall_ns, "witnesses")
        elif self._believable(apart_ns):
            self._follow(apart_ns)
        elif self._kernel_suffices(apart_ns, witnesses):
            self._trust(reading, max(reading.wall_ns, self.state.known_ns), "kernel")
        else:
            self._doubt(apart_ns)
        return (self.confidence, self.reason) != before

    def confirm(self, reading: Reading) -> None:
        """A person has looked at the machine's clock and says that it is right."""
        self._run_on(reading)
        self._trust(reading, reading.wall_ns, "person")

    def _run_on(self, reading: Reading) -> None:
        """Let the boot clock's time pass; a new boot has run since its start, whatever the wall clock
        says. Before the very first reading nothing was recorded, so that nothing was unsure."""
        state = self.state
        first_ever = not state.boot
        if reading.boot == state.boot:
            passed_ns = max(0, reading.boot_ns - state.boot_ns)
        else:
            passed_ns = reading.boot_ns
            state.anchored = state.trusted = False
            state.boot = reading.boot
            self.reason = "start"
        state.boot_ns = reading.boot_ns
        state.known_ns += passed_ns
        if not state.trusted and not first_ever:
            state.untrusted_ns += passed_ns

    def _vouched(self, apart_ns: int, witnesses: Sequence[Witness]) -> bool:
        """Two witnesses of different kinds agree with the machine's clock. Needed only where the clock
        itself is in doubt: a small, believable correction goes its usual way and is counted."""
        if self.state.trusted and -STEP_ALLOWED_NS <= apart_ns <= self._allowance_ns():
            return False
        good = [witness for witness in witnesses if abs(witness.offset_ns) <= AGREE_NS]
        return any(
            one.kind != other.kind and abs(one.offset_ns - other.offset_ns) <= AGREE_NS
            for one, other in combinations(good, 2)
        )

    def _believable(self, apart_ns: int) -> bool:
        """Within this boot's anchor: what the day's allowance covers. The clock may also lag a little."""
        return self.state.anchored and -STEP_ALLOWED_NS <= apart_ns <= self._allowance_ns()

    def _kernel_suffices(self, apart_ns: int, witnesses: Sequence[Witness]) -> bool:
        """ "Kernel synchronised" alone: only at a start, within a day of last seen plus running time."""
        synchronised = any(witness.kind == "kernel" for witness in witnesses)
        known = self.state.last_seen_ns is not None
        return synchronised and known and not self.state.anchored and -STEP_ALLOWED_NS <= apart_ns <= DAY_NS

    def _allowance_ns(self) -> int:
        since_ns = self.state.known_ns - DAY_NS
        self.state.corrections = [(at, by) for at, by in self.state.corrections if at > since_ns]
        return STEP_ALLOWED_NS - sum(by for _at, by in self.state.corrections)

    def _follow(self, apart_ns: int) -> None:
        """Go forward with the machine's clock; never back: a clock set back a little makes things die
        earlier."""
        if apart_ns > 0:
            self.state.known_ns += apart_ns
            self._count_correction(apart_ns)
        self._trusted(self.reason if self.state.trusted else "agrees-again")

    def _count_correction(self, by_ns: int) -> None:
        """One sum per clock hour, dated by that hour's end: a slewed clock makes a tiny correction each
        second."""
        hour_ns = HOUR_S * NS_PER_S
        at_ns = (self.state.known_ns // hour_ns + 1) * hour_ns
        rows = self.state.corrections
        if rows and rows[-1][0] == at_ns:
            by_ns += rows.pop()[1]
        rows.append((at_ns, by_ns))

    def _trust(self, reading: Reading, known_ns: int, reason: str) -> None:
        self.state.known_ns = known_ns
        self.state.boot, self.state.boot_ns = reading.boot, reading.boot_ns
        self.state.anchored = True
        self.state.corrections = []
        self._trusted(reason)

    def _trusted(self, reason: str) -> None:
        self.state.trusted = True
        self.state.untrusted_ns = 0
        self.state.last_seen_ns = self.state.known_ns
        self.reason = reason

    def _doubt(self, apart_ns: int) -> None:
        self.state.trusted = False
        if self.state.anchored:
            self.reason = "jumped-forward" if apart_ns > 0 else "jumped-back"
        elif self.state.last_seen_ns is None:
            self.reason = "never-confirmed"
        else:
            self.reason = "unsure-at-start"
