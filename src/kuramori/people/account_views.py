"""Second factors and password of one's own account: allauth's views with our addresses and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordChangeView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kuramori.ledger import entries
from kuramori.people import second_factor
from kuramori.people.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

NEXT = "second_factor_next"


def choose(request: HttpRequest) -> HttpResponse:
    """/account/second-factor/: the three kinds, explained. `?next=` says where to go on afterwards."""
    going_to = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(going_to, allowed_hosts=None):
        request.session[NEXT] = going_to
    account = cast(Account, request.user)
    chosen = second_factor.chosen(account)
    return render(
        request,
        "people/second_factor.html",
        {"chosen": chosen, "card_size": settings.MFA_RECOVERY_CODE_COUNT},
    )


def done(request: HttpRequest) -> HttpResponse:
    """After a second factor was added: on to where the person was going."""
    if not second_factor.has_one(request.user):
        return HttpResponseRedirect(reverse("second_factor"))
    return HttpResponseRedirect(request.session.pop(NEXT, "") or reverse("account_own"))


@reauthentication_required(app="allauth.mfa")
def card(request: HttpRequest) -> HttpResponse:
    """A card of single-use codes: asked for by POST, shown once, to be printed."""
    account = cast(Account, request.user)
    if request.method != "POST":
        left = second_factor.codes_left(account) if second_factor.CARD in second_factor.chosen(account) else 0
        context = {"codes_left": left, "card_size": settings.MFA_RECOVERY_CODE_COUNT}
        return render(request, "people/card_ask.html", context)
    return render(request, "people/card.html", {"codes": second_factor.new_card(account), "account": account})


def closed(request: HttpRequest) -> HttpResponse:
    """Pages allauth knows and we do not have: sign-up, e-mail, reset by e-mail."""
    raise Http404


class Recorded:
    """Mixin: the change and its ledger entry in one transaction."""

    act = ""
    kind = ""
    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = cast("HttpResponse", super().form_valid(form))  # type: ignore[misc]
            obj = {"kind": self.kind} if self.kind else {}
            entries.record(self.act, actor=entries.actor_of(self.request.user), obj=obj)
            return response


class AddApp(Recorded, ActivateTOTPView):
    template_name = "people/app.html"
    act, kind = "second-factor-added", "totp"

    def get_success_url(self) -> str:
        return reverse("second_factor_done")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if second_factor.TOTP in second_factor.chosen(cast(Account, request.user)):
            return HttpResponseRedirect(reverse("second_factor"))
        return cast("HttpResponseBase", super().dispatch(request, *args, **kwargs))


class RemoveApp(Recorded, DeactivateTOTPView):
    act, kind = "second-factor-removed", "totp"

    def get_success_url(self) -> str:
        return reverse("account_own")


class AddPasskey(Recorded, AddWebAuthnView):
    template_name = "people/passkey.html"
    act, kind = "second-factor-added", "webauthn"

    def get_success_url(self) -> str:
        return reverse("second_factor_done")


class RemovePasskey(Recorded, RemoveWebAuthnView):
    act, kind = "second-factor-removed", "webauthn"

    def get_success_url(self) -> str:
        return reverse("account_own")


class ChangePassword(Recorded, PasswordChangeView):
    act = "password-changed"

    def get_success_url(self) -> str:
        return reverse("account_own")
