"""/people/…/hand-over/: a manager prepares it, the successor receives it, both print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from kuramori import clock
from kuramori.access import storehouse_session
from kuramori.desk import hand_over
from kuramori.desk.hand_over_paper import hand_over_pdf
from kuramori.people import duties, enrolment, lesson, sessions
from kuramori.people.asker import manager_of
from kuramori.people.duty_forms import Duties
from kuramori.people.forms import Accept, Successor
from kuramori.people.models import Appointment

if TYPE_CHECKING:
    from django.http import HttpRequest

ROWS = Appointment.objects.select_related("account", "succeeds__account")


def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes over from the person of appointment `pk`; the link is shown this one time."""
    manager, now_ns = manager_of(request), clock.now_ns()
    leaver = get_object_or_404(ROWS.all(), pk=pk).account
    passing = hand_over.offices(leaver, now_ns)
    if not passing:
        return HttpResponseRedirect(reverse("appointment", args=[pk]))
    form, context = Successor(request.POST or None), {}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made, token = hand_over.prepare(
            leaver,
            given["username"],
            given["full_name"],
            post=given["post"],
            ends_ns=form.ends_ns(),
            by=manager,
        )
        address = reverse("hand_over_receive", args=[token])
        context = {"made": made, "link": request.build_absolute_uri(address)}
    context |= {
        "leaver": leaver,
        "offices": passing,
        "form": form,
        "work": hand_over.open_work(),
        "open": storehouse_session.is_unlocked() and storehouse_session.scope() is None,
    }
    return render(request, "desk/hand_over.html", context, status=422 if form.errors else 200)


@login_not_required
@sensitive_post_parameters("password", "repeated")
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """The successor accepts, reads, answers, pledges and chooses a password: one page, one moment."""
    found = enrolment.open_invitation(token)
    if found is None or found.appointment.succeeds is None:
        return render(request, "people/invitation_gone.html", status=404)
    appointment = found.appointment
    words = duties.words()
    accept = Accept(request.POST or None, account=appointment.account)
    duty = Duties(request.POST or None, version=words.version)
    if request.method == "POST" and accept.is_valid() and duty.is_valid():
        with transaction.atomic():
            got = hand_over.receive(
                token,
                accept.cleaned_data["password"],
                version=duty.cleaned_data["version"],
                answers=duty.answers(),
            )
            sessions.sign_in(request, got.account)
        return render(request, "desk/hand_over_received.html", {"got": got, "appointment": appointment})
    context = {
        "appointment": appointment,
        "offices": enrolment.offices_of(appointment),
        "accept": accept,
        "duty": duty,
        "parts": lesson.PARTS,
        "words": words,
    }
    return render(request, "desk/hand_over_receive.html", context, status=422 if request.POST else 200)


def after(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still to be put in order after a hand-over, for managers."""
    manager_of(request)
    appointment = _successor(pk)
    return render(
        request,
        "desk/handed_over.html",
        {"appointment": appointment, "points": hand_over.points(appointment)},
    )


def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The hand-over on paper, with what passes and lines to sign."""
    manager_of(request)
    appointment = _successor(pk)
    assert appointment.succeeds is not None
    pdf = hand_over_pdf(appointment, appointment.succeeds.account)
    return HttpResponse(pdf, content_type="application/pdf")


def _successor(pk: int) -> Appointment:
    found = get_object_or_404(ROWS.all(), pk=pk)
    if found.succeeds is None:
        raise Http404
    return found
