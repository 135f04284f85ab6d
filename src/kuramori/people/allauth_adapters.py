"""Where allauth asks us: no sign-up, no e-mail, a card of single-use codes counts as a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by set-up and by invitation, never by whoever finds the address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nobody has an e-mail address here."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: authenticator app, passkey, or a printed card alone."""

    def is_mfa_enabled(self, user: Any, types: list[str] | None = None) -> bool:
        if types and Authenticator.Type.WEBAUTHN in types:
            types = [*types, Authenticator.Type.RECOVERY_CODES]
        return bool(super().is_mfa_enabled(user, types))
