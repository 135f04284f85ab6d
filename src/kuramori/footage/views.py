"""A person vouches for the time when the recorder cannot be sure of it by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.footage import orders
from kuramori.footage.models import RecorderFact
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def confirm_clock(request: HttpRequest) -> HttpResponse:
    """Show the machine's time; the manager says that it is right."""
    manager = cast(Account, request.user)
    require_role(manager, clock.now_ns(), MANAGER)
    if request.method == "POST":
        orders.issue("confirm-clock", actor=manager.actor, wall_ns=clock.now_ns(), by=manager.actor)
        messages.success(request, _("The time was confirmed. The recorder takes it over at once."))
        return HttpResponseRedirect(reverse("confirm_clock"))
    state = RecorderFact.objects.filter(name="clock").first()
    context = {"now_ns": clock.now_ns(), "trusted": bool(state and state.value.get("state") == "trusted")}
    return render(request, "footage/confirm_clock.html", context)
