"""The page for whoever is audited: make the bundle, read the answers, take it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuramori import local_time
from kuramori.audit import annual, inspection, jobs, monthly
from kuramori.audit.ask import QUESTIONS
from kuramori.audit.forms import PeriodForm
from kuramori.cases import own_months
from kuramori.errors import BadInput
from kuramori.evidence import signing
from kuramori.ledger import checkpoints, entries
from kuramori.people.asker import manager_of
from kuramori.public import figures

if TYPE_CHECKING:
    from django.http import HttpRequest

YEARS = 5
MONTHS = 3
WRONG = {
    "bundle-being-made": gettext_lazy("One is being made already. Wait for it."),
    "bundle-too-large": gettext_lazy("This is too much for one file. Choose a shorter time."),
    "faces-missing": gettext_lazy(
        "This machine lacks the typefaces of the papers. Tell whoever looks after it."
    ),
}


@require_http_methods(["GET", "POST"])
def audit(request: HttpRequest) -> HttpResponse:
    """/audit/: the period, how far the making is, and what came of it."""
    by = manager_of(request)
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            jobs.start(by, form.period)
        except BadInput as wrong:
            messages.error(request, plain(wrong.code))
        return redirect("audit")
    job = jobs.current()
    context = {
        "form": form,
        "job": job,
        "wrong": plain(job.wrong) if job and job.wrong else "",
        "questions": QUESTIONS,
        "years": years(),
        "months": months(),
        "signer": signing.fingerprint(),
        "key": checkpoints.signer().verifier_key,
    }
    return render(request, "audit/audit.html", context, status=422 if form.errors else 200)


@require_GET
def progress(request: HttpRequest) -> JsonResponse:
    """How far the making is."""
    manager_of(request)
    job = jobs.current()
    return JsonResponse({"state": job.state if job else "", "percent": job.percent if job else 0})


@require_POST
def bundle(request: HttpRequest) -> HttpResponse:
    """The file itself; that it was taken, and by whom, is in the record first."""
    by, job = manager_of(request), jobs.current()
    if job is None or not job.content:
        messages.error(request, _("There is nothing to take any more. Make it again."))
        return redirect("audit")
    with transaction.atomic():
        entries.record("audit-bundle-taken", actor=by.actor, outcome="allowed", detail={"sha256": job.sha256})
    answer = HttpResponse(job.content, content_type="application/zip")
    name = f"kuramori-audit-{job.period.first:%Y%m%d}-{job.period.last:%Y%m%d}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
def annual_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """The yearly report of a fiscal year (F17)."""
    manager_of(request)
    if year not in years():
        raise Http404
    return _pdf(annual.report(year), f"annual-{year}.pdf")


@require_GET
def month_pdf(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The report of a month (F10, F17), with what a one-person body approved for itself."""
    manager_of(request)
    wanted = next((one for one in months() if (one.year, one.month) == (year, month)), None)
    if wanted is None:
        raise Http404
    return _pdf(monthly.report(wanted), f"month-{wanted:%Y-%m}.pdf")


@require_GET
def inspection_pdf(request: HttpRequest) -> HttpResponse:
    """The sheet of the self-inspection (F26)."""
    manager_of(request)
    return _pdf(inspection.sheet(), "self-inspection.pdf")


def months() -> list[date]:
    """First days of this month, of the two before, and of every month that still waits for a signature."""
    first = local_time.today().replace(day=1)
    found = [first]
    for _before in range(MONTHS - 1):
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return sorted({*found, *own_months.unsigned()}, reverse=True)


def years() -> list[int]:
    """This fiscal year and the four before."""
    now = figures.year_of(local_time.today())
    return list(range(now, now - YEARS, -1))


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """It was taken; nothing is to wait here."""
    manager_of(request)
    jobs.forget()
    return redirect("audit")


def plain(code: str) -> str:
    """One sentence for a person."""
    return str(
        WRONG.get(
            code, _("It could not be made. Try again; if it goes on, tell whoever looks after this machine.")
        )
    )
