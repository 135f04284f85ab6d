"""What the frame around every page needs to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from kuramori.web import navigation

if TYPE_CHECKING:
    from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame: menu for the person's roles, demonstration flag."""
    roles: set[str] = getattr(request, "roles", set())
    here = navigation.current(roles, request.path)
    return {
        "menu": navigation.daily(roles),
        "drawers": navigation.drawers(roles, here),
        "here": here,
        "roles": roles,
        "demo": settings.DEMO,
    }
