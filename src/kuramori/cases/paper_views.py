"""The forms of a case as PDF. Each print is in the record: a paper with names leaves the box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from kuramori.cases import papers
from kuramori.cases.case_models import Case
from kuramori.cases.views import person
from kuramori.ledger import entries

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
def paper(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """One form of one case."""
    by, case = person(request), get_object_or_404(Case, number=number)
    if form not in papers.FORMS:
        raise Http404
    made = papers.made(case, form)
    with transaction.atomic():
        entries.record("case-printed", actor=by.actor, obj={"case": number}, detail={"form": form})
    return _answer(made, f"{number}-{form}.pdf")


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The register of looks and copies of all cases."""
    by, made = person(request), papers.register_paper()
    with transaction.atomic():
        entries.record("case-printed", actor=by.actor, detail={"form": "F10"})
    return _answer(made, "F10.pdf")


def _answer(made: bytes, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=disposition)
