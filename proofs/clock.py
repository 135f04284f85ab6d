"""Clocks that a recorder meets: wrong, stepped, creeping, in 1970, in 2036, in leap years and summer time.

    python -m proofs.clock [--write docs/proofs.md]

The recorder's own erasure clock, key keeper and key store live through each story under a clock moved by
hand; the observer knows the true time. Nothing may be shown after its day, nothing may die late while
the box is on and sure; how much too early things die is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.recorder.keeper_rig import SURE

from kuramori.clock import HOUR_S
from proofs.clock_calendar import calendar_table
from proofs.clock_life import DAY_S, KERNEL, RETENTION_DAYS, Life, Verdict
from proofs.tables import markdown, write_table

START = datetime(2027, 2, 1, 0, 20, tzinfo=UTC)
NINE_YEARS_S = 9 * 365 * DAY_S
SINCE_1970_S = 57 * 365 * DAY_S
HOURS_ALL = (RETENTION_DAYS + 1) * 24
MINUTE_S = 60
NEVER_LATE_S = HOUR_S
"""The observer looks once an hour."""


@dataclass(frozen=True)
class Story:
    """`early_s`: how much before its day footage may die here, and why is in the docs."""

    name: str
    tell: Callable[[Life], Awaitable[None]]
    early_s: float = HOUR_S
    late_s: float = NEVER_LATE_S
    shown_late: bool = False
    state: str = "trusted"


async def _true_clock(life: Life) -> None:
    await life.boot()
    await life.hours(2 * HOURS_ALL)


async def _off_a_week(life: Life) -> None:
    await life.boot()
    await life.hours(30)
    await life.off(7 * DAY_S)
    await life.hours(HOURS_ALL)


async def _off_two_days_kernel_alone(life: Life) -> None:
    """One witness is not enough after two days; recorded as provisional until a second one speaks."""
    await life.boot()
    await life.hours(30)
    await life.off(2 * DAY_S, sure=False)
    await life.believe(*KERNEL)
    await life.hours(5)
    await life.believe(*SURE)
    await life.hours(HOURS_ALL)


async def _ntp_steps(life: Life) -> None:
    """Up and down by up to four minutes, each hour."""
    await life.boot()
    await life.believe()
    for number in range(HOURS_ALL):
        await life.step((60, -120, 240, -180)[number % 4])
        await life.hours(1)
    await life.hours(HOURS_ALL, record=False)


async def _creep(life: Life) -> None:
    """Forty seconds an hour, ever forward: more than the day's ten minutes, and nobody vouches for it."""
    await life.boot()
    await life.believe()
    await life.hours(HOURS_ALL, step_s=40)
    await life.hours(HOURS_ALL, record=False)


async def _creep_with_a_liar(life: Life) -> None:
    """The same, and a time server says that it is right."""
    await life.boot()
    await life.believe(*KERNEL)
    await life.hours(HOURS_ALL, step_s=20)
    await life.hours(HOURS_ALL, record=False)


async def _to_2036_and_back(life: Life) -> None:
    await life.boot()
    await life.hours(30)
    await life.believe(*KERNEL)
    await life.step(NINE_YEARS_S)
    await life.hours(6)
    await life.step(-NINE_YEARS_S)
    await life.believe(*SURE)
    await life.hours(HOURS_ALL)


async def _to_2036_believed(life: Life) -> None:
    """Two witnesses lie: what is there dies; nothing may live until 2036 once it is repaired."""
    await life.boot()
    await life.hours(30)
    await life.step(NINE_YEARS_S)
    await life.hours(6)
    await life.step(-NINE_YEARS_S)
    await life.hours(HOURS_ALL + 24)


async def _boot_in_1970(life: Life) -> None:
    await life.boot()
    await life.hours(30)
    await life.off(HOUR_S, wall_error_s=-SINCE_1970_S, sure=False)
    await life.hours(5)
    await life.step(SINCE_1970_S)
    await life.believe(*KERNEL)
    await life.hours(HOURS_ALL)


