"""Saying once more who one is, while signed in: by password, by a code, or by a passkey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth, flows
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest

PASSWORD, CODE, PASSKEY = "password", "code", "passkey"  # noqa: S105  the words for the three ways


def confirmed(request: HttpRequest, *, password_counts: bool) -> tuple[str, str]:
    """The way by which the signed-in person has proven themselves in this POST ("" for none), and what went
    wrong in words. Wrong tries are counted per person and are in the record."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return "", _("Too many tries. Wait a minute.")
    if password_counts and "password" in request.POST:
        return _by_password(request)
    if "credential" in request.POST:
        return _by_passkey(request)
    form = ReauthenticateForm(user=request.user, data=request.POST)
    if form.is_valid():
        form.save()
        return CODE, ""
    return "", " ".join(form.errors.get("code", []))


def passkey_request(request: HttpRequest) -> dict[str, Any]:
    """What the browser is asked so that a passkey answers."""
    return {"request_options": auth.begin_authentication(request.user)}


def _by_password(request: HttpRequest) -> tuple[str, str]:
    try:
        right = get_adapter(request).reauthenticate(request.user, request.POST["password"])
    except ValidationError as wrong:  # too many wrong ones
        return "", " ".join(wrong.messages)
    return (PASSWORD, "") if right else ("", _("That was not your password."))


def _by_passkey(request: HttpRequest) -> tuple[str, str]:
    form = ReauthenticateWebAuthnForm(user=request.user, data=request.POST)
    if not form.is_valid():
        return "", _("The passkey was not accepted. Try again.")
    flows.reauthenticate(request, form.cleaned_data["credential"])
    return PASSKEY, ""
