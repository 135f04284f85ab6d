"""The register of looking and handing out, and what was unusual in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from kuramori.access import unusual
from kuramori.cases import register_rows
from kuramori.cases.forms import Confirm
from kuramori.cases.views import SHOWN, person
from kuramori.errors import BadInput
from kuramori.footage import words_for_footage
from kuramori.footage.models import Finding
from kuramori.people.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Every look and every copy, newest first."""
    person(request)
    return render(request, "cases/register.html", {"rows": register_rows.all_rows()[:SHOWN]})


@require_GET
def unusual_looks(request: HttpRequest) -> HttpResponse:
    """What somebody else has to ask about."""
    person(request)
    names = {f"account:{one.pk}": one.full_name for one in Account.objects.all()}
    rows = [
        (one, words_for_footage.FINDINGS[one.code], names.get(str(one.detail.get("viewer")), ""))
        for one in Finding.objects.filter(code__in=unusual.CODES, cleared_ns=None)
    ]
    return render(request, "cases/unusual.html", {"findings": rows, "form": Confirm()})


@require_POST
def unusual_seen(request: HttpRequest, finding: int) -> HttpResponse:
    """Somebody else, or a second person on paper, has asked."""
    by = person(request)
    kept = get_object_or_404(Finding, pk=finding, code__in=unusual.CODES, cleared_ns=None)
    form = Confirm(request.POST)
    if not form.is_valid():
        raise BadInput("reason-missing")
    unusual.seen(by, kept, form.cleaned_data["words"], form.cleaned_data["second_person"])
    return redirect("unusual_looks")
