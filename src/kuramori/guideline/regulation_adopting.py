"""Adopting the regulations: what was printed, what waits for it and what runs become one (T14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.footage import settings_file
from kuramori.guideline import judging, regulation_paper
from kuramori.guideline.regulation_terms import differences, running
from kuramori.paper.era import era_date
from kuramori.paper.regulations import RegulationsPaper, regulations_pdf
from kuramori.people.roles import MANAGER, require_role
from kuramori.policy import keeping, purposes, regulations
from kuramori.policy.regulation_models import PlannedChange, Regulations

if TYPE_CHECKING:
    from datetime import date

    from kuramori.people.models import Account

FIRST = "この規程を定めた。"


def drift() -> list[str]:
    """What runs otherwise than the adopted version says; empty without a version, and while they agree."""
    now = regulations.adopted()
    if now is None or now.sha256 == regulations.digest(terms := running()):
        return []
    return differences(now.terms, terms) or ["規程と設定が一致しない。"]


def draft() -> RegulationsPaper:
    """The next version as it would be adopted now, printed as a draft."""
    history = list(Regulations.objects.defer("pdf"))
    version = history[0].version + 1 if history else 1
    return regulation_paper.paper(running(with_planned=True), version=version, adopted=None, history=history)


def of_version(row: Regulations, *, public: bool = False) -> RegulationsPaper:
    """An adopted version again, from its own terms; `public` leaves out exact places and drawings."""
    history = list(Regulations.objects.defer("pdf").filter(version__lt=row.version))
    adopted = (row.approved_by, era_date(row.adopted_on))
    terms = regulation_paper.coarser(row.terms) if public else row.terms
    made = regulation_paper.paper(terms, version=row.version, adopted=adopted, history=history)
    return regulation_paper.as_public(made, row.sha256) if public else made


def adopt(by: Account, *, sha256: str, approved_by: str, adopted_on: date) -> Regulations:
    """Enter that the body adopted the draft whose number is `sha256`; what waited for it takes effect.

    Raises BadInput `regulations-changed` (the settings are not those of that draft any more),
    `regulations-unchanged`, `regulations-empty`, and those of `regulations.enter`.
    """
    require_role(by, clock.now_ns(), MANAGER)
    terms, before = running(with_planned=True), regulations.adopted()
    if not terms["cameras"]:
        raise BadInput("regulations-empty")
    if regulations.digest(terms) != sha256:
        raise BadInput("regulations-changed")
    if before is not None and before.sha256 == sha256:
        raise BadInput("regulations-unchanged")
    history = list(Regulations.objects.defer("pdf"))
    adopted = (approved_by.strip(), era_date(adopted_on))
    version = before.version + 1 if before else 1
    paper = regulation_paper.paper(terms, version=version, adopted=adopted, history=history)
    printed = regulations_pdf(paper)
    with transaction.atomic():
        waiting = regulations.waiting()
        changes = differences(before.terms, terms) if before else [FIRST]
        made = regulations.enter(
            by, terms=terms, approved_by=approved_by, adopted_on=adopted_on, changes=changes, pdf=printed
        )
        for one in waiting:
            _apply(one, by)
        if regulations.digest(running()) != sha256:
            raise BadInput("regulations-changed")
        judging.judge_all(actor=by.actor)
        settings_file.write(by.actor)
    return made


def _apply(one: PlannedChange, by: Account) -> None:
    if one.days:
        keeping.decide(one.camera, by, days=one.days, reason="規程の改正")
    else:
        purposes.decide(one.camera, one.purpose_text, one.purpose_code, by)
