"""Holds: what is kept beyond its date, for which case, until when; make one, approve one, end one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.retention import hold_paper, hold_reviews, holds
from kuramori.retention.hold_forms import EndHold, NewHold, Review
from kuramori.retention.hold_models import Hold
from kuramori.retention.hold_words import plain

if TYPE_CHECKING:
    from django.http import HttpRequest


def listed(request: HttpRequest) -> HttpResponse:
    """All holds, newest first, each as far as the recorder has confirmed it."""
    account, now_ns = cast(Account, request.user), clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    every = Hold.objects.select_related("camera", "made_by", "approved_by").prefetch_related("reviews")
    states = holds.states(every)
    rows = [(row, states[row.pk], hold_reviews.next_ns(row)) for row in every]
    soon = {one.pk for one in hold_reviews.due(now_ns)}
    context = {"holds": rows, "soon": soon, "me": account, "manages": MANAGER in role_of(account, now_ns)}
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


def review(request: HttpRequest, number: int) -> HttpResponse:
    """The manager looks at a hold again and finds that it is still needed; else it is ended."""
    manager, hold = cast(Account, request.user), get_object_or_404(Hold, pk=number)
    require_role(manager, clock.now_ns(), MANAGER)
    form = Review(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            next_ns = clock.ns_of(form.cleaned_data["next"])
            hold_reviews.review(manager, hold, form.cleaned_data["reason"], next_ns)
        except BadInput as wrong:
            form.add_error("next", plain(wrong))
        else:
            messages.success(request, _("It was noted. The end of the hold has not changed."))
            return HttpResponseRedirect(reverse("holds"))
    return render(request, "retention/hold_review.html", {"form": form, "hold": hold})


def paper(request: HttpRequest, number: int) -> HttpResponse:
    """The approval on paper."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    hold = get_object_or_404(Hold, pk=number)
    answer = HttpResponse(hold_paper.approval(hold), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="hold-{hold.pk}.pdf"'
    return answer
