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
from kuramori.people import duties, enrolment, roles, second_factor, sessions
from kuramori.people.forms import Accept, Appoint, EndAppointment
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
            "duty": duties.state(account, clock.now_ns()),
            "now_ns": clock.now_ns(),
        },
    )


def people(request: HttpRequest) -> HttpResponse:
    """Who is appointed to what; the manager appoints operators and deputies here."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    form = Appoint(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            _appointment, token = enrolment.appoint(
                enrolment.new_account(given["username"], given["full_name"]),
                form.role(),
                by=manager,
                ends_ns=form.ends_ns(),
                post=given["post"],
                scope_text=given["scope_text"],
                deputy=form.deputy(),
                contract=given.get("contract"),
            )
        link = _invitation_link(request, token)
        form = Appoint()
    return _people_page(request, form, link)


def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment with its history, print-outs and end."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    found = get_object_or_404(
        Appointment.objects.select_related("account", "appointed_by", "contract"), pk=pk
    )
    context = {
        "appointment": found,
        "ended_why": _("A successor accepted.") if found.ended_why == "succeeded" else found.ended_why,
        "pledges": found.account.pledges.order_by("-signed_ns")[:5],
        "trainings": found.account.trainings.order_by("-done_ns")[:5],
        "end_form": EndAppointment(),
    }
    return render(request, "people/appointment.html", context)


@require_POST
def renew_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Another one-time link for somebody who has not accepted yet."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    token = enrolment.new_invitation(get_object_or_404(Appointment, pk=pk), by=manager)
    return _people_page(request, Appoint(), _invitation_link(request, token))


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an appointment; the person's open sessions end at once."""
    manager = cast(Account, request.user)
    roles.require_role(manager, clock.now_ns(), roles.MANAGER)
    appointment = get_object_or_404(Appointment.objects.select_related("account"), pk=pk)
    try:
        form = EndAppointment(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why it ends."))
            return HttpResponseRedirect(reverse("appointment", args=[pk]))
        enrolment.revoke(appointment, by=manager, why=form.cleaned_data["why"])
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
    if appointment.succeeds_id is not None:
        return HttpResponseRedirect(reverse("hand_over_receive", args=[token]))
    form = Accept(request.POST or None, account=appointment.account)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            account = enrolment.accept(token, form.cleaned_data["password"])
            sessions.sign_in(request, account)
        return HttpResponseRedirect(reverse("second_factor"))
    return render(request, "people/invitation.html", {"form": form, "appointment": appointment})


def _people_page(request: HttpRequest, form: Appoint, link: str) -> HttpResponse:
    now_ns = clock.now_ns()
    rows = Appointment.objects.select_related("account", "appointed_by", "contract").order_by(
        "account_id", "-starts_ns"
    )
    acting = set(roles.in_force(now_ns).values_list("pk", flat=True))
    appointed = set(roles.appointed(now_ns).values_list("pk", flat=True))
    shown = [(row, row.pk in acting, row.pk in appointed) for row in rows]
    context = {"form": form, "link": link, "appointments": shown, "now_ns": now_ns}
    return render(request, "people/people.html", context)


def _invitation_link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
