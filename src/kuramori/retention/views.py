"""What lives, what died, and erasing early."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage.models import Finding
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.retention import certificate_paper, document, early, living, overdue
from kuramori.retention.forms import EraseEarly
from kuramori.retention.models import Certificate, ErasedOnDay
from kuramori.retention.proof import proof

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 50
CAMERAS = 20


def erasures(request: HttpRequest) -> HttpResponse:
    """Per camera what lives and what dies next, and the certificates of what died, newest first."""
    account, now_ns = cast(Account, request.user), clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    chosen = request.GET.get("camera", "")
    rows = Certificate.objects.filter(camera=chosen) if chosen else Certificate.objects.all()
    pages = Paginator(rows, PAGE) if chosen else _AllPages(rows, PAGE)
    names = {camera.id: str(camera) for camera in Camera.objects.all()}
    shown = living.by_camera()
    page = pages.get_page(request.GET.get("page"))
    context = {
        "living": Paginator(shown, CAMERAS).get_page(request.GET.get("cameras")),
        "counted_ns": min((row.counted_ns for row in shown if row.counted_ns), default=None),
        "certificates": [(one, names.get(one.camera, one.camera[:8])) for one in page],
        "page": page,
        "camera": chosen,
        "overdue": Finding.objects.filter(code=overdue.CODE, cleared_ns=None).exists(),
        "manages": MANAGER in role_of(account, now_ns),
    }
    return render(request, "retention/erasures.html", context)


class _AllPages(Paginator):
    """Of all certificates, which are counted as they are made."""

    @cached_property
    def count(self) -> int:
        return ErasedOnDay.objects.aggregate(sum=Sum("hours"))["sum"] or 0


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate as a page that can be printed."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    row = get_object_or_404(Certificate, id=number)
    said = document.parsed(row)
    span = [clock.ns_of(datetime.fromisoformat(said["what"][end])) for end in ("from", "to")]
    context = {"row": row, "said": said, "span": span, "proof": proof(row)}
    return render(request, "retention/certificate.html", context)


def certificate_json(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate as it was hashed, with its proof."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    row = get_object_or_404(Certificate, id=number)
    whole = {"certificate": row.document, "sha256": row.document_sha256, "proof": proof(row)}
    answer = HttpResponse(
        json.dumps(whole, ensure_ascii=False, indent=1) + "\n", content_type="application/json"
    )
    answer["Content-Disposition"] = f'attachment; filename="erasure-{row.id}.json"'
    return answer


def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate on paper."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    row = get_object_or_404(Certificate, id=number)
    answer = HttpResponse(certificate_paper.printed(row, proof(row)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="erasure-{row.id}.pdf"'
    return answer


def erase_early(request: HttpRequest) -> HttpResponse:
    """The manager orders the erasure of an interval. Works while the storehouse is locked."""
    manager = cast(Account, request.user)
    require_role(manager, clock.now_ns(), MANAGER)
    form = EraseEarly(request.POST or None)
    if request.method == "POST" and form.is_valid():
        start_ns, end_ns = form.interval_ns()
        early.erase_early(manager, form.cleaned_data["camera"], start_ns, end_ns, form.cleaned_data["reason"])
        messages.success(request, _("The order was given. The certificates appear here when it is done."))
        return HttpResponseRedirect(reverse("erasures"))
    return render(request, "retention/erase_early.html", {"form": form})
