"""The forms of a case on paper: one template, filled with labels and words."""

from __future__ import annotations

from dataclasses import dataclass, field

from kuramori.paper.printing import pdf

Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CaseForm:
    """What goes on one form; `wide` prints it across. All words are Japanese, as the papers are."""

    form: str
    title: str
    title_en: str
    body: str
    number: str
    law_as_of: str
    printed_on: str
    lead: str = ""
    sections: list[tuple[str, Rows]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    wide: bool = False


def case_form_pdf(said: CaseForm) -> bytes:
    """The PDF of `said`, A4. Raises `BadInput` `faces-missing`."""
    sections = [{"head": head, "rows": [list(row) for row in rows]} for head, rows in said.sections]
    table = {"head": said.head, "rows": said.rows} if said.head else None
    data: dict[str, object] = {
        name: getattr(said, name)
        for name in ("form", "title", "title_en", "body", "number", "law_as_of", "printed_on", "lead")
    }
    data |= {"sections": sections, "table": table, "terms": said.terms, "signatures": said.signatures}
    return pdf("case-form", data | {"wide": said.wide})
