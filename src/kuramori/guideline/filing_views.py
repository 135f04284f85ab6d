"""Pages: which guideline is followed, and the register of what was filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kuramori.errors import BadInput
from kuramori.guideline import judging
from kuramori.guideline.filing_forms import ChooseGuideline, NewFiling
from kuramori.people.asker import manager_of
from kuramori.policy import filing
from kuramori.policy.history_models import Filing

if TYPE_CHECKING:
    from django.http import HttpRequest


def choose(request: HttpRequest) -> HttpResponse:
    """/guideline/: another guideline is another row of configuration, and an act in the record."""
    account = manager_of(request)
    form = ChooseGuideline(request.POST or None, initial={"name": filing.guideline()})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            filing.choose(form.cleaned_data["name"], account)
            judging.judge_all(actor=account.actor)
        return HttpResponseRedirect(reverse("clauses"))
    return render(request, "guideline/choose.html", {"form": form}, status=422 if form.errors else 200)


def filings(request: HttpRequest) -> HttpResponse:
    """/filings/: everything filed so far."""
    manager_of(request)
    rows = Filing.objects.select_related("camera", "entered_by")
    return render(request, "guideline/filings.html", {"rows": rows})


def new(request: HttpRequest, pk: str = "") -> HttpResponse:
    """/filings/new/: enter one."""
    account = manager_of(request)
    form = NewFiling(request.POST or None, initial={"camera": pk or None})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                filing.enter(**given, by=account)
                judging.judge_all(actor=account.actor)
        except BadInput:
            form.add_error("filed_on", _("A day that has been, not one to come."))
        else:
            return HttpResponseRedirect(reverse("filings"))
    return render(request, "guideline/filing_new.html", {"form": form}, status=422 if form.errors else 200)
