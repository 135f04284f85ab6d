"""What scripts and styles say beside themselves: they are answered before Django's security middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.headers import Headers

REFERRER_POLICY = "same-origin"


def add(headers: Headers, path: str, url: str) -> None:
    """No guessing of types, no address told to others, no window shared with another origin."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = REFERRER_POLICY
    headers["Cross-Origin-Opener-Policy"] = REFERRER_POLICY
