"""Dates of erasure: by the calendar of the place, never later than a month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.errors import BadInput
from kuramori.vault.retention_date import erase_at_ns

TOKYO = "Asia/Tokyo"
MONTH = {"months": 1}


def at(text: str, tz: str = TOKYO) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).timestamp())


@pytest.mark.parametrize(
    ("start", "rule", "end"),
    [
        ("2026-11-23T09:00", {"days": 14}, "2026-12-07T09:00"),
        ("2026-11-23T09:00", {"days": 1}, "2026-11-24T09:00"),
        ("2026-11-23T09:00", MONTH, "2026-12-23T09:00"),
        ("2026-12-31T23:00", MONTH, "2027-01-31T23:00"),
        ("2026-01-28T23:00", MONTH, "2026-02-28T23:00"),
        ("2026-01-29T00:00", MONTH, "2026-03-01T00:00"),
        ("2026-01-31T10:00", MONTH, "2026-03-01T00:00"),  # the end of February
        ("2028-01-31T10:00", MONTH, "2028-03-01T00:00"),  # a leap year's February
        ("2028-01-29T10:00", MONTH, "2028-02-29T10:00"),
        ("2026-03-31T10:00", MONTH, "2026-05-01T00:00"),
        ("2026-02-01T00:00", MONTH, "2026-03-01T00:00"),
        ("2026-02-01T10:00", {"days": 31}, "2026-03-01T10:00"),  # the month is the ceiling
        ("2026-01-31T10:00", {"days": 30}, "2026-03-01T00:00"),
        ("2026-07-01T10:00", {"days": 30}, "2026-07-31T10:00"),
        ("2026-07-01T10:00", {"days": 31}, "2026-08-01T10:00"),
        ("2026-07-01T10:00", {"days": 366}, "2026-08-01T10:00"),
    ],
)
def test_the_date_is_the_earlier_of_the_rule_and_a_calendar_month(
    start: str, rule: dict[str, int], end: str
) -> None:
    assert erase_at_ns(at(start), rule, TOKYO) == at(end) * NS_PER_S


def test_the_calendar_is_that_of_the_place_not_of_utc() -> None:
    hour = int(datetime(2026, 1, 30, 15, tzinfo=UTC).timestamp())  # 31 January 00:00 in Tokyo
    assert erase_at_ns(hour, MONTH, TOKYO) == at("2026-03-01T00:00") * NS_PER_S
    assert erase_at_ns(hour, MONTH, "UTC") == at("2026-03-01T00:00", "UTC") * NS_PER_S


@pytest.mark.parametrize(
    ("start", "end_utc"),
    [
        (
            "2026-03-22T02:00",
            "2026-03-29T00:00+00:00",
        ),  # no 02:00 on the 29th: the instant before
        ("2026-10-18T02:00", "2026-10-25T00:00+00:00"),  # 02:00 comes twice on the 25th: the first
        ("2026-03-25T12:00", "2026-04-01T10:00+00:00"),  # the same time on the wall, an hour less
    ],
)
def test_summer_time_never_makes_it_later(start: str, end_utc: str) -> None:
    expected = int(datetime.fromisoformat(end_utc).timestamp()) * NS_PER_S
    assert erase_at_ns(at(start, "Europe/Berlin"), {"days": 7}, "Europe/Berlin") == expected


@given(
    hour=st.integers(0, 500_000),
    days=st.integers(1, 366),
    tz=st.sampled_from([TOKYO, "UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
)
def test_always_after_the_hour_never_more_than_a_month_and_never_out_of_order(
    hour: int, days: int, tz: str
) -> None:
    start_s = hour * HOUR_S
    by_days, by_month = (erase_at_ns(start_s, rule, tz) for rule in ({"days": days}, MONTH))
    assert by_days <= by_month
    assert by_days > start_s * NS_PER_S
    assert by_month - start_s * NS_PER_S <= timedelta(days=31, hours=25).total_seconds() * NS_PER_S
    assert erase_at_ns(start_s + HOUR_S, MONTH, tz) >= by_month


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"days": 0},
        {"days": -1},
        {"days": 367},
        {"days": True},
        {"days": 1.5},
        {"months": 2},
        {"days": 14, "longer_months": 4, "longer_until_ns": 1},
        {"days": 14, "longer_months": 1, "longer_until_ns": 1},
        {"days": 14, "longer_months": 3},
        {"days": 14, "longer_until_ns": 1},
        {"longer_months": 3, "longer_until_ns": 1},
        {"days": 3, "months": 1},
    ],
)
def test_other_rules_are_refused(rule: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        erase_at_ns(0, rule, TOKYO)


@pytest.mark.parametrize(
    ("start", "months", "until", "end"),
    [
        ("2026-11-23T09:00", 3, "2027-10-01T00:00", "2027-02-23T09:00"),
        ("2026-11-30T09:00", 3, "2027-10-01T00:00", "2027-03-01T00:00"),
        ("2026-11-23T09:00", 2, "2027-01-10T00:00", "2027-01-10T00:00"),  # dies with the deviation
        ("2027-01-05T09:00", 2, "2027-01-10T00:00", "2027-01-19T09:00"),  # the ordinary 14 days are longer
        ("2027-01-10T00:00", 2, "2027-01-10T00:00", "2027-01-24T00:00"),
    ],
)
def test_a_deviation_lengthens_it_and_nothing_lives_by_it_past_its_end(
    start: str, months: int, until: str, end: str
) -> None:
    rule = {"days": 14, "longer_months": months, "longer_until_ns": at(until) * NS_PER_S}
    assert erase_at_ns(at(start), rule, TOKYO) == at(end) * NS_PER_S


@given(
    hour=st.integers(400_000, 500_000), until=st.integers(400_000, 510_000), months=st.sampled_from([2, 3])
)
def test_never_shorter_by_a_deviation_never_later_than_both_its_end_and_its_months(
    hour: int, until: int, months: int
) -> None:
    until_ns = until * HOUR_S * NS_PER_S
    ordinary = erase_at_ns(hour * HOUR_S, {"days": 14}, TOKYO)
    rule = {"days": 14, "longer_months": months, "longer_until_ns": until_ns}
    longer = erase_at_ns(hour * HOUR_S, rule, TOKYO)
    assert ordinary <= longer <= max(ordinary, until_ns)
    assert longer <= (hour * HOUR_S + (months * 31 + 1) * 86400) * NS_PER_S
