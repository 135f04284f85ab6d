"""Deviations: what is done otherwise than the guideline says, by whose word, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.footage import settings_file
from kuramori.guideline import deviation_register, judging
from kuramori.guideline.deviation_forms import AskDeviation, EndDeviation
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.policy import deviating
from kuramori.policy.deviation_models import Deviation

if TYPE_CHECKING:
    from django.http import HttpRequest


def listed(request: HttpRequest) -> HttpResponse:
    """/deviations/: all of them; a manager approves or ends from here."""
    account, now_ns = _reader(request), clock.now_ns()
    context = {
        "rows": deviation_register.rows(now_ns),
        "me": account,
        "manages": MANAGER in role_of(account, now_ns),
    }
    return render(request, "guideline/deviations.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """/deviations/new/: the one form."""
    account = _reader(request)
    initial = {"what": request.GET.get("what", "")}
    form = AskDeviation(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        code, _colon, subject = given["what"].partition(":")
        with transaction.atomic():
            made = deviating.ask(
                account, code, subject, given["reason"], given["ends_ns"], given["longer_months"]
            )
            _follow(account)
        if made.approved_at_ns:
            messages.success(request, _("It is in force, marked as your own approval."))
        else:
            messages.warning(request, _("It is not in force yet: another manager must approve it here."))
        return HttpResponseRedirect(reverse("deviations"))
    context = {"form": form}
    return render(request, "guideline/deviation_new.html", context, status=422 if form.errors else 200)


@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Another manager than the asker approves."""
    account = _reader(request)
    _known(number)
    with transaction.atomic():
        deviating.approve(account, number)
        _follow(account)
    messages.success(request, _("The deviation is in force."))
    return HttpResponseRedirect(reverse("deviations"))


def end(request: HttpRequest, number: int) -> HttpResponse:
    """A manager ends one before its day."""
    account, row = _reader(request), _known(number)
    require_role(account, clock.now_ns(), MANAGER)
    form = EndDeviation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            deviating.end(account, number, form.cleaned_data["reason"])
            _follow(account)
        messages.success(request, _("The deviation is over; the rule counts again."))
        return HttpResponseRedirect(reverse("deviations"))
    return render(request, "guideline/deviation_end.html", {"form": form, "row": row})


def register_pdf(request: HttpRequest) -> HttpResponse:
    """/deviations.pdf: the register on paper."""
    _reader(request)
    answer = HttpResponse(deviation_register.paper(clock.now_ns()), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="deviations.pdf"'
    return answer


def _reader(request: HttpRequest) -> Account:
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    return account


def _known(number: int) -> Deviation:
    if number > 2**63 - 1:
        raise Http404
    return get_object_or_404(Deviation, pk=number)


def _follow(account: Account) -> None:
    """Gates and the recorder's settings follow in the same transaction."""
    judging.judge_all(actor=account.actor)
    settings_file.write(account.actor)
