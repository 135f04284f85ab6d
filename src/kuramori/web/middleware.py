"""What every page goes through on its way out and in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from kuramori.errors import BadInput
from kuramori.web import views

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase


class KnownMethods(MiddlewareMixin):
    """Pages are read and forms are sent; any other method is refused, whatever a page would make of it."""

    METHODS = ("GET", "HEAD", "POST", "OPTIONS")

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        return None if request.method in self.METHODS else HttpResponseNotAllowed(self.METHODS)


class NeverStored(MiddlewareMixin):
    """No browser or proxy keeps a copy of anything; static files are answered before this."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers["Cache-Control"] = "no-store, private"
        response.headers.setdefault("X-Accel-Buffering", "no")
        return response


class CookiesStaySecure(MiddlewareMixin):
    """What was set over TLS is never sent in the clear."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


class ChosenLanguage(MiddlewareMixin):
    """Japanese, unless this browser's user has switched to another language (a cookie remembers it).

    The browser's own list of languages does not count: a recorder's screen set up in English by its
    fitter still belongs to the clerk.
    """

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ("Cookie",))
        return response


class UnusableInput(MiddlewareMixin):
    """Input that a form did not catch (a stale page sent twice, say) is a plain answer, not a defect."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return views.unusable(request) if isinstance(error, BadInput) else None
