"""Times as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuramori.errors import BadInput
from kuramori.playback.said_times import parse

JST = ZoneInfo("Asia/Tokyo")
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = datetime(2026, 11, 25, 18, 30, tzinfo=JST)  # a Wednesday


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("昨日 14:30", "2026-11-24 14:30:00"),
        ("昨日の午後2時半", "2026-11-24 14:30:00"),
        ("yesterday 14:30", "2026-11-24 14:30:00"),
        ("Yesterday at 2:30 pm", "2026-11-24 14:30:00"),
        ("きのう １４時３０分１５秒", "2026-11-24 14:30:15"),
        ("おととい 9:05", "2026-11-23 09:05:00"),
        ("the day before yesterday 9:05", "2026-11-23 09:05:00"),
        ("さっき", "2026-11-25 18:25:00"),
        ("5分前", "2026-11-25 18:25:00"),
        ("1時間半前", "2026-11-25 17:00:00"),
        ("an hour ago", "2026-11-25 17:30:00"),
        ("今", "2026-11-25 18:30:00"),
        ("14:30", "2026-11-25 14:30:00"),
        ("21:00", "2026-11-24 21:00:00"),
        ("今朝8時", "2026-11-25 08:00:00"),
        ("朝の8時ごろ", "2026-11-25 08:00:00"),
        ("昨夜11時", "2026-11-24 23:00:00"),
        ("昨夜の2時", "2026-11-25 02:00:00"),
        ("last night 2:00", "2026-11-25 02:00:00"),
        ("夕方5時", "2026-11-25 17:00:00"),
        ("正午", "2026-11-25 12:00:00"),
        ("昨日 正午", "2026-11-24 12:00:00"),
        ("3日前 10時", "2026-11-22 10:00:00"),
        ("3 days ago 10:00", "2026-11-22 10:00:00"),
        ("月曜 8:15", "2026-11-23 08:15:00"),
        ("日曜日 8:15", "2026-11-22 08:15:00"),
        ("先週の月曜 8:15", "2026-11-16 08:15:00"),
        ("last wednesday 8:15", "2026-11-18 08:15:00"),
        ("11/20 7:00", "2026-11-20 07:00:00"),
        ("11月20日 午前0時", "2026-11-20 00:00:00"),
        ("12/1 7:00", "2025-12-01 07:00:00"),
        ("20日 7時", "2026-11-20 07:00:00"),
        ("30日 7時", "2026-10-30 07:00:00"),
        ("令和8年11月3日 9時", "2026-11-03 09:00:00"),
        ("2026-11-03 09:00:01", "2026-11-03 09:00:01"),
        ("昨日", "2026-11-24 18:30:00"),
        ("夜9時", "2026-11-24 21:00:00"),
        ("12 am", "2026-11-25 00:00:00"),
        ("12 pm", "2026-11-25 12:00:00"),
    ],
)
def test_what_people_say_is_what_is_meant(said: str, meant: str) -> None:
    assert parse(said, NOW).strftime("%Y-%m-%d %H:%M:%S") == meant


@pytest.mark.parametrize(("said", "meant"), [("+10秒", 10), ("-1分", -60), ("+30", 30), ("- 2 min", -120)])
def test_a_sign_counts_from_the_moment_that_is_shown(said: str, meant: int) -> None:
    near = NOW - timedelta(days=3)
    assert parse(said, NOW, near) - near == timedelta(seconds=meant)


def test_a_bare_time_belongs_to_the_day_that_is_looked_at() -> None:
    near = NOW - timedelta(days=3)
    assert parse("21:00", NOW, near) == near.replace(hour=21, minute=0)


@pytest.mark.parametrize(
    "said", ["", "  ", "たぶん", "25:00", "14:75", "2月30日 10:00", "x" * 200, "12", "昨日たぶん3時", "99日"]
)
def test_nonsense_is_not_guessed_at(said: str) -> None:
    with pytest.raises(BadInput, match="time-not-understood"):
        parse(said, NOW)


@pytest.mark.parametrize("said", ["今日 23:00", "2027-01-01 0:00", "+1日"])
def test_what_has_not_come_is_refused(said: str) -> None:
    with pytest.raises(BadInput, match="interval-not-in-the-past"):
        parse(said, NOW)


WAYS = [
    "{0:%Y-%m-%d %H:%M:%S}",
    "{0:%Y/%m/%d} {0:%H}時{0:%M}分{0:%S}秒",
    "{0:%Y}年{0:%m}月{0:%d}日 {0:%H:%M:%S}",
]


@BUSY
@given(
    st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=4000), NOW.replace(tzinfo=None)),
    st.sampled_from(WAYS),
)
def test_every_moment_written_out_comes_back(moment: datetime, way: str) -> None:
    whole = moment.replace(microsecond=0, tzinfo=JST)
    assert parse(way.format(whole), NOW) == whole


@BUSY
@given(st.integers(0, 6), st.integers(0, 23), st.integers(0, 59))
def test_a_day_of_the_week_is_within_the_last_week(day: int, hour: int, minute: int) -> None:
    name = "月火水木金土日"[day]
    try:
        found = parse(f"{name}曜 {hour}:{minute:02}", NOW)
    except BadInput as wrong:
        assert day == NOW.weekday() and wrong.code == "interval-not-in-the-past"
        return
    assert (found.weekday(), found.hour, found.minute) == (day, hour, minute)
    assert timedelta(0) <= NOW - found < timedelta(days=7)


@BUSY
@given(st.text(max_size=70) | st.text("昨今日前分時秒午後半:月/-+0123456789 amp", max_size=20))
def test_whatever_is_typed_gives_a_past_moment_or_a_plain_no(text: str) -> None:
    try:
        assert parse(text, NOW) <= NOW
    except BadInput as wrong:
        assert wrong.code in ("time-not-understood", "interval-not-in-the-past")
