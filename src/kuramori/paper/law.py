"""The state of the law that the wording of our papers was written for."""

from __future__ import annotations

LAW_AS_OF = "2026-01"
"""The month; printed on every paper, which is no legal advice."""


def in_words() -> str:
    """2026年1月"""
    year, month = LAW_AS_OF.split("-")
    return f"{year}年{int(month)}月"
