"""What falls due when: everything that turns by itself, with the page on which it is done."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import jpholiday
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kuramori import local_time
from kuramori.guideline import standing as missing_now
from kuramori.guideline.ageing import WARNING_NS
from kuramori.guideline.registry import all_words
from kuramori.people import standing
from kuramori.policy.models import Verdict
from kuramori.web.refusals import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done by `due_ns`; undone, a door closes at `shut_ns` (None: it ends by itself)."""

    due_ns: int
    shut_ns: int | None
    clause: str
    title: str
    about: str
    row: Verdict | None = None
    """The verdict that turns; None for what a person's own paper ends."""
    code: str = ""

    @property
    def cure(self) -> tuple[str, str]:
        """Where it is done, and the words on the button."""
        return missing_now.cure_of(self.row, self.code) if self.row else (reverse("duties"), "")

    @property
    def day(self) -> date:
        return local_time.day_of(self.due_ns)

    @property
    def shut_day(self) -> date | None:
        return local_time.day_of(self.shut_ns) if self.shut_ns else None


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the calendar; `day` None before the first and after the last of the month."""

    day: date | None
    holiday: str = ""
    today: bool = False
    dues: tuple[Due, ...] = ()
    shuts: tuple[Due, ...] = ()
    """What closes a door on this day, undone, and was due on an earlier one."""


def ahead(now_ns: int, named: missing_now.Names | None = None) -> list[Due]:
    """Everything that falls due from now on or is due already and not closed yet, soonest first."""
    names = missing_now.names() if named is None else named
    rows = Verdict.objects.filter(turns_at_ns__gt=now_ns).exclude(turns_to_gate__in=("", "warn"))
    found = []
    for row in rows:
        about = names.get((row.subject_kind, row.subject_id), "")
        if row.subject_kind == "camera" and not about:
            continue  # retired
        found.append(_of_verdict(row, about))
    found += [
        Due(one.until_ns, None, *_PEOPLE_CLAUSES[one.what], one.full_name)
        for one in standing.lapses(now_ns)
        if one.until_ns is not None and one.until_ns > now_ns
    ]
    return sorted(found, key=lambda one: (one.due_ns, one.clause, one.about))


_PEOPLE_CLAUSES = {
    "appointment": ("T4a", "appointment"),
    "pledge": ("T8a", "pledge"),
    "training": ("T5", "training"),
}


_PEOPLE_WORDS = {
    "appointment": gettext_lazy("The appointment ends"),
    "pledge": gettext_lazy("The pledge ends"),
    "training": gettext_lazy("The training ends"),
}


def words_of(due: Due) -> str:
    """What is to be done, in words."""
    words = _PEOPLE_WORDS.get(due.title)
    return due.title if words is None else str(words)


def _of_verdict(row: Verdict, about: str) -> Due:
    """What ages falls due two weeks before its door closes, and is then called by the notice's words."""
    shut_ns, code = row.turns_at_ns or 0, row.turns_to_code
    notice = f"{code.removesuffix('-late')}-due"
    words, due_ns = all_words().get(code, UNKNOWN), shut_ns
    if code.endswith("-late") and notice in all_words():
        words, due_ns = all_words()[notice], shut_ns - WARNING_NS
    title = "appointment" if row.clause == "T4a" else str(words.title)  # not yet that nobody is appointed
    return Due(due_ns, shut_ns, row.clause, title, about, row, code)


def month(first: date, dues: Iterable[Due], today: date) -> list[list[Day]]:
    """The weeks of the month that begins at `first`, Monday first, with holidays and what falls due."""
    due, shut = defaultdict(list), defaultdict(list)
    for one in dues:
        day, shut_day = one.day, one.shut_day
        due[day].append(one)
        if shut_day is not None and shut_day != day:
            shut[shut_day].append(one)
    return [
        [
            Day(day, jpholiday.is_holiday_name(day) or "", day == today, tuple(due[day]), tuple(shut[day]))
            if day.month == first.month
            else Day(None)
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
