"""A sheet: the common print-out of a register's entry. What stands on it comes from the room that owns it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kuramori.paper.printing import pdf, qr_svg

REIWA = (2019, 5, 1)
HEISEI = (1989, 1, 8)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a sheet; every row has as many cells as `head`."""

    title: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says. `form` is the form's number; `signs` are lines to sign by hand; `checkpoint` is the
    record's signed head, printed as QR so that whoever has the paper holds a proof of the record."""

    title: str
    body: str
    printed: str
    form: str = ""
    title_en: str = ""
    lead: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checkpoint: str = ""


def sheet_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF, A4, as many pages as it needs."""
    data: dict[str, object] = {
        "title": sheet.title,
        "title_en": sheet.title_en,
        "form": sheet.form,
        "body": sheet.body,
        "printed": sheet.printed,
        "lead": sheet.lead,
        "rows": [list(row) for row in sheet.rows],
        "text": sheet.text,
        "tables": [{"title": one.title, "head": one.head, "rows": one.rows} for one in sheet.tables],
        "signs": sheet.signs,
        "notes": sheet.notes,
        "qr": qr_svg(sheet.checkpoint) if sheet.checkpoint else "",
    }
    return pdf("sheet", data)


def era_date(year: int, month: int, day: int) -> str:
    """A date as papers have it: 令和8年11月25日. Before Heisei the western year."""
    era, first = ("令和", 2019) if (year, month, day) >= REIWA else ("平成", 1989)
    if (year, month, day) < HEISEI:
        return f"{year}年{month}月{day}日"
    counted = year - first + 1
    return f"{era}{'元' if counted == 1 else counted}年{month}月{day}日"
