"""Where time stamps come from: an RFC 3161 responder, entered once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuramori.errors import BadInput
from kuramori.evidence import signing, time_stamps
from kuramori.evidence.forms import StamperForm
from kuramori.evidence.models import TimeStamper
from kuramori.evidence.views import wrong_words
from kuramori.ledger import entries
from kuramori.people.asker import manager_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "POST"])
def stamper(request: HttpRequest) -> HttpResponse:
    """See and change it."""
    by, now = manager_of(request), time_stamps.chosen()
    initial = {"url": now.url, "certificate": now.certificate} if now else {}
    form = StamperForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        url, certificate = form.cleaned_data["url"], form.cleaned_data["certificate"]
        try:
            if url or certificate:
                time_stamps.require_usable(url, certificate)
            with transaction.atomic():
                TimeStamper.objects.all().delete()
                if url:
                    TimeStamper.objects.create(url=url, certificate=certificate, entered_by=by)
                entries.record("time-stamper-set", actor=by.actor, obj={"url": url})
            messages.success(request, _("Entered."))
            return redirect("time_stamper")
        except BadInput as wrong:
            form.add_error(None, wrong_words(wrong))
    context = {"form": form, "signer": signing.fingerprint()}
    return render(request, "evidence/stamper.html", context, status=422 if form.errors else 200)


@require_GET
def certificate(request: HttpRequest) -> HttpResponse:
    """The signer's certificate, to hand to whoever checks packages."""
    manager_of(request)
    answer = HttpResponse(signing.certificate_pem(), content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="kuramori-signer.pem"'
    return answer
