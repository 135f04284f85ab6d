"""Alarms for people who are signed in: seen and acknowledged, and where they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.errors import ChannelFailed
from kuramori.health import alarms, channels, words
from kuramori.health.alarm_forms import FORMS, ContactForm
from kuramori.health.models import Alarm, Channel, Contact
from kuramori.health.verdict import Trouble
from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def alarms_page(request: HttpRequest) -> HttpResponse:
    """What waits for a person, what was, and by which ways alarms leave."""
    account, now_ns = cast(Account, request.user), clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    rows = [(row, words.of(Trouble("red", row.code, row.subject))) for row in alarms.recent(now_ns)]
    kept = {row.kind: row for row in Channel.objects.all()}
    context = {
        "waiting": [pair for pair in rows if pair[0].acknowledged_ns is None],
        "past": [pair for pair in rows if pair[0].acknowledged_ns is not None],
        "channels": [
            {
                "kind": kind,
                "row": kept.get(kind),
                "why": words.of_channel(kept[kind].failed_why) if kind in kept else "",
            }
            for kind in FORMS
        ],
        "contact": Contact.objects.first(),
        "manages": MANAGER in role_of(account, now_ns),
    }
    return render(request, "health/alarms.html", context)


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """“I have seen it”: the alarm is not repeated any more."""
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    if alarms.acknowledge(get_object_or_404(Alarm, pk=pk), account):
        messages.success(request, _("Noted. This alarm is not repeated any more."))
    return HttpResponseRedirect(reverse("alarms"))


@sensitive_post_parameters("password", "key")
def channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Set up mail or webhook."""
    account = manager_of(request)
    if kind not in FORMS:
        raise Http404
    kept = Channel.objects.filter(kind=kind).first()
    form = FORMS[kind](request.POST or None, initial=FORMS[kind].initial_of(kept) if kept else None)
    if request.method == "POST" and form.is_valid():
        channels.save(kind, form.said(), form.secret(), account)
        messages.success(request, _("Kept. Press the test button now: only what has arrived once counts."))
        return HttpResponseRedirect(reverse("alarms"))
    context = {"form": form, "kind": kind, "kept": kept}
    return render(request, "health/channel.html", context, status=422 if form.errors else 200)


@require_POST
def test(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a test message now and say whether it arrived at the other side."""
    account = manager_of(request)
    try:
        channels.test(get_object_or_404(Channel, kind=kind), account)
    except ChannelFailed as failed:
        messages.error(request, words.of_channel(failed.code))
    else:
        messages.success(request, _("The other side took the test message. Look whether it has arrived."))
    return HttpResponseRedirect(reverse("alarms"))


@require_POST
def remove(request: HttpRequest, kind: str) -> HttpResponse:
    """Stop using a way."""
    channels.remove(kind, manager_of(request))
    return HttpResponseRedirect(reverse("alarms"))


def contact(request: HttpRequest) -> HttpResponse:
    """Whom the status screen names."""
    account = manager_of(request)
    form = ContactForm(request.POST or None, instance=Contact.objects.first())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            entries.record("alarm-contact-set", actor=account.actor)
        return HttpResponseRedirect(reverse("alarms"))
    context = {"form": form, "kind": "contact"}
    return render(request, "health/channel.html", context, status=422 if form.errors else 200)
