"""A signed paper of a case comes in as a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuramori.cases import signed_papers
from kuramori.cases.case_models import Case
from kuramori.cases.views import person
from kuramori.errors import BadInput
from kuramori.paper import scans

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the upload, or say on the case's page why not."""
    by, case = person(request), get_object_or_404(Case, number=number)
    upload = request.FILES.get("scan")
    try:
        signed_papers.keep(by, case, upload.read() if upload else b"")
    except BadInput as refused:
        messages.error(request, scans.plain(refused))
    else:
        messages.success(request, _("The signed paper is here."))
    return redirect("case", number=number)
