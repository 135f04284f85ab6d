"""Holds: what is kept beyond its date, for which case, until when; make one, approve one, end one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.retention import holds
from kuramori.retention.hold_forms import EndHold, NewHold
from kuramori.retention.hold_models import Hold

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def listed(request: HttpRequest) -> HttpResponse:
    """All holds, newest first, each as far as the recorder has confirmed it."""
    account, now_ns = cast(Account, request.user), clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    rows = [
        (row, holds.state(row)) for row in Hold.objects.select_related("camera", "made_by", "approved_by")
    ]
    context = {"holds": rows, "me": account, "manages": MANAGER in role_of(account, now_ns)}
    return render(request, "retention/holds.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """The manager writes a hold. Works while the storehouse is locked."""
    manager = cast(Account, request.user)
    require_role(manager, clock.now_ns(), MANAGER)
    form = NewHold(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold = holds.ask(manager, **form.fields_of_hold())
        if hold.order:
            messages.success(request, _("The order was given. It is kept when this page says so."))
        else:
            messages.warning(request, _("It is not kept yet: another person must approve it here."))
        return HttpResponseRedirect(reverse("holds"))
    return render(request, "retention/hold_new.html", {"form": form})


@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody else than the writer approves."""
    holds.approve(cast(Account, request.user), get_object_or_404(Hold, pk=number))
    messages.success(request, _("The order was given. It is kept when this page says so."))
    return HttpResponseRedirect(reverse("holds"))


def end(request: HttpRequest, number: int) -> HttpResponse:
    """The manager ends a hold before its date."""
    manager, hold = cast(Account, request.user), get_object_or_404(Hold, pk=number)
    require_role(manager, clock.now_ns(), MANAGER)
    form = EndHold(request.POST or None)
    if request.method == "POST" and form.is_valid():
        holds.end(manager, hold, form.cleaned_data["reason"])
        messages.success(request, _("The hold ends. What was kept only by it is erased now."))
        return HttpResponseRedirect(reverse("holds"))
    return render(request, "retention/hold_end.html", {"form": form, "hold": hold})
