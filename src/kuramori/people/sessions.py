"""Signed-in browsers of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from kuramori.ledger import entries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.people.models import Account

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(request: HttpRequest, account: Account) -> None:
    """Sign `account` in on this browser right after they chose their password; the second factor follows."""
    with transaction.atomic():
        login(request, account, backend=BACKEND)
        record_authentication(request, account, method="password", reauthenticated=True)
        UserSession.objects.create_from_request(request)
        entries.record("signed-in", actor=account.actor, outcome="allowed")


def end_all(account: Account) -> int:
    """End every session of `account` at once; returns how many there were."""
    sessions = list(UserSession.objects.filter(user=account))
    for session in sessions:
        session.end()
    return len(sessions)


def forget_ended() -> None:
    """Remove what is left in the database of sessions that have run out."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
