"""Pledge and training: the one page where both are taken, the pledge's words, and the print-outs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.people import duties, lesson, print_outs, roles
from kuramori.people.duty_forms import Duties, PledgeWords
from kuramori.people.models import Account, Appointment, PledgeText

if TYPE_CHECKING:
    from django.http import HttpRequest

TRIES = "duty-tries"


def duties_page(request: HttpRequest) -> HttpResponse:
    """/account/duties/: ten minutes of reading, five questions, the pledge. `?next=` says where to go on."""
    account = cast(Account, request.user)
    words = duties.words()
    form = Duties(request.POST or None, version=words.version)
    going_to = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "POST":
        tries = request.session.get(TRIES, 0) + 1
        request.session[TRIES] = tries
        if form.is_valid():
            duties.take(account, version=form.cleaned_data["version"], answers=form.answers(), tries=tries)
            del request.session[TRIES]
            return HttpResponseRedirect(_own_page(going_to))
    context = {
        "form": form,
        "parts": lesson.PARTS,
        "words": words,
        "state": duties.state(account, clock.now_ns()),
        "next": going_to,
    }
    return render(request, "people/duties.html", context, status=422 if form.errors else 200)


def pledge_words(request: HttpRequest) -> HttpResponse:
    """/people/pledge/: the words in force, older versions, and new ones by the manager."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    words = duties.words()
    form = PledgeWords(request.POST or None, initial={"text": words.text})
    if request.method == "POST" and form.is_valid():
        try:
            duties.publish(form.cleaned_data["text"], manager)
        except BadInput:
            form.add_error("text", _("These are the words in force."))
        else:
            messages.success(request, _("Everybody has 14 days to pledge in the new words."))
            return HttpResponseRedirect(reverse("pledge_words"))
    older = PledgeText.objects.select_related("written_by").order_by("-version")
    context = {"form": form, "words": words, "versions": older}
    return render(request, "people/pledge_words.html", context, status=422 if form.errors else 200)


def appointment_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """F05."""
    return _pdf(print_outs.appointment_pdf(_shown(request, pk)))


def pledge_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """F06."""
    return _pdf(print_outs.pledge_pdf(_shown(request, pk)))


def training_pdf(request: HttpRequest) -> HttpResponse:
    """F25."""
    roles.require_role(cast(Account, request.user), clock.now_ns(), roles.MANAGER)
    return _pdf(print_outs.training_pdf())


def _shown(request: HttpRequest, pk: int) -> Appointment:
    """The appointment, for the manager and for the person appointed."""
    account = cast(Account, request.user)
    rows = Appointment.objects.select_related("account", "appointed_by", "succeeds__account", "contract")
    found = get_object_or_404(rows, pk=pk)
    if found.account_id != account.pk:
        roles.require_role(account, clock.now_ns(), roles.MANAGER)
    return found


def _pdf(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/pdf")


def _own_page(wanted: str) -> str:
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("account_own")
