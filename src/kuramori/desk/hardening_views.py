"""What a camera lets strangers do, as it was found, and what a person says for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.cameras import devices
from kuramori.cameras import hardening as rules
from kuramori.cameras.models import Camera, DeviceAttestation
from kuramori.desk import camera_views, plain_words
from kuramori.desk.asker import manager_only
from kuramori.desk.device_forms import AttestForm, SupportForm
from kuramori.desk.device_views import said
from kuramori.errors import BadInput, KuramoriError
from kuramori.footage import device_checks
from kuramori.people.asker import manager_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kuramori.people.models import Account


@manager_only
def hardening(request: HttpRequest, pk: str) -> HttpResponse:
    """Every check with its state; POST: a person's word for one, or the end of the maker's support."""
    camera, account = get_object_or_404(Camera, pk=pk, retired_ns=None), manager_of(request)
    if request.method == "POST":
        support = SupportForm(request.POST)
        with transaction.atomic():
            if "support_until" in request.POST and camera.device is not None and support.is_valid():
                devices.support_ends(camera.device, support.cleaned_data["support_until"], account)
            else:
                _attest(request, camera, account)
            camera_views.judged(account)
        return HttpResponseRedirect(reverse("setup_hardening", args=[pk]))
    return render(request, "desk/hardening.html", _context(camera))


def _attest(request: HttpRequest, camera: Camera, account: Account) -> None:
    """A person's words for whatever they looked at: a box for each check, the empty ones left out."""
    said_for = {name: AttestForm(request.POST, prefix=name) for name in _named(request)}
    try:
        if not said_for:
            raise BadInput("attestation-words")
        for name, form in said_for.items():
            given = form.cleaned_data["words"] if form.is_valid() else ""
            devices.attest(camera, name, given, account)
    except BadInput as wrong:
        messages.error(request, plain_words.of(wrong))


def _named(request: HttpRequest) -> list[str]:
    fields = [one for one in request.POST if one.endswith("-words") and str(request.POST[one]).strip()]
    return [one.removesuffix("-words") for one in fields]


@require_POST
@manager_only
def check(request: HttpRequest, pk: str) -> HttpResponse:
    """Probe it now; some seconds."""
    camera, account = get_object_or_404(Camera, pk=pk, retired_ns=None), manager_of(request)
    try:
        device_checks.check(camera, account.actor)
    except KuramoriError as problem:
        messages.error(request, said(problem))
    else:
        with transaction.atomic():
            camera_views.judged(account)
        messages.success(request, _("Checked."))
    return HttpResponseRedirect(reverse("setup_hardening", args=[pk]))


def _context(camera: Camera) -> dict[str, object]:
    newest = devices.newest_check(camera)
    found = newest.findings if newest else {}
    rows = rules.standing(found, devices.said_until(camera), clock.now_ns())
    words = {row.check_name: row for row in DeviceAttestation.objects.filter(camera=camera).order_by("at_ns")}
    until = camera.device.support_until if camera.device else None
    return {
        "camera": camera,
        "newest": newest,
        "rows": [(row, words.get(row.check.name), AttestForm(prefix=row.check.name)) for row in rows],
        "unsaid": any(row.state == "unsaid" for row in rows),
        "support": SupportForm(initial={"support_until": until}),
    }
