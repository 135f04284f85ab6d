"""Numbers of cases and packages: the year where the body is, and a count that is given once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Length

from kuramori.places import bodies

if TYPE_CHECKING:
    from django.db import models


def following(model: type[models.Model], now_ns: int, *, digits: int, before: str = "") -> str:
    """The next free `number` of the year, such as "2026-0007"; `before` stands in front of the year.

    Call inside the transaction that uses it.
    """
    begins = f"{before}{bodies.local(now_ns).year}-"
    numbers = model._default_manager.filter(number__startswith=begins).values_list("number", flat=True)
    last = numbers.order_by(Length("number").desc(), "-number").first()
    count = int(last.removeprefix(begins)) if last else 0
    return f"{begins}{count + 1:0{digits}d}"
