"""A person's own account page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def own(request: HttpRequest) -> HttpResponse:
    return render(request, "people/own.html", {})
