"""The hours in which a camera may film, as approved: lines of weekdays with a beginning and an end.

No line at all means always. Times are those of the place; an end at or before its beginning lies on the next
day, so that 22:00–06:00 is a night, and 00:00–00:00 a whole day. Knows no Django: the recorder obeys it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_LINES = 7
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """`days`: 0 is Monday; the day on which the stretch begins."""

    days: tuple[int, ...]
    begins: time
    ends: time

    def row(self) -> dict[str, object]:
        """As it is kept, and as the settings file tells it."""
        return {"days": list(self.days), "from": f"{self.begins:%H:%M}", "until": f"{self.ends:%H:%M}"}


Hours = tuple[Line, ...]


def parsed(rows: object) -> Hours:
    """The lines of a list of rows. Raises BadInput `hours` for anything that is not exactly that."""
    if not isinstance(rows, list) or len(rows) > MOST_LINES:
        raise BadInput("hours")
    return tuple(_line(row) for row in rows)


def _line(row: object) -> Line:
    if not isinstance(row, dict) or row.keys() != {"days", "from", "until"}:
        raise BadInput("hours")
    days = row["days"]
    if not isinstance(days, list) or not days or not all(type(day) is int and 0 <= day < 7 for day in days):
        raise BadInput("hours")
    return Line(tuple(sorted(set(days))), _time(row["from"]), _time(row["until"]))


def _time(value: object) -> time:
    found = _TIME.match(value) if isinstance(value, str) else None
    if found is None:
        raise BadInput("hours")
    return time(int(found[1]), int(found[2]))


def allows(hours: Hours, zone: tzinfo, now_ns: int) -> bool:
    """Whether a camera with these hours may film at `now_ns` (UTC)."""
    return not hours or any(begin <= now_ns < end for begin, end in _stretches(hours, zone, now_ns))


def turns_at(hours: Hours, zone: tzinfo, now_ns: int) -> int | None:
    """The next instant after `now_ns` at which a line begins or ends; None without lines, or when none is
    near (within a day)."""
    instants = [instant for stretch in _stretches(hours, zone, now_ns) for instant in stretch]
    return min((instant for instant in instants if instant > now_ns), default=None)


def _stretches(hours: Hours, zone: tzinfo, now_ns: int) -> Iterable[tuple[int, int]]:
    """Those that begin yesterday, today or tomorrow. A time that a change of the clocks repeats is taken as
    its first; one that it leaves out, as the instant at which it would have been."""
    today = datetime.fromtimestamp(now_ns // NS_PER_S, zone).date()
    for days in (-1, 0, 1):
        day = today + timedelta(days=days)
        for line in hours:
            if day.weekday() in line.days:
                over = day if line.ends > line.begins else day + timedelta(days=1)
                yield _instant(day, line.begins, zone), _instant(over, line.ends, zone)


def _instant(day: date, at: time, zone: tzinfo) -> int:
    return int(datetime.combine(day, at, zone).astimezone(UTC).timestamp()) * NS_PER_S


def rows(hours: Sequence[Line]) -> list[dict[str, object]]:
    """All lines as they are kept."""
    return [line.row() for line in hours]
