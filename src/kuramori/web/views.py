"""Pages of the frame itself: language switch and what is shown when something goes wrong."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language this browser's user wants, and go back to the page they were on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Strict",
            httponly=True,
        )
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/wrong.html", {"kind": "bad-request"}, status=400)


def unusable(request: HttpRequest) -> HttpResponse:
    """What was sent does not fit how things stand now; nothing was changed (400)."""
    return render(request, "web/wrong.html", {"kind": "unusable"}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/wrong.html", {"kind": "forbidden"}, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "web/wrong.html", {"kind": "csrf"}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/wrong.html", {"kind": "not-found"}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """A defect: where it happened goes to the log, by the page's name; an address may hold a token."""
    match = request.resolver_match
    log.exception("page failed: %s", match.url_name if match else "?")
    return render(request, "web/wrong.html", {"kind": "broken"}, status=500)
