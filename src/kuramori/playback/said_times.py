"""Times as people say them: 「昨日 14:30」, 「さっき」, "yesterday 2:30 pm". Pure; never a time to come.

What is said is read piece by piece: a day, a time of day, or a distance. A bare time belongs to the day that
is looked at (`near`), a bare day keeps the time of day that is looked at. `+10秒` and `-1分` are counted from
there, `10秒前` from now.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_TEXT = 60
JUST_NOW = timedelta(minutes=5)
REIWA_BEFORE_FIRST = 2018

_UNITS = {
    "秒": "seconds", "s": "seconds", "sec": "seconds", "second": "seconds", "seconds": "seconds",
    "分": "minutes", "m": "minutes", "min": "minutes", "minute": "minutes", "minutes": "minutes",
    "時間": "hours", "h": "hours", "hour": "hours", "hours": "hours",
    "日": "days", "day": "days", "days": "days",
    "週間": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_DISTANCE = re.compile(rf"(\d{{1,4}})\s*({_UNIT})(半)?\s*(?:前|ago)")
_FROM_HERE = re.compile(rf"([+-])\s*(\d{{1,4}})\s*({_UNIT})?")
_ONE = re.compile(r"\b(?:an?|one) (second|minute|hour|day|week)\b")
_DAYS_BACK = {
    "day before yesterday": 2, "yesterday": 1, "today": 0, "さきおととい": 3, "おととい": 2, "一昨日": 2,
    "昨日": 1, "きのう": 1, "今日": 0, "きょう": 0, "本日": 0, "今朝": 0, "けさ": 0,
}  # fmt: skip
_LAST_NIGHT = ("昨夜", "昨晩", "ゆうべ", "last night")
_WEEKDAYS = [
    ("月曜", "monday", "mon"), ("火曜", "tuesday", "tue"), ("水曜", "wednesday", "wed"),
    ("木曜", "thursday", "thu"), ("金曜", "friday", "fri"), ("土曜", "saturday", "sat"),
    ("日曜", "sunday", "sun"),
]  # fmt: skip
_DATES = [
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?"),
    re.compile(r"(?:令和|r)\s*(?P<era>\d{1,2})\s*[年.]\s*(?P<m>\d{1,2})\s*[月.]\s*(?P<d>\d{1,2})日?"),
    re.compile(r"(?P<m>\d{1,2})\s*[/月]\s*(?P<d>\d{1,2})日?"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})日"),
]
_MORNING = ("午前", "朝", "今朝", "けさ", "早朝")
_AFTERNOON = ("午後", "夕方", "夜", "晩", "昼")
_TIME = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})\s*(?::(?P<m>\d{2})(?::(?P<s>\d{2}))?"
    r"|時\s*(?:(?P<half>半)|(?P<jm>\d{1,2})分?(?:\s*(?P<js>\d{1,2})秒)?)?)?\s*(?P<ampm>am|pm|a\.m\.|p\.m\.)?(?!\d)"
)


def parse(text: str, now: datetime, near: datetime | None = None) -> datetime:
    """The moment meant by `text`. `now` and `near` are local and aware; so is the answer, at most `now`.

    Raises BadInput: `time-not-understood`, or `interval-not-in-the-past` for a time that has not come.
    """
    said = unicodedata.normalize("NFKC", text).strip().lower()
    if not said or len(said) > LONGEST_TEXT:
        raise BadInput("time-not-understood")
    here = near or now
    try:
        found = _distance(said, now, here) or _day_and_time(said, now, here)
    except (ValueError, OverflowError) as error:
        raise BadInput("time-not-understood") from error
    if found > now:
        raise BadInput("interval-not-in-the-past")
    return found


def _distance(said: str, now: datetime, here: datetime) -> datetime | None:
    if said in ("今", "いま", "now"):
        return now
    if said in ("さっき", "先ほど", "さきほど", "just now", "a moment ago"):
        return now - JUST_NOW
    if match := _FROM_HERE.fullmatch(said):
        sign, count, unit = match.groups()
        far = timedelta(**{_UNITS[unit or "s"]: int(count)})
        return here + far if sign == "+" else here - far
    if match := _DISTANCE.fullmatch(_ONE.sub(r"1 \1", said).removeprefix("about ").removesuffix("くらい")):
        count, unit, half = match.groups()
        length = timedelta(**{_UNITS[unit]: 1})
        if _UNITS[unit] == "days":
            return None  # a day and perhaps a time
        return now - int(count) * length - (length / 2 if half else timedelta(0))
    return None


def _day_and_time(said: str, now: datetime, here: datetime) -> datetime:
    last_night = next((word for word in _LAST_NIGHT if word in said), None)
    rest = said.replace(last_night, " 夜 ") if last_night else said
    day, rest = _day(rest, now)
    clock, rest = _time(rest)
    if re.sub(r"[\s、,のにごろ頃at日曜]|last|night|on|the|夜|晩|朝|午前|午後|夕方|早朝|昼", "", rest):
        raise BadInput("time-not-understood")
    if last_night:
        clock = clock or time(21)
        day = now.date() if clock.hour < 6 else now.date() - timedelta(days=1)
    if day is None and clock is None:
        raise BadInput("time-not-understood")
    if day is None:
        return _latest(lambda back: here.date() - timedelta(days=back), clock or time(0), now)
    if clock is None:
        clock = here.time().replace(tzinfo=None)
    return _local(day, clock, now)


def _day(said: str, now: datetime) -> tuple[date | None, str]:
    """The day that is named, and what is left of the text."""
    for word, back in _DAYS_BACK.items():
        if word in said:
            kept = " 朝 " if word in _MORNING else " "
            return now.date() - timedelta(days=back), said.replace(f"the {word}", word).replace(word, kept, 1)
    if match := re.search(r"(\d{1,3})\s*(?:日前|days? ago)", said):
        return now.date() - timedelta(days=int(match[1])), _without(said, match)
    for pattern in _DATES:
        if match := pattern.search(said):
            return _dated(match.groupdict(), now), _without(said, match)
    for number, names in enumerate(_WEEKDAYS):
        for name in names:
            if match := re.search(rf"(先週の?|last )?{name}(?:日)?(?![a-z])", said):
                back = (now.weekday() - number) % 7
                if match[1] == "last " and back == 0:
                    back = 7
                elif (
                    match[1] and match[1] != "last "
                ):  # 先週: the week before this one, weeks beginning on Monday
                    back = now.weekday() - number + 7
                return now.date() - timedelta(days=back), _without(said, match)
    return None, said


def _without(said: str, match: re.Match[str]) -> str:
    return f"{said[: match.start()]} {said[match.end() :]}"


def _dated(parts: dict[str, str | None], now: datetime) -> date:
    """A written date; without a year or month, the latest such day that is not to come."""
    day = int(parts["d"] or 0)
    if parts.get("y") or parts.get("era"):
        year = int(parts["y"] or 0) if parts.get("y") else REIWA_BEFORE_FIRST + int(parts["era"] or 0)
        return date(year, int(parts["m"] or 0), day)
    month = int(parts.get("m") or 0) or None
    first = now.date().replace(day=1)
    for _back in range(60):
        if month in (None, first.month):
            try:
                found = first.replace(day=day)
            except ValueError:
                found = None
            if found and found <= now.date():
                return found
        first = (first - timedelta(days=1)).replace(day=1)
    raise BadInput("time-not-understood")


def _time(said: str) -> tuple[time | None, str]:
    """The time of day that is named, and what is left of the text."""
    for word, clock in (("正午", time(12)), ("noon", time(12)), ("零時", time(0)), ("midnight", time(0))):
        if word in said:
            return clock, said.replace(word, " ", 1)
    for match in _TIME.finditer(said):
        parts = match.groupdict()
        if not (parts["m"] or parts["ampm"] or "時" in match[0]):
            continue  # a bare number is no time
        hour = int(parts["h"])
        minute = 30 if parts["half"] else int(parts["m"] or parts["jm"] or 0)
        second = int(parts["s"] or parts["js"] or 0)
        late = (parts["ampm"] or "").startswith("p") or any(word in said for word in _AFTERNOON)
        early = (parts["ampm"] or "").startswith("a") or any(word in said for word in _MORNING)
        if hour > 12 or (hour == 12 and not (late or early)):
            pass
        elif late:
            hour = _afternoon(said, hour, parts["ampm"])
        elif early:
            hour %= 12
        return time(hour, minute, second), _without(said, match)
    return None, said


def _afternoon(said: str, hour: int, ampm: str | None) -> int:
    """夜2時 is after midnight, 夜9時 before; 昼の11時 is before noon."""
    night = ("夜" in said or "晩" in said) and not ampm and "午後" not in said
    if night and (hour < 5 or hour == 12):
        return hour % 12
    if "昼" in said and hour >= 10 and not ampm and "午後" not in said:
        return hour
    return hour % 12 + 12


def _latest(day: Callable[[int], date], clock: time, now: datetime) -> datetime:
    """A bare time: on the day looked at, or else the day before."""
    found = _local(day(0), clock, now)
    return found if found <= now else _local(day(1), clock, now)


def _local(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=now.tzinfo)
