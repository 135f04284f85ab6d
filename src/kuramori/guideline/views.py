"""What each clause asks, how the program does it, and how it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from kuramori import clock
from kuramori.guideline import standing
from kuramori.guideline.registry import CLAUSES
from kuramori.people import second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_PAGE = 20


@login_not_required
def clauses(request: HttpRequest) -> HttpResponse:
    """/clauses/: all of them, each with whether something is missing (for people who signed in)."""
    found = _missing(request)
    open_clauses = {one.clause for one in found}
    rows = [(clause, clause.id in open_clauses) for clause in CLAUSES.values()]
    return render(request, "guideline/clauses.html", {"rows": rows, "knows": bool(_roles(request))})


@login_not_required
def clause(request: HttpRequest, clause_id: str) -> HttpResponse:
    """/clauses/<id>/: what it asks is for everybody; how it stands here, for people signed in."""
    if clause_id not in CLAUSES:
        raise Http404
    here = [missing for missing in _missing(request) if missing.clause == clause_id]
    context = {
        "one": CLAUSES[clause_id],
        "page": Paginator(here, A_PAGE).get_page(request.GET.get("page")),
        "knows": bool(_roles(request)),
        "decides": "manager" in _roles(request),
    }
    return render(request, "guideline/clause.html", context)


def _missing(request: HttpRequest) -> list[standing.Missing]:
    return standing.missing(clock.now_ns()) if _roles(request) else []


def _roles(request: HttpRequest) -> set[str]:
    """The visitor's roles; none for somebody signed in by password alone (these pages are open to all)."""
    roles: set[str] = getattr(request, "roles", set())
    return roles if second_factor.has_one(request.user) else set()
