"""A scan on a page: a picture is shown in it, a PDF is opened beside it; each look is in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from kuramori.errors import Refusal
from kuramori.ledger import entries
from kuramori.paper import scans
from kuramori.paper.models import Scan

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """/scans/<n>/: what it is, who entered it, and the picture."""
    row = _permitted(request, pk)
    gone = Scan.objects.filter(pk=pk, content=b"").exists()
    return render(request, "paper/scan.html", {"scan": row, "kind": scans.kind_of(row), "gone": gone})


@require_GET
def content(request: HttpRequest, pk: int) -> HttpResponse:
    """/scans/<n>/content: the bytes, to people who may see this kind. Written down before they are sent."""
    row = _permitted(request, pk)
    entries.record_now(
        "scan-seen", actor=entries.actor_of(request.user), obj={"scan": row.pk}, outcome="allowed"
    )
    answer = HttpResponse(bytes(Scan.objects.values_list("content", flat=True).get(pk=row.pk)))
    answer["Content-Type"] = row.media_type
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    return answer


def _permitted(request: HttpRequest, pk: int) -> Scan:
    row = get_object_or_404(Scan.objects.defer("content").select_related("entered_by"), pk=pk)
    roles: set[str] = getattr(request, "roles", set())
    if not roles & scans.kind_of(row).roles:
        raise Refusal("role-needed", clause="T6a", roles=sorted(scans.kind_of(row).roles))
    return row
