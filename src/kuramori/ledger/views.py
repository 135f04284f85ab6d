"""The record of acts, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuramori.errors import BadInput, Refusal
from kuramori.ledger import checkpoints, exporting, leaving, reading
from kuramori.ledger import entries as acts
from kuramori.ledger.forms import Filter
from kuramori.ledger.models import Checkpoint

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The newest entries that the filter lets through; `?before=<number>` goes back in time."""
    form = Filter(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = reading.page(wanted)
    query = request.GET.copy()
    query["before"] = str(page.next_before)
    context = {
        "form": form,
        "rows": page.rows,
        "older": query.urlencode() if page.next_before else "",
        "is_back": bool(wanted.get("before")),
    }
    return render(request, "ledger/entries.html", context)


@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint as text and QR code, to be kept outside the box."""
    newest = checkpoints.make()
    picture = segno.make(newest.note, error="m").svg_data_uri(scale=4, border=4) if newest else ""
    context: dict[str, Any] = {"checkpoint": newest, "qr": picture}
    context["key"] = checkpoints.signer().verifier_key
    context |= {"left": leaving.newest(), "unproved": leaving.unproved()}
    return render(request, "ledger/checkpoint.html", context)


@require_POST
def kept(request: HttpRequest) -> HttpResponse:
    """Somebody says that this very sheet or photograph is kept outside the box."""
    newest = Checkpoint.objects.filter(size=_number(request.POST.get("size", ""))).first()
    if newest is None:
        raise BadInput("no-such-checkpoint")
    leaving.left("paper", newest, actor=acts.actor_of(request.user))
    messages.success(request, _("Entered. Keep the sheet where the machine is not."))
    return redirect("ledger_checkpoint")


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else -1


@require_POST
async def export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole ledger for the stand-alone verifier; itself an act, and the manager's alone."""
    await sync_to_async(_let_export)(request)
    response = StreamingHttpResponse(exporting.stream(), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="kuramori-ledger.jsonl"'
    return response


def _let_export(request: HttpRequest) -> None:
    if "manager" not in getattr(request, "roles", set()):
        raise Refusal("role-needed", clause="T6a", roles=["manager"])
    acts.record_now("ledger-exported", actor=acts.actor_of(request.user), outcome="allowed")