async def _in_1970_after_a_week(life: Life) -> None:
    """Nobody tells the time for 30 hours: sealed after 24. Then it is repaired."""
    await life.boot()
    await life.hours(30)
    await life.off(7 * DAY_S, wall_error_s=-SINCE_1970_S, sure=False)
    await life.hours(30)
    await life.step(SINCE_1970_S)
    await life.believe(*SURE)
    await life.hours(HOURS_ALL)


async def _back_by_a_day(life: Life) -> None:
    await life.boot()
    await life.hours(30)
    await life.believe()
    await life.step(-DAY_S)
    await life.hours(20)
    await life.step(DAY_S)
    await life.hours(HOURS_ALL)


async def _no_clock_at_all(life: Life) -> None:
    """A new box that nobody ever confirms."""
    await life.boot(sure=False)
    await life.hours(HOURS_ALL)


STORIES = [
    Story("right all the time", _true_clock),
    Story("off for a week", _off_a_week),
    Story("off for two days, one witness", _off_two_days_kernel_alone, early_s=2 * HOUR_S, late_s=6 * HOUR_S),
    Story("NTP steps up and down", _ntp_steps),
    Story("creep of 40 s an hour, no witness", _creep, early_s=2 * HOUR_S, state=""),
    Story("creep of 20 s an hour, one liar", _creep_with_a_liar, early_s=2 * HOUR_S),
    Story("2036 for six hours, not believed", _to_2036_and_back),
    Story("2036 for six hours, two liars", _to_2036_believed, early_s=4 * DAY_S, late_s=7 * HOUR_S,
          shown_late=True),
    Story("boot in 1970, repaired after 5 h", _boot_in_1970, early_s=2 * HOUR_S),
    Story("off for a week, boot in 1970, repaired after 30 h", _in_1970_after_a_week, early_s=2 * HOUR_S,
          late_s=31 * HOUR_S),
    Story("set back by a day for 20 h", _back_by_a_day, early_s=25 * HOUR_S),
    Story("never confirmed", _no_clock_at_all, early_s=200 * DAY_S, state="sealed"),
]  # fmt: skip
HEAD = ("story", "hours", "died", "earliest death before its day", "latest after it, box on",
        "shown after its day", "refused in doubt", "clock at the end")  # fmt: skip


def live(story: Story, folder: Path) -> Verdict:
    """One story in a directory of its own."""

    async def told() -> Verdict:
        life = Life(folder, START)
        await story.tell(life)
        return life.verdict()

    return asyncio.run(told())


def faults(story: Story, seen: Verdict) -> list[str]:
    """What must not be."""
    found = {
        f"died {-seen.earliest_s / HOUR_S:.1f} h early": -seen.earliest_s > story.early_s,
        f"died {seen.latest_s / HOUR_S:.1f} h late": seen.latest_s > story.late_s,
        f"{seen.shown_late} shown after their day": seen.shown_late and not story.shown_late,
        "nothing died": not seen.died,
        f"the clock ends {seen.state}": not seen.state.startswith(story.state),
    }
    return [f"{story.name}: {text}" for text, wrong in found.items() if wrong]


def row(story: Story, seen: Verdict) -> list[str]:
    """Hours with one decimal."""
    early, late = max(0.0, -seen.earliest_s), max(0.0, seen.latest_s)
    return [story.name, str(seen.hours), str(seen.died), f"{early / HOUR_S:.1f} h", f"{late / HOUR_S:.1f} h",
            str(seen.shown_late), str(seen.refused), seen.state]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.clock")
    parser.add_argument("--write", type=Path, help="put the tables into this document")
    chosen = parser.parse_args()
    rows, wrong = [], []
    with tempfile.TemporaryDirectory(prefix="kuramori-clock-") as folder:
        for number, story in enumerate(STORIES):
            seen = live(story, Path(folder) / str(number))
            rows.append(row(story, seen))
            print(" | ".join(rows[-1]), flush=True)
            wrong += faults(story, seen)
        days, late = calendar_table(Path(folder))
    for name, table in {"clock": markdown(HEAD, rows), "calendar": days}.items():
        print(f"{table}\n")
        if chosen.write:
            write_table(chosen.write, name, table)
    print("\n".join(wrong + late) or "everything as expected")
    return 1 if wrong + late else 0


if __name__ == "__main__":
    sys.exit(main())
