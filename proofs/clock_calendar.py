"""Days as calendars have them: leap days, ends of months, hours that summer time makes twice or not at all.

The expected instants are written out by hand, not computed by the program's rule.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.recorder.keeper_rig import KeeperRig, settings

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock, ns_of
from proofs.tables import markdown

if TYPE_CHECKING:
    from pathlib import Path

MONTH = {"months": 1}
LEEWAY_NS = 2 * NS_PER_S
"""Rows go two seconds before their date."""
COARSE_S = 12 * HOUR_S


@dataclass(frozen=True)
class Day:
    """Footage recorded at `recorded` must die at `dies`; both with the offset of the place."""

    name: str
    zone: str
    rule: dict[str, int]
    recorded: str
    dies: str


DAYS = [
    Day("month end", "Asia/Tokyo", MONTH, "2027-01-31T10:00+09:00", "2027-03-01T00:00+09:00"),
    Day("month end, 30 days", "Asia/Tokyo", {"days": 30}, "2027-01-31T10:00+09:00", "2027-03-01T00:00+09:00"),
    Day("end of a short month", "Asia/Tokyo", MONTH, "2027-02-28T23:00+09:00", "2027-03-28T23:00+09:00"),
    Day("31 March", "Asia/Tokyo", MONTH, "2027-03-31T10:00+09:00", "2027-05-01T00:00+09:00"),
    Day("new year", "Asia/Tokyo", MONTH, "2026-12-31T23:00+09:00", "2027-01-31T23:00+09:00"),
    Day("leap year, 29 January", "Asia/Tokyo", MONTH, "2028-01-29T10:00+09:00", "2028-02-29T10:00+09:00"),
    Day("leap year, 31 January", "Asia/Tokyo", MONTH, "2028-01-31T10:00+09:00", "2028-03-01T00:00+09:00"),
    Day("leap day", "Asia/Tokyo", MONTH, "2028-02-29T10:00+09:00", "2028-03-29T10:00+09:00"),
    Day("over a leap day", "Asia/Tokyo", {"days": 2}, "2028-02-28T10:00+09:00", "2028-03-01T10:00+09:00"),
    Day("UTC has another day", "Asia/Tokyo", MONTH, "2027-03-01T00:00+09:00", "2027-04-01T00:00+09:00"),
    Day("spring forward", "Europe/Berlin", {"days": 1}, "2027-03-27T12:00+01:00", "2027-03-28T12:00+02:00"),
    Day("the hour that is not", "Europe/Berlin", {"days": 1}, "2027-03-27T02:00+01:00",
        "2027-03-28T01:00+01:00"),
    Day("fall back", "America/New_York", {"days": 1}, "2027-11-06T12:00-04:00", "2027-11-07T12:00-05:00"),
    Day("the hour that is twice", "America/New_York", {"days": 1}, "2027-11-06T01:00-04:00",
        "2027-11-07T01:00-04:00"),
    Day("half an hour of summer time", "Australia/Lord_Howe", {"days": 1}, "2027-04-03T12:00+11:00",
        "2027-04-04T12:00+10:30"),
]  # fmt: skip
HEAD = ("day", "place", "period", "recorded", "must die", "died")


async def death(day: Day, folder: Path) -> tuple[int, bool]:
    """When the recorder erased the hour, in ns, and whether it opened until a minute before."""
    recorded, dies = datetime.fromisoformat(day.recorded), datetime.fromisoformat(day.dies)
    rig = KeeperRig(folder, ManualClock(ns_of(recorded)))
    document: dict[str, Any] = settings(storehouse=rig.storehouse, retention=day.rule)
    rig.use({**document, "timezone": day.zone})
    await rig.boot()
    written = rig.record_segment()
    await rig.run_s((dies - recorded - timedelta(minutes=1)).total_seconds(), COARSE_S)
    opened = rig.opens(written)
    await rig.run_s(60, 1)
    died = [row["erased_at_ns"] for row in rig.erased() if row["hour"] == written.hour]
    rig.journal.close()
    return (died[0] if died else 0), opened


def calendar_table(scratch: Path, days: list[Day] = DAYS) -> tuple[str, list[str]]:
    """All days as a table, and what died on another."""
    rows, faults = [], []
    for number, day in enumerate(days):
        died_ns, opened = asyncio.run(death(day, scratch / f"day-{number}"))
        dies_ns = ns_of(datetime.fromisoformat(day.dies))
        apart_s = (died_ns - dies_ns) / NS_PER_S
        if not opened or not -LEEWAY_NS <= died_ns - dies_ns <= 0:
            faults.append(f"{day.name}: opened {opened}, died {apart_s:+.0f} s from its day")
        period = "a month" if day.rule == MONTH else f"{day.rule['days']} days"
        told = "never" if not died_ns else f"{apart_s:+.0f} s"
        rows.append([day.name, day.zone, period, day.recorded, day.dies, told])
    return markdown(HEAD, rows), faults
