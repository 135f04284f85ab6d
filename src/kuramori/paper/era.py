"""Dates as Japanese papers have them: era, year, month, day."""

from __future__ import annotations

from datetime import date

# First day of each era (Act on the era name; cabinet orders of 1989 and 2019).
ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)


def era_date(day: date) -> str:
    """令和8年11月25日; the first year of an era is 元年. Before 1926 the year of our reckoning."""
    for first, name in ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"
