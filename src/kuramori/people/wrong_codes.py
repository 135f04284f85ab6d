"""Wrong second factors go into the ledger; allauth tells of them by a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa import signals

from kuramori.people import knocking

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.people.models import Account


def listen() -> None:
    signals.authentication_failed.connect(_on_wrong_code, dispatch_uid="kuramori.people.wrong_codes")


def _on_wrong_code(sender: object, request: HttpRequest, user: Account, **_: Any) -> None:
    knocking.record_failed_sign_in(request, user, "second-factor")
