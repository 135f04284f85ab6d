"""A refusal by rule becomes a page that explains it, and an entry in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.deprecation import MiddlewareMixin

from kuramori.errors import Refusal
from kuramori.ledger import entries
from kuramori.people import knocking
from kuramori.web import refusals

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


SECRET_ARGUMENTS = {"token"}


class RefusedPages(MiddlewareMixin):
    """Catches `Refusal` from any view."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, Refusal) else None


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Write `refusal` into the ledger and explain it (403)."""
    write(request, refusal)
    return refusals.page(request, refusal)


def write(request: HttpRequest, refusal: Refusal) -> None:
    """The refusal's entry: as full as a grant's; before sign-in once a minute and address."""
    actor = entries.actor_of(request.user)
    if actor == "anonymous" and not knocking.may_write(request, refusal.code):
        return
    match = request.resolver_match
    asked = (
        {key: value for key, value in match.kwargs.items() if key not in SECRET_ARGUMENTS} if match else {}
    )
    entries.record_now(
        "refused",
        actor=actor,
        obj={"page": match.url_name or "" if match else "", **asked},
        outcome="refused",
        reason=refusal.code,
        detail={"clause": refusal.clause, "rule": refusal.kind, **refusal.values},
    )
