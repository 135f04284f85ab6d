"""The registers that rooms declared, each as a table, and the steps of its rows as another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kuramori.audit.table import Row, Table, of_model, within
from kuramori.cases.complaint_models import ComplaintStep
from kuramori.paper import register
from kuramori.paper.models import Scan
from kuramori.paper.register import shown

if TYPE_CHECKING:
    from kuramori.audit.period import Period
    from kuramori.paper.register import Register

EVENTS = ("entries", "incidents", "complaints")
"""Registers of what happened once: those of another year are nobody's business now, unless still open."""
KEPT = {
    "entered_ns": "入力",
    "entered_by": "入力した人",
    "from_paper": "紙から入力",
    "paper_dated": "紙の日付",
    "correction": "訂正の理由",
    "replaced": "訂正された",
}


def tables() -> list[Table]:
    """Every register, also those of rooms to come."""
    found = []
    for one in register.known():
        found.append(_of_register(one))
        if one.steps is not None:
            found.append(_of_steps(one))
    scans = of_model(
        "scans",
        "写真と紙の写し(中身は入れない)",
        "T14",
        Scan,
        {
            "kind": "種類",
            "subject": "対象",
            "media_type": "形式",
            "pages": "ページ",
            "sha256": "ハッシュ",
            "entered_by.full_name": "入力した人",
            "entered_ns": "入力",
            "from_paper": "紙から",
            "paper_dated": "紙の日付",
        },
        within("entered_ns"),
    )
    return [*found, scans]


def _of_register(one: Register) -> Table:
    names = (*one.fields, *one.program_fields)
    columns = {"number": "番号", "version": "版(内部)", "first": "行(内部)"}

    def rows(period: Period) -> Iterable[Row]:
        found = one.model.objects.filter(_chosen(one, period)).order_by("pk")
        for row in found.select_related("entered_by", "replaced_by", *_related(one.model, names)):
            yield {"number": row.number, "version": row.pk, "first": row.first_pk} | _said(row, names)

    return Table(
        f"register-{one.key}",
        str(one.title),
        one.clause,
        {**columns, **_columns(one.model, names), **KEPT},
        rows,
        _values(one.model, names),
    )


def _of_steps(one: Register) -> Table:
    steps = one.steps
    assert steps is not None
    names = steps.fields

    def rows(period: Period) -> Iterable[Row]:
        entered = Q(entered_ns__gte=period.begin_ns, entered_ns__lt=period.end_ns)
        numbers = one.model.objects.filter(_chosen(one, period)).values("number")
        of_rows = Q(entered_ns__lt=period.end_ns, row__number__in=numbers)
        found = steps.model.objects.filter(entered | of_rows).select_related(
            "row", "entered_by", "replaced_by"
        )
        for row in found.order_by("pk"):
            yield {"number": row.row.number, "version": row.pk} | _said(row, names)

    return Table(
        f"register-{steps.key}",
        f"{one.title}の経過",
        one.clause,
        {"number": "番号", "version": "版(内部)", **_columns(steps.model, names), **KEPT},
        rows,
        _values(steps.model, names),
    )


def _chosen(one: Register, period: Period) -> Q:
    """What was entered in the period, and what stood at its end."""
    entered: Any = Q(entered_ns__gte=period.begin_ns, entered_ns__lt=period.end_ns)
    stood = Q(entered_ns__lt=period.end_ns) & (
        Q(replaced_by__isnull=True) | Q(replaced_by__entered_ns__gte=period.end_ns)
    )
    if one.key not in EVENTS:
        return entered | stood
    if one.steps is not None:
        steps = one.steps.model.objects.filter(entered, row=OuterRef("pk"))
        entered |= Q(entered_ns__lt=period.end_ns) & Exists(steps)
    if one.key == "complaints":
        closed = ComplaintStep.objects.filter(row=OuterRef("pk"), kind="closed")
        entered |= stood & ~Exists(closed)
    return entered


def _said(row: Any, names: Iterable[str]) -> Row:
    said: Row = {}
    for name in names:
        field = row._meta.get_field(name)
        if field.is_relation:
            said[f"{name}.id"], said[name] = getattr(row, field.attname), shown(row, name)
        else:
            said[name] = getattr(row, name)
    replaced = hasattr(row, "replaced_by")
    return said | {
        "entered_ns": row.entered_ns,
        "entered_by": row.entered_by.full_name,
        "from_paper": row.from_paper,
        "paper_dated": row.paper_dated,
        "correction": row.correction,
        "replaced": replaced,
    }


def _columns(model: type[models.Model], names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        field: Any = model._meta.get_field(name)
        if field.is_relation:
            found[f"{name}.id"] = f"{field.verbose_name}(内部)"
        found[name] = str(field.verbose_name)
    return found


def _values(model: type[models.Model], names: Iterable[str]) -> dict[str, dict[Any, str]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return {
        field.name: {code: str(words) for code, words in field.flatchoices}
        for field in fields
        if getattr(field, "flatchoices", None)
    }


def _related(model: type[models.Model], names: Iterable[str]) -> list[str]:
    return [name for name in names if model._meta.get_field(name).is_relation]
