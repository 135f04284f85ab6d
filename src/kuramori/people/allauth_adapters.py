"""Where allauth asks us: no sign-up, no e-mail, acts into the ledger, a printed card as second factor."""

from __future__ import annotations

import base64
import io
import secrets
from typing import TYPE_CHECKING, Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kuramori.ledger import entries
from kuramori.people import knocking, levels, second_factor
from kuramori.people.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest

NONCE_BYTES = 12


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by set-up and by invitation, never by whoever finds the address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return knocking.address_of(request)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nobody has an e-mail address here."""

    def login(self, request: HttpRequest, user: Any) -> None:
        with transaction.atomic():
            super().login(request, user)
            if not second_factor.has_one(user):  # they just typed the password: go straight to the choice
                record_authentication(request, user, method="password", reauthenticated=True)
            pc = levels.begin(request)
            detail = {} if pc is None else {"pc": pc, "step": "console"}
            entries.record("signed-in", actor=user.actor, outcome="allowed", detail=detail)

    def logout(self, request: HttpRequest) -> None:
        actor = entries.actor_of(request.user)
        with transaction.atomic():
            super().logout(request)
            if actor != "anonymous":
                entries.record("signed-out", actor=actor)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password. The typed name is written only when it is one: people type passwords there."""
        super().authentication_failed(request, **credentials)
        account = Account.objects.filter(username=credentials.get("username") or "").first()
        knocking.record_failed_sign_in(request, account, "password")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: authenticator app, passkey, or a printed card alone."""

    def is_mfa_enabled(self, user: Any, types: list[str] | None = None) -> bool:
        """allauth asks for app or key before it demands a code at sign-in; the card alone is as good."""
        if types and Authenticator.Type.WEBAUTHN in types:
            types = [*types, Authenticator.Type.RECOVERY_CODES]
        return bool(super().is_mfa_enabled(user, types))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last app or passkey: allauth would take the card away with it."""
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(user=authenticator.user, type__in=kinds)
        return others.exclude(pk=authenticator.pk).exists()

    def build_totp_svg(self, url: str) -> str:
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", xmldecl=False, scale=5, border=4)
        return picture.getvalue().decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        """Secrets of second factors lie in the database only under a key that lies outside it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"kuramori second factor secrets").derive(
        settings.SECRET_KEY.encode()
    )
