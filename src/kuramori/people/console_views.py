"""/consoles/: which PCs of the office are known by a key of their own; proving that one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kuramori import clock, periods
from kuramori.errors import BadInput
from kuramori.people import consoles
from kuramori.people.asker import manager_of
from kuramori.people.console_models import Console
from kuramori.places import bodies, pcs
from kuramori.places.models import Pc

if TYPE_CHECKING:
    from django.http import HttpRequest

WRONG = {
    "console-key": _("This browser could not make a key. Use a current browser."),
    "console-proof": _("The key was not proven. Reload the page and try again."),
    "console-pc": _("Choose a PC that is in use."),
}


@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The manager registers the browser at which they sit, and takes consoles away."""
    manager, now_ns = manager_of(request), clock.now_ns()
    if request.method == "POST":
        number = request.POST.get("pc", "")
        try:
            consoles.register(
                request,
                manager,
                int(number) if number.isdecimal() and len(number) < 9 else 0,
                request.POST.get("key", ""),
                request.POST.get("signature", ""),
            )
        except BadInput as wrong:
            messages.error(request, str(WRONG[wrong.code]))
        else:
            messages.success(request, str(_("This browser is now known as that PC's console.")))
        return HttpResponseRedirect(reverse("consoles"))
    names = {one.number: one.name for one in Pc.objects.standing()}
    rows = Console.objects.select_related("registered_by").order_by("revoked_ns", "-registered_ns")[:100]
    shown = [(row, names.get(row.pc, str(row.pc)), pcs.posture(row.pc, now_ns)) for row in rows]
    usable = [(number, name) for number, name in sorted(names.items())]
    context = {
        "consoles": shown,
        "pcs": usable,
        "challenge": consoles.challenge(request),
        "minutes": bodies.idle_minutes(),
        "choices": sorted({1, 3, 5, 10, 15, 20, periods.IDLE_MOST_MINUTES, bodies.idle_minutes()}),
    }
    return render(request, "people/consoles.html", context)


@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """After the password: this console's key as second factor, for the daily pages.

    GET gives the challenge, POST the signature. Raises `Refusal` for an unknown key and an unchecked PC.
    """
    if request.method == "GET":
        return JsonResponse({"challenge": consoles.challenge(request)})
    console = consoles.prove(request, request.POST.get("key", ""), request.POST.get("signature", ""))
    pcs.require_fit(console.pc, clock.now_ns())
    request.signed_by_console = console  # type: ignore[attr-defined]
    stage: AuthenticateStage = request._login_stage  # type: ignore[attr-defined]
    return cast("HttpResponse", stage.exit())


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """One console's key counts no more."""
    manager = manager_of(request)
    consoles.revoke(get_object_or_404(Console, pk=pk), manager)
    messages.success(request, str(_("That console shows no pictures any more.")))
    return HttpResponseRedirect(reverse("consoles"))


@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """GET: the page whose script signs and goes on to `next`; POST: the signature.

    Asked for as JSON it gives a challenge, so that a page can renew its proof while pictures run.
    """
    if request.method == "POST":
        consoles.prove(request, request.POST.get("key", ""), request.POST.get("signature", ""))
        return JsonResponse({"proven": True})
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"challenge": consoles.challenge(request)})
    going_to = request.GET.get("next", "")
    safe = going_to if url_has_allowed_host_and_scheme(going_to, allowed_hosts=None) else "/"
    return render(request, "people/console_prove.html", {"next": safe})
