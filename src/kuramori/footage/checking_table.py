"""Index, files and key table compared hour by hour: what the index calls living lives, what it calls dead is
dead.

The order of reading matters while the recorder goes on: who is dead, then who lives, then the table. An hour
that dies in between has left its tombstone in the table, or its death in the index by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.errors import RecorderUnreachable
from kuramori.footage import recorder_socket
from kuramori.footage.models import ErasedHour, HeldSegment, Segment

if TYPE_CHECKING:
    from kuramori.footage.checking import Report
    from kuramori.footage.recorder_socket import TableTold

Living = dict[str, tuple[str, int, set[int], bool]]
"""hour → camera, start of the hour, the dates of its segments, provisional."""


def compare(report: Report, *, behind: bool) -> None:
    """Add every disagreement. `behind`: the journal has lines that were not taken in yet."""
    dead, kept = set(ErasedHour.objects.values_list("hour", flat=True)), _kept()
    living = _living(dead, {segment for _, segment in kept})
    try:
        table = recorder_socket.hours()
    except RecorderUnreachable:
        return  # said elsewhere
    for hour in sorted(dead & table.hours.keys()):
        report.faults.append(f"hour {hour}: erased says the index, but the key table has it")
    _holds(report, kept, table, behind=behind)
    for hour, (camera, start_s, dates, provisional) in living.items():
        if (row := table.hours.get(hour)) is None:
            _gone(report, hour, camera, start_s, table, behind=behind)
        elif (row.camera, row.hour_start_s) != (camera, start_s):
            report.faults.append(f"hour {hour}: index and key table disagree about camera or time")
        elif dates != {row.erase_at_ns} and not (provisional or row.provisional or behind):
            report.faults.append(
                f"hour {hour}: index and key table disagree about its date "
                f"({', '.join(clock.iso(date) for date in sorted(dates))}; {clock.iso(row.erase_at_ns)})"
            )


def _kept() -> dict[tuple[str, str], int]:
    rows = HeldSegment.objects.filter(ended_ns=None).values_list("hold", "segment", "until_ns")
    return {(hold, segment): until_ns for hold, segment, until_ns in rows}


def _holds(report: Report, kept: dict[tuple[str, str], int], table: TableTold, *, behind: bool) -> None:
    """Each held segment is held in the table until the same instant, and no other is."""
    if behind:
        return
    for hold, segment in sorted(kept.keys() ^ table.holds.keys()):
        where = "the key table does not hold it" if (hold, segment) in kept else "the index does not know it"
        report.faults.append(f"segment {segment}: held by {hold}, but {where}")
    for name in kept.keys() & table.holds.keys():
        if kept[name] != table.holds[name]:
            report.faults.append(f"segment {name[1]}: index and key table disagree about its hold's end")


def _living(dead: set[str], kept: set[str]) -> Living:
    """What is living by its hour; what lives by a hold alone is compared with the holds."""
    found: Living = {}
    rows = Segment.objects.exclude(state="erased").order_by()
    for segment, hour, camera, start_s, date, provisional in rows.values_list(
        "id", "hour", "camera", "hour_start_s", "erase_at_ns", "provisional"
    ):
        if segment in kept and hour in dead:
            continue
        _, _, dates, before = found.setdefault(hour, (camera, start_s, set(), provisional))
        dates.add(date)
        found[hour] = camera, start_s, dates, before or provisional
    return found


def _gone(report: Report, hour: str, camera: str, start_s: int, table: TableTold, *, behind: bool) -> None:
    when = clock.iso(start_s * clock.NS_PER_S)
    if behind and hour in table.tombstones:
        report.notes.append(f"hour {hour}: has just been erased; its line waits to be taken in")
    elif not ErasedHour.objects.filter(hour=hour).exists():
        report.faults.append(
            f"hour {hour} (camera {camera}, {when}): living says the index, but the key table has no key"
        )
