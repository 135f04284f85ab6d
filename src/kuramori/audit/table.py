"""The shape of a table of the bundle: which rows of which model, and exactly which of their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    from django.db import models

    from kuramori.audit.period import Period

Row = dict[str, Any]
Rows = Callable[["Period"], Iterable[Row]]
Words = Mapping[Any, str] | Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `columns`: key to Japanese label, in order. Only what stands there leaves the machine."""

    name: str
    title: str
    clause: str
    columns: Mapping[str, str]
    rows: Rows
    values: Mapping[str, Words] = field(default_factory=dict)
    """Words for the codes of a column."""
    hidden: tuple[str, ...] = ()
    """Columns that are in the data, too long for the page."""


def of_model(
    name: str,
    title: str,
    clause: str,
    model: type[models.Model],
    columns: Mapping[str, str],
    chosen: Callable[[Period], Q] = lambda period: Q(),
    *,
    hidden: tuple[str, ...] = (),
    values: Mapping[str, Words] | None = None,
) -> Table:
    """A table whose columns are fields of `model`, or of what they point to ("camera.number")."""
    lookups = {key: key.replace(".", "__") for key in columns}

    def rows(period: Period) -> Iterable[Row]:
        found = model._default_manager.filter(chosen(period)).order_by("pk")
        for held in found.values_list(*lookups.values()).iterator(chunk_size=2000):
            yield dict(zip(columns, held, strict=True))

    words = {key: told for key, lookup in lookups.items() if (told := _choices(model, lookup))}
    return Table(name, title, clause, columns, rows, {**words, **(values or {})}, hidden)


def until(field_name: str) -> Callable[[Period], Q]:
    """Everything from before the period's end: what is in force now began some time."""
    return lambda period: Q(**{f"{field_name}__lt": period.end_ns})


def within(field_name: str) -> Callable[[Period], Q]:
    """What happened in the period."""
    return lambda period: Q(**{f"{field_name}__gte": period.begin_ns, f"{field_name}__lt": period.end_ns})


def lasting(start: str, end: str) -> Callable[[Period], Q]:
    """What began before the period's end and was not over before its begin."""
    return lambda period: (
        Q(**{f"{start}__lt": period.end_ns})
        & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": period.begin_ns}))
    )


def _choices(model: type[models.Model], lookup: str) -> dict[Any, str]:
    """The words of a field's choices, where it has any."""
    one: Any = model
    *way, last = lookup.split("__")
    for name in way:
        one = one._meta.get_field(name).related_model
    if last == "pk":
        return {}
    return {code: str(words) for code, words in one._meta.get_field(last).flatchoices}
