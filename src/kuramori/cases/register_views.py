"""The register of looking and handing out, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuramori.cases import register_rows
from kuramori.cases.views import SHOWN, person

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Every look and every copy, newest first."""
    person(request)
    return render(request, "cases/register.html", {"rows": register_rows.all_rows()[:SHOWN]})
