"""Unlocking and locking the storehouse, and the list of grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.access import (
    approved_pictures,
    auto_lock,
    grant_check,
    granting,
    key_opening,
    storehouse_keys,
    storehouse_session,
    wrong_tries,
)
from kuramori.access.forms import Unlock
from kuramori.access.models import Grant, KeyHolder
from kuramori.errors import WrongPassphrase
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.vault.holder_token import TokenTrouble

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 200


@sensitive_post_parameters("passphrase", "second")
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the passphrase; with the right one the storehouse is open in this process for a while."""
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER)
    two = key_opening.two_together()
    tokens = any(one.kind == KeyHolder.TOKEN for one in key_opening.holders())
    form = Unlock(request.POST or None, two_together=two, tokens=tokens)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            storehouse_session.unlock(given["passphrase"], account, given.get("second", ""))
        except WrongPassphrase:
            form.add_error("passphrase", wrong_words(account))
        except TokenTrouble as trouble:
            form.add_error("passphrase", token_words(trouble))
        else:
            auto_lock.ensure_running()
            approved_pictures.seal_anew()
            messages.success(request, _("The storehouse is open."))
            return HttpResponseRedirect(_next(request) or reverse("storehouse_unlock"))
    context = {
        "form": form,
        "next": _next(request),
        "has_key": storehouse_keys.exists(),
        "unlocked": storehouse_session.is_unlocked(),
        "scope": storehouse_session.scope(),
        "minutes_left": -(-storehouse_session.seconds_left() // 60),
    }
    return render(request, "access/unlock.html", context)


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock now. Whoever may look at footage may lock it."""
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    if storehouse_session.lock(account):
        messages.success(request, _("The storehouse is locked."))
    return HttpResponseRedirect(reverse("grants"))


def grants(request: HttpRequest) -> HttpResponse:
    """Who may see or saw what, why and until when. The manager sees all, an operator their own."""
    account = cast(Account, request.user)
    now_ns = clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    manages = MANAGER in role_of(account, now_ns)
    rows = Grant.objects.select_related("account", "granted_by", "camera")
    if not manages:
        rows = rows.filter(account=account)
    shown = [(grant, grant_check.state(grant, now_ns)) for grant in rows[:SHOWN]]
    context = {"grants": shown, "manages": manages, "unlocked": storehouse_session.is_unlocked()}
    return render(request, "access/grants.html", context)


@require_POST
def withdraw(request: HttpRequest, grant: str) -> HttpResponse:
    """End a grant at once."""
    granting.withdraw(get_object_or_404(Grant, id=grant), cast(Account, request.user))
    messages.success(request, _("The permission was withdrawn."))
    return HttpResponseRedirect(reverse("grants"))


def wrong_words(account: Account) -> str:
    """What is said of a wrong passphrase, and how long to wait."""
    wait_s = wrong_tries.wait_s(account, clock.now_ns())
    if not wait_s:
        return _("This passphrase does not open the storehouse.")
    return ngettext(
        "This passphrase does not open the storehouse. Wait %(seconds)d second before the next try.",
        "This passphrase does not open the storehouse. Wait %(seconds)d seconds before the next try.",
        wait_s,
    ) % {"seconds": wait_s}


def token_words(trouble: TokenTrouble) -> str:
    """What is said of a token that does not do what was asked."""
    return {
        "holder-token-locked": _(
            "The token has locked itself after wrong PINs. Its maker's program opens it."
        ),
        "holder-token-unfit": _("This token cannot hold such a key. One with a P-256 key is needed."),
        "holder-tokens-several": _("Several tokens are plugged in. Leave only the one whose PIN is typed."),
    }.get(trouble.code, _("The token does not answer. Plug it into this recorder and try again."))


def _next(request: HttpRequest) -> str:
    """Where to go on, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
