"""The appointments page, and accepting an invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.people import enrolment, roles, second_factor, sessions
from kuramori.people.forms import Accept, AppointOperator
from kuramori.people.models import Account, Appointment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def own(request: HttpRequest) -> HttpResponse:
    """A person's own account: appointments, second factors, password, open sessions."""
    account = cast(Account, request.user)
    return render(
        request,
        "people/own.html",
        {
            "appointments": account.appointments.order_by("-starts_ns"),
            "factors": second_factor.chosen(account),
            "codes_left": second_factor.codes_left(account),
            "now_ns": clock.now_ns(),
        },
    )


def people(request: HttpRequest) -> HttpResponse:
    """Who is appointed to what; the manager appoints operators here."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    form = AppointOperator(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        _appointment, token = enrolment.appoint_operator(
            form.cleaned_data["username"],
            form.cleaned_data["full_name"],
            ends_ns=form.ends_ns(),
            by=manager,
        )
        link = _invitation_link(request, token)
        form = AppointOperator()
    return _people_page(request, form, link)


@require_POST
def renew_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Another one-time link for somebody who has not accepted yet."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    token = enrolment.new_invitation(get_object_or_404(Appointment, pk=pk), by=manager)
    return _people_page(request, AppointOperator(), _invitation_link(request, token))


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an appointment; the person's open sessions end at once."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    appointment = get_object_or_404(Appointment.objects.select_related("account"), pk=pk)
    try:
        enrolment.revoke(appointment, by=manager)
        messages.success(request, _("The appointment has ended. Open sessions were closed."))
    except BadInput:
        messages.error(request, _("Somebody must be manager: appoint a successor first."))
    return HttpResponseRedirect(reverse("people"))


@login_not_required
@sensitive_post_parameters("password", "repeated")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invited person accepts the appointment, chooses a password and goes on to the second factor."""
    found = enrolment.open_invitation(token)
    if found is None:
        return render(request, "people/invitation_gone.html", status=404)
    appointment = found.appointment
    form = Accept(request.POST or None, account=appointment.account)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            account = enrolment.accept(token, form.cleaned_data["password"])
            sessions.sign_in(request, account)
        return HttpResponseRedirect(reverse("second_factor"))
    return render(request, "people/invitation.html", {"form": form, "appointment": appointment})


def _people_page(request: HttpRequest, form: AppointOperator, link: str) -> HttpResponse:
    now_ns = clock.now_ns()
    rows = Appointment.objects.select_related("account", "appointed_by").order_by("account_id", "-starts_ns")
    shown = [(row, row.in_force(now_ns)) for row in rows]
    context = {"form": form, "link": link, "appointments": shown, "now_ns": now_ns}
    return render(request, "people/people.html", context)


def _invitation_link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
