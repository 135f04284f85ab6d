"""A register on paper: one row as a form, or its rows as a list. Japanese, with dates by era."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils import timezone, translation

from kuramori import clock, local_time
from kuramori.paper import register, scans
from kuramori.paper.era import era_date
from kuramori.paper.printing import pdf
from kuramori.paper.register import Register, shown

if TYPE_CHECKING:
    from kuramori.paper.register import RegisterRow

MOST_ROWS = 500


def row(one: Register, newest: RegisterRow) -> bytes:
    """One row with its steps, versions and the hashes of its scans. Raises BadInput `faces-missing`."""
    with translation.override("ja"):
        steps = register.steps_of(one, [newest])[newest.first_pk]
        lines = one.lines(newest, steps, clock.now_ns())
        data: dict[str, object] = {
            **_head(one),
            "number": newest.number,
            "rows": [[one.label(name), _printed(newest, name)] for name in (*one.fields, *one.program_fields)]
            + [[str(line.label), line.words] for line in lines],
            "steps": [_told(one.steps, step) for step in steps] if one.steps else [],
            "versions": [
                [str(len(all_) - place), _moment(version.entered_ns), str(version.entered_by), _how(version)]
                for all_ in [register.versions(newest)]
                for place, version in enumerate(all_)
            ],
            "scans": [
                [_moment(scan.entered_ns), "PDF" if scan.is_pdf else "画像", scan.sha256]
                for scan in scans.of(f"reg-{one.key}", str(newest.first_pk))
            ],
        }
    return pdf("register-row", data)


def listed(one: Register) -> bytes:
    """The newest 500 rows that stand."""
    columns = one.model.COLUMNS or one.fields[:4]
    with translation.override("ja"):
        rows = list(one.standing()[:MOST_ROWS])
        steps, now_ns = register.steps_of(one, rows), clock.now_ns()
        data: dict[str, object] = {
            **_head(one),
            "labels": [one.label(name) for name in columns],
            "rows": [
                [
                    str(each.number),
                    *[_printed(each, name) for name in columns],
                    "\n".join(line.words for line in one.lines(each, steps[each.first_pk], now_ns)),
                    _how(each),
                ]
                for each in rows
            ],
        }
    return pdf("register-list", data)


def blank(one: Register) -> bytes:
    """The form without an entry; a choice is printed as boxes to tick."""
    with translation.override("ja"):
        data: dict[str, object] = {**_head(one), "number": "      ", "versions": [], "scans": [], "steps": []}
        data["rows"] = [[one.label(name), _boxes(one, name)] for name in one.fields]
        if one.steps:
            data["steps"] = [["", "", _empty(one.steps)] for _ in range(3)]
    return pdf("register-row", data)


def _boxes(one: Register, name: str) -> str:
    field = one.model._meta.get_field(name)
    if field.choices:
        return "  ".join(f"□{label}" for _value, label in field.choices)
    return "□はい  □いいえ" if field.get_internal_type() == "BooleanField" else "\n"


def _empty(one: Register) -> str:
    return "\n".join(f"{one.label(name)}: {_boxes(one, name).strip()}" for name in one.fields)


def _head(one: Register) -> dict[str, object]:
    body: Any = apps.get_model("places", "Body").objects.first()
    today = local_time.today()
    return {
        "body": body.name if body else "",
        "title": str(one.title),
        "form": one.form,
        "today": era_date(today),
    }


def _told(one: Register, step: Any) -> list[str]:
    said = "\n".join(f"{one.label(name)}: {_printed(step, name)}" for name in one.fields)
    return [_moment(step.entered_ns), str(step.entered_by), said]


def _printed(row: Any, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, datetime):
        here = timezone.localtime(value)
        return f"{era_date(here.date())} {here:%H:%M}"
    return era_date(value) if isinstance(value, date) else shown(row, name)


def _moment(ns: int) -> str:
    here = timezone.localtime(clock.utc(ns))
    return f"{era_date(here.date())} {here:%H:%M}"


def _how(row: Any) -> str:
    said = []
    if row.from_paper:
        said.append("紙から入力" + (f"({era_date(row.paper_dated)}付)" if row.paper_dated else ""))
    if row.correction:
        said.append(f"訂正: {row.correction}")
    return "\n".join(said)
