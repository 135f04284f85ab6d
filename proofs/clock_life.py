"""A recorder's keeper under clocks that lie, watched by somebody who knows the true time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.recorder.keeper_rig import SURE, KeeperRig, Written, settings

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock, ns_of
from kuramori.recorder.time_witnesses import Witness

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

RETENTION_DAYS = 3
DAY_S = 24 * HOUR_S
KERNEL = (Witness("kernel", 0),)


@dataclass
class Watched:
    """One segment: the true beginning of its hour, and when it truly died."""

    written: Written
    due_ns: int
    died_ns: int | None = None


@dataclass
class Verdict:
    """Of one life. Seconds; negative is before the day. What fell due while the box was off is reckoned
    from when it was on again."""

    hours: int
    died: int
    earliest_s: float
    latest_s: float
    shown_late: int
    """Segments whose key was given out after their day, box on."""
    refused: int
    """Times that a key was refused before its day, because the clock was in doubt."""
    state: str


@dataclass
class Life:
    """`now` is the true time; the machine's wall clock may say something else."""

    folder: Path
    start: datetime
    watched: list[Watched] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.true_ns = ns_of(self.start)
        self.rig = KeeperRig(self.folder, ManualClock(self.true_ns))
        self.rig.use(settings(storehouse=self.rig.storehouse, retention={"days": RETENTION_DAYS}))
        self._boots = 0
        self._late: set[str] = set()
        self._refused = 0
        self._off: list[tuple[int, int]] = []

    async def boot(self, *, sure: bool = True) -> None:
        """The machine starts; `sure` is whether two witnesses vouch for its clock."""
        self.rig.witnesses.now = list(SURE) if sure else []
        await self.rig.boot()
        self._look()

    async def hours(self, count: int, *, step_s: float = 0.0, record: bool = True) -> None:
        """So many true hours, a segment in each; `step_s` is what a time server corrects in each."""
        for _ in range(count):
            if record:
                self._record()
            self.rig.clock.advance_s(HOUR_S)
            self.true_ns += HOUR_S * NS_PER_S
            self.rig.clock.step_wall_s(step_s)
            await self.rig.tick()
            self._look()

    async def ride(self, seconds: float) -> None:
        """A segment, recorded in so much true time."""
        self._record()
        self.rig.clock.advance_s(seconds)
        self.true_ns += round(seconds * NS_PER_S)
        await self.rig.tick()
        self._look()

    async def step(self, seconds: float) -> None:
        """Somebody sets the clock."""
        self.rig.clock.step_wall_s(seconds)
        await self.rig.tick()
        self._look()

    async def off(self, seconds: float, *, wall_error_s: float = 0.0, sure: bool = True) -> None:
        """Switched off, and on again; see `boot`."""
        self._boots += 1
        self.rig.journal.close()
        self.rig.clock.reboot(seconds, f"boot-{self._boots + 1}", wall_error_s)
        began_ns, self.true_ns = self.true_ns, self.true_ns + round(seconds * NS_PER_S)
        self._off.append((began_ns, self.true_ns))
        await self.boot(sure=sure)

    async def believe(self, *witnesses: Witness) -> None:
        """From now on these speak."""
        self.rig.witnesses.now = list(witnesses)
        await self.rig.tick()
        self._look()

    def verdict(self) -> Verdict:
        """Deaths against days, as the true time has them."""
        dead = [one for one in self.watched if one.died_ns is not None]
        leads = [((one.died_ns or 0) - self._could_ns(one.due_ns)) / NS_PER_S for one in dead]
        view = self.rig.guard.view()
        self.rig.journal.close()
        return Verdict(
            len(self.watched),
            len(leads),
            min(leads, default=0.0),
            max(leads, default=0.0),
            len(self._late),
            self._refused,
            f"{view.confidence} ({self.rig.guard.reason})",
        )

    def _could_ns(self, due_ns: int) -> int:
        return next((end_ns for start_ns, end_ns in self._off if start_ns <= due_ns < end_ns), due_ns)

    def _record(self) -> None:
        hour_ns = self.true_ns // (HOUR_S * NS_PER_S) * HOUR_S * NS_PER_S
        written = self.rig.record_segment()
        self.watched.append(Watched(written, hour_ns + RETENTION_DAYS * DAY_S * NS_PER_S))

    def _look(self) -> None:
        """Which hours live, and which keys are given out now."""
        for one in self.watched:
            if one.died_ns is not None:
                continue
            if self.rig.keeper.camera_of(one.written.hour) is None:
                one.died_ns = self.true_ns
            elif not self.rig.opens(one.written):
                self._refused += self.true_ns < one.due_ns
            elif self.true_ns > one.due_ns:
                self._late.add(one.written.segment)
