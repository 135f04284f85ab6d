"""The bundle for an auditor: record, tables and papers of a period in one signed ZIP. No picture, no secret.

Tables are read before the record, so that every row that is in them has its entry in it; what happened
between is newer than `tables_seq` and not compared. The form is `kuramori-audit/1` (docs/design/audit.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rfc8785
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kuramori import clock, periods
from kuramori.access import purposes
from kuramori.audit import annual, ask, inspection, tables, tell, writing
from kuramori.cases.bases import BASES
from kuramori.evidence import manifest, signing
from kuramori.guideline import deviation_register, regulation_adopting
from kuramori.ledger import checkpoints, exporting, tree, verify_ledger, words
from kuramori.ledger.models import CheckpointLeft
from kuramori.people.models import Role
from kuramori.places.models import Body
from kuramori.policy.models import Regulations
from kuramori.public import figures

if TYPE_CHECKING:
    from kuramori.audit.period import Period
    from kuramori.audit.table import Table
    from kuramori.audit.writing import Writing

FORMAT = "kuramori-audit/1"
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """One question as it came out, for a page. `tables`: file and title of what it was counted from."""

    question: ask.Question
    verdict: str
    said: str
    lines: list[str]
    tables: list[tuple[str, str]]


def bundle(period: Period, made_by: str, tick: Tick = lambda percent: None) -> tuple[bytes, list[Answered]]:
    """The ZIP, and the answers on its first page. Raises BadInput `bundle-too-large`, `faces-missing`."""
    with translation.override("ja"):
        out = writing.Writing()
        said = with_tables(out, period, made_by, tick)
        with_record(out, period)
        tick(70)
        _papers(out, period)
        tick(85)
        out.add("verify.py", Path(verify_ledger.__file__).read_bytes())
        out.add("ask.py", Path(ask.__file__).read_bytes())
        out.add("tell.py", Path(tell.__file__).read_bytes())
        out.add("README.txt", render_to_string("audit/bundle_readme.txt", {"said": said}))
        out.add("audit.css", render_to_string("audit/bundle.css"))
        answered = answers(out)
        out.add("index.html", _index(out, said, answered))
        tick(95)
        _sign(out, said)
        return out.done(), answered


def with_tables(
    out: Writing, period: Period, made_by: str, tick: Tick = lambda percent: None
) -> dict[str, Any]:
    """Manifest and tables; returns what the manifest says."""
    found = tables.all_of_them()
    said = _said(period, made_by, found)
    out.add(manifest.NAME, manifest.written(said))
    for number, one in enumerate(found):
        writing.table(out, one, period)
        tick(60 * number // len(found))
    return said


def answers(out: Writing) -> list[Answered]:
    """The questions answered from what is in the bundle already, exactly as `ask.py` does it."""
    read = ask.Bundle(out.archive)
    titles = {one["name"]: one["title"] for one in read.said["tables"]}
    found = []
    for one in ask.QUESTIONS:
        answer = one.answer(read)
        counted = [(name, titles[name]) for name in one.tables if name in titles]
        found.append(Answered(one, answer.verdict, ask.SAID[answer.verdict], answer.lines(), counted))
    return found


def _said(period: Period, made_by: str, found: list[Table]) -> dict[str, Any]:
    body, now_ns = Body.objects.first(), clock.now_ns()
    here = timezone.localtime(clock.utc(now_ns))
    offset = here.utcoffset()
    lasting = {
        name: value for name, value in vars(periods).items() if name.isupper() and isinstance(value, int)
    }
    return {
        "format": FORMAT,
        "body": body.name if body else "",
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "begin": clock.iso(period.begin_ns),
        "end": clock.iso(period.end_ns),
        "made_at": clock.iso(now_ns),
        "made_on": f"{here:%Y-%m-%d %H:%M}",
        "made_by": made_by,
        "utc_offset_minutes": int(offset.total_seconds()) // 60 if offset else 0,
        "key": checkpoints.signer().verifier_key,
        "entries": tree.size(),
        "tables_seq": tree.size(),
        "tables": [{"name": one.name, "title": one.title, "clause": one.clause} for one in found],
        "periods": lasting,
        "purposes": {code: str(words) for code, words in purposes.ALL.items()},
        "bases": {code: str(one.words) for code, one in BASES.items()},
        "roles": {str(code): str(words) for code, words in Role.choices},
        "drift": regulation_adopting.drift(),
    }


def with_record(out: Writing, period: Period) -> None:
    """The whole tree, with the words of the period's entries; and every checkpoint that is outside."""
    told = exporting.told_between(period.begin_ns, period.end_ns)
    out.add("record/ledger.jsonl", exporting.lines(told))
    out.add("words.json", json.dumps(words.for_reader(exporting.texts(told)), ensure_ascii=False))
    for one in CheckpointLeft.objects.order_by("pk"):
        name = f"record/outside/{one.pk:05d}-{one.size}-{one.way}"
        out.add(f"{name}.txt", one.note)
        if one.answer:
            out.add(f"{name}.tsr", bytes(one.answer))


def _papers(out: Writing, period: Period) -> None:
    for row in Regulations.objects.filter(entered_ns__lt=period.end_ns).order_by("version"):
        out.add(f"papers/regulations-{row.version}.pdf", bytes(row.pdf))
        out.add(f"papers/regulations-{row.version}.json", rfc8785.dumps(row.terms))
    out.add("papers/deviations.pdf", deviation_register.paper(clock.now_ns()))
    for year in range(figures.year_of(period.first), figures.year_of(period.last) + 1):
        out.add(f"papers/annual-{year}.pdf", annual.report(year))
    out.add("papers/self-inspection.pdf", inspection.sheet())


def _index(out: Writing, said: dict[str, Any], answered: list[Answered]) -> str:
    papers = [name for name in out.sums if name.startswith("papers/") and name.endswith(".pdf")]
    context = {"said": said, "answered": answered, "papers": papers, "signer": signing.fingerprint()}
    context["folder"] = "tables/"
    return render_to_string("audit/bundle_index.html", context)


def _sign(out: Writing, said: dict[str, Any]) -> None:
    out.add(manifest.SIGNATURE, signing.sign(manifest.written(said)))
    sums = manifest.sums(out.sums)
    out.add(manifest.SUMS, sums)
    out.add(manifest.SUMS_SIGNATURE, signing.sign(sums))
