"""Case numbers: the year where the body is, and a number that is given once."""

from __future__ import annotations

from kuramori.cases.case_models import Case
from kuramori.places import bodies


def following(now_ns: int) -> str:
    """The next free number, such as "2026-0007". Call inside the transaction that uses it."""
    year = bodies.local(now_ns).year
    last = Case.objects.filter(number__startswith=f"{year}-").order_by("-number").first()
    count = int(last.number.split("-")[1]) if last else 0
    return f"{year}-{count + 1:04d}"
