"""The second factor is compulsory: an authenticator app, a passkey, or a printed card of single-use codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from kuramori.ledger import entries

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kuramori.people.models import Account

TOTP = Authenticator.Type.TOTP
PASSKEY = Authenticator.Type.WEBAUTHN
CARD = Authenticator.Type.RECOVERY_CODES


def chosen(account: Account | AnonymousUser) -> set[str]:
    """The kinds of second factor `account` can really use ("totp", "webauthn", "recovery_codes").

    allauth makes codes on its own when an app or key is added; they count only once they were shown.
    """
    if account.pk is None:
        return set()
    rows = Authenticator.objects.filter(user_id=account.pk).values_list("type", "data")
    return {kind for kind, data in rows if kind != CARD or "viewed_at" in data}


def has_one(account: Account | AnonymousUser) -> bool:
    return bool(chosen(account))


def new_card(account: Account) -> list[str]:
    """Make and return a fresh card of single-use codes; the older card stops working.

    The codes are shown this one time. They are enough as a second factor, also without app or passkey.
    """
    with transaction.atomic():
        Authenticator.objects.filter(user=account, type=CARD).delete()
        card = RecoveryCodes.activate(account)
        card.mark_as_viewed()
        entries.record("second-factor-added", actor=account.actor, obj={"kind": CARD.value})
        return card.get_unused_codes()


def codes_left(account: Account) -> int:
    """How many codes of the card are unused; 0 without a card."""
    row = Authenticator.objects.filter(user=account, type=CARD).first()
    return len(row.wrap().get_unused_codes()) if row else 0
