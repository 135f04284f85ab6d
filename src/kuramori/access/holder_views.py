"""The pages about who holds a key, and about the emergency envelope."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.access import auto_lock, emergency, grant_check, holding, key_opening, storehouse_session
from kuramori.access.forms import Envelope, NewHolder, NewToken
from kuramori.access.models import EmergencyOpening, KeyHolder, StorehouseKeyPair
from kuramori.access.views import token_words, wrong_words
from kuramori.errors import BadInput, WrongPassphrase
from kuramori.paper.documents import envelope_sheet_pdf, recovery_sheet_pdf
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, require_role
from kuramori.places import bodies
from kuramori.vault.holder_token import TokenTrouble

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

ENDINGS = ("removed", "lost")


def holders(request: HttpRequest, shown: dict[str, object] | None = None) -> HttpResponse:
    """Everybody who holds a key; `shown` is what the answer to an act shows this one time."""
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER)
    known = key_opening.holders()
    context = {
        "people": [one for one in known if one.account_id is not None],
        "sheet": next((one for one in known if one.kind == KeyHolder.SHEET), None),
        "envelope": next((one for one in known if one.kind == KeyHolder.ENVELOPE), None),
        "form": NewHolder(),
        "token_form": _token_form(),
        "two_together": key_opening.two_together(),
        "open": storehouse_session.is_unlocked() and storehouse_session.scope() is None,
        "old_copies": holding.old_copies(),
        "alarms": emergency.alarms_for(account),
        **(shown or {}),
    }
    return render(request, "access/holders.html", context)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new key-holder; the digits are in this answer and nowhere else."""
    require_role(cast("Account", request.user), clock.now_ns(), MANAGER)
    form = NewHolder(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("key_holders"))
    account = form.cleaned_data["account"]
    passphrase = holding.add_person(account, cast(Account, request.user))
    return holders(request, {"passphrase": passphrase, "whose": account.full_name})


@require_POST
@sensitive_post_parameters("pin")
def add_token(request: HttpRequest) -> HttpResponse:
    """A new key-holder by a token that is plugged into this machine."""
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER)
    form = _token_form(request.POST)
    if form is None or not form.is_valid():
        return holders(request, {"token_form": form})
    given = form.cleaned_data
    try:
        holding.add_token(given["account"], given["token"], given["pin"], account)
    except WrongPassphrase:
        form.add_error("pin", _("That is not the PIN of this token."))
    except TokenTrouble as trouble:
        form.add_error("token", token_words(trouble))
    else:
        messages.success(request, _("The token opens the storehouse from now on, with its PIN."))
        return HttpResponseRedirect(reverse("key_holders"))
    return holders(request, {"token_form": form})


@require_POST
def end(request: HttpRequest, holder: int) -> HttpResponse:
    """Remove a person, or note that digits are lost."""
    why = request.POST.get("why", "")
    if why not in ENDINGS:
        raise BadInput("why-unknown")
    holding.end(get_object_or_404(KeyHolder, pk=holder), cast(Account, request.user), why)
    messages.success(request, _("That key opens nothing that is recorded from now on."))
    return HttpResponseRedirect(reverse("key_holders"))


@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """A new recovery sheet, to be printed from this answer."""
    lost = request.POST.get("all_lost") == "yes"
    digits = holding.replace_sheet(cast(Account, request.user), all_lost=lost)
    return _paper(request, recovery_sheet_pdf, digits, "sheet")


@require_POST
def envelope(request: HttpRequest) -> HttpResponse:
    """A new emergency envelope, to be printed from this answer."""
    return _paper(request, envelope_sheet_pdf, holding.new_envelope(cast(Account, request.user)), "envelope")


@require_POST
def two(request: HttpRequest) -> HttpResponse:
    """Two together, or each alone."""
    try:
        holding.set_two_together(request.POST.get("on") == "yes", cast(Account, request.user))
    except BadInput:
        messages.error(request, _("At least two keys are needed, each used once since this version."))
    return HttpResponseRedirect(reverse("key_holders"))


@sensitive_post_parameters("passphrase")
def emergency_page(request: HttpRequest) -> HttpResponse:
    """Open by the envelope."""
    account = cast(Account, request.user)
    now_ns = clock.now_ns()
    grant_check.require_appointed(account, now_ns)
    form = Envelope(request.POST or None, timezone=bodies.timezone())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            emergency.open_envelope(
                given["passphrase"],
                account,
                list(given["cameras"]),
                *form.interval_ns(now_ns),
                reason=given["reason"],
                case_text=given["case_text"],
            )
        except WrongPassphrase:
            form.add_error("passphrase", wrong_words(account))
        except BadInput as wrong:
            form.add_error(None, _no_way(wrong))
        else:
            auto_lock.ensure_running()
            return HttpResponseRedirect(reverse("grants"))
    has = KeyHolder.objects.filter(kind=KeyHolder.ENVELOPE, ended_ns=None).exists()
    return render(request, "access/emergency.html", {"form": form, "has_envelope": has})


@require_POST
def seen(request: HttpRequest, opening: str) -> HttpResponse:
    """A key-holder takes note of an opening."""
    emergency.acknowledge(get_object_or_404(EmergencyOpening, id=opening), cast(Account, request.user))
    return HttpResponseRedirect(reverse("key_holders"))


def _token_form(data: QueryDict | None = None) -> NewToken | None:
    """None where this machine speaks to no tokens, or none is plugged in, or the storehouse is locked."""
    module = key_opening.tokens()
    if module is None or not storehouse_session.is_unlocked():
        return None
    try:
        seen = module.seen()
    except TokenTrouble:
        return None
    return NewToken(data, seen=seen) if seen else None


def _paper(request: HttpRequest, make: object, passphrase: str, name: str) -> HttpResponse:
    body = bodies.current()
    pdf = make(  # type: ignore[operator]
        name=body.name if body else "",
        passphrase=passphrase,
        key_id=StorehouseKeyPair.objects.latest("created_ns").key_id,
        made_on=clock.iso(clock.now_ns())[:10],
        made_by=cast(Account, request.user).full_name,
    )
    return holders(request, {"paper": base64.b64encode(pdf).decode(), "paper_name": name})


def _no_way(wrong: BadInput) -> str:
    if wrong.code == "no-footage":
        return _("There is no footage of that time.")
    if wrong.code == "no-envelope":
        return _("There is no envelope in force. Its digits open nothing any more.")
    return _("Choose a time that lies in the past.")
