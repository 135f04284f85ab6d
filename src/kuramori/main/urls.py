"""The addresses of all rooms. Each room writes its addresses in full in its own `urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

ROOMS = (
    "web",
    "ledger",
    "paper",
    "people",
    "footage",
    "access",
    "retention",
    "evidence",
    "playback",
    "health",
    "cases",
    "guideline",
    "desk",
    "public",
    "audit",
)

urlpatterns: list[URLPattern | URLResolver] = [path("", include(f"kuramori.{room}.urls")) for room in ROOMS]

handler400 = "kuramori.web.views.bad_request"
handler403 = "kuramori.web.views.forbidden"
handler404 = "kuramori.web.views.not_found"
handler500 = "kuramori.web.views.broken"
