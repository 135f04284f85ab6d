"""Judges every clause for every subject, keeps the verdicts, and has the recorder's settings follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from kuramori import clock
from kuramori.footage import settings_file
from kuramori.guideline import reading
from kuramori.guideline.clause import Clause, Finding
from kuramori.guideline.reading import AllFacts
from kuramori.guideline.registry import CLAUSES
from kuramori.ledger import entries
from kuramori.policy.models import Verdict, VerdictChange

Key = tuple[str, str, str]
PROGRAM = "program:work"


def judge_all(now_ns: int | None = None, *, actor: str = PROGRAM) -> bool:
    """Judge all clauses at `now_ns` (the clock's now if not said); True when a verdict changed.

    Rows and ledger entries are one transaction; the recorder's settings file follows at its commit. Called by
    `work` every few seconds and by each page that changed a fact, so that the person sees it at once.
    """
    at_ns = clock.now_ns() if now_ns is None else now_ns
    with transaction.atomic():
        standing = {_key(row): row for row in Verdict.objects.all()}
        changed = False
        for key, clause, finding in _findings(reading.read(), at_ns):
            row = standing.pop(key, None)
            if row is None or not _same(row, finding):
                _write(key, clause, finding, row, at_ns, actor)
                changed = True
        for row in standing.values():  # its subject or clause is no more
            _remember(_key(row), "", "", at_ns, over=True)
            row.delete()
            changed = True
        if changed:
            settings_file.write(actor)
    return changed


def _findings(facts: AllFacts, now_ns: int) -> Iterator[tuple[Key, Clause, Finding]]:
    for clause in CLAUSES.values():
        for subject_id, subject in _subjects(clause, facts):
            yield (clause.subject, subject_id, clause.id), clause, clause.judge(subject, now_ns)


def _subjects(clause: Clause, facts: AllFacts) -> list[tuple[str, Any]]:
    if clause.subject == "body":
        return [("1", facts.body)]
    by_kind: dict[str, Mapping[str, Any]] = {
        "site": facts.sites,
        "camera": facts.cameras,
        "person": facts.people,
        "pc": facts.pcs,
    }
    return list(by_kind[clause.subject].items())


def _key(row: Verdict) -> Key:
    return row.subject_kind, row.subject_id, row.clause


def _said(row: Verdict) -> tuple[object, ...]:
    return row.gate, row.code, row.turns_at_ns, row.turns_to_gate, row.turns_to_code


def _same(row: Verdict, finding: Finding) -> bool:
    new = (finding.gate, finding.code, finding.turns_at_ns, finding.turns_to, finding.turns_code)
    return _said(row) == new


def _write(key: Key, clause: Clause, finding: Finding, row: Verdict | None, now_ns: int, actor: str) -> None:
    """Keep a verdict that says something new; the ledger hears of a gate or a reason that changed."""
    kind, subject_id, clause_id = key
    moved = row is None or (row.gate, row.code) != (finding.gate, finding.code)
    from_ns = _closed_since(row, finding, now_ns) if moved or row is None else row.from_ns
    Verdict.objects.update_or_create(
        subject_kind=kind,
        subject_id=subject_id,
        clause=clause_id,
        defaults={
            "kind": clause.kind,
            "gate": finding.gate,
            "holds": finding.gate in ("", "warn"),
            "code": finding.code,
            "judged_at_ns": now_ns,
            "from_ns": from_ns,
            "turns_at_ns": finding.turns_at_ns,
            "turns_to_gate": finding.turns_to,
            "turns_to_code": finding.turns_code,
        },
    )
    if moved:
        _remember(key, finding.gate, finding.code, from_ns)
        entries.record(
            "verdict-changed",
            actor=actor,
            obj={kind: subject_id},
            reason=finding.code,
            detail={"clause": clause_id, "gate": finding.gate, "before": row.gate if row else None},
        )


def _remember(key: Key, gate: str, code: str, at_ns: int, *, over: bool = False) -> None:
    kind, subject_id, clause = key
    VerdictChange.objects.create(
        subject_kind=kind, subject_id=subject_id, clause=clause, gate=gate, code=code, at_ns=at_ns, over=over
    )


def _closed_since(row: Verdict | None, finding: Finding, now_ns: int) -> int:
    """A gate that had already turned by itself has been closed since its turning instant, not since now."""
    if (
        row
        and row.turns_at_ns is not None
        and row.turns_at_ns <= now_ns
        and row.turns_to_gate == finding.gate
    ):
        return row.turns_at_ns
    return now_ns
