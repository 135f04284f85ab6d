"""A refusal by rule becomes a page that explains it, and an entry in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.errors import Refusal
from kuramori.web import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class RefusedPages:
    """Catches `Refusal` from any view."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return refusals.page(request, error)
        return None
