"""A package's page: choose and see, wait, write out; and its papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuramori import clock
from kuramori.access import granting, storehouse_session, viewings
from kuramori.errors import BadInput, Refusal
from kuramori.evidence import (
    choosing,
    copies,
    forms,
    jobs,
    packing,
    papers,
    redactions,
    signing,
    usb,
)
from kuramori.evidence.looks import open_look
from kuramori.evidence.models import CHOSEN, FAILED, PACKED, PACKING, Package
from kuramori.evidence.words_for_evidence import WRONG
from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.people.consoles import shows_pictures
from kuramori.places import bodies, pcs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.access.models import Grant
    from kuramori.evidence.copies import Writing
    from kuramori.evidence.models import PackagePart
    from kuramori.people.models import Account

MS = 1_000_000
TYPES = {"zip": "application/zip", "page": "application/octet-stream", "disc": "application/octet-stream"}


@shows_pictures
@require_GET
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Whatever comes next for this package."""
    manager_of(request)
    return shown(request, get_object_or_404(Package, number=number))


@shows_pictures
@require_POST
def look(request: HttpRequest, number: str, part: int) -> HttpResponse:
    """See one part before it is packed: a look like every other, counted."""
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    wanted = get_object_or_404(package.parts, pk=part)
    forms_of = forms.of_package(package, request.POST)
    try:
        if all(form.is_valid() for form in forms_of):
            choosing.choose(by, package, [c for form in forms_of if (c := form.choice())])
        for form in forms_of:
            _keep_boxes(by, package, form)
        grant = open_look(request, wanted) or granting.grant_playback(by, by, wanted.approval)
        if not viewings.open_at(grant, viewings.console_of(request)):
            viewings.begin(grant, by, viewings.console_of(request), pc=pcs.number_of(request))
    except BadInput as wrong:
        messages.error(request, wrong_words(wrong))
    return redirect("package", number=number)


@require_POST
def pack(request: HttpRequest, number: str) -> HttpResponse:
    """Take what was chosen and begin to pack."""
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    chosen = forms.of_package(package, request.POST)
    if not all(form.is_valid() for form in chosen):
        return shown(request, package, chosen)
    try:
        if any(form.drawn for form in chosen):
            raise BadInput("boxes-not-made")
        choosing.choose(by, package, [choice for form in chosen if (choice := form.choice())])
        taken = packing.begin(by, package)
    except BadInput as wrong:
        messages.error(request, wrong_words(wrong))
        return shown(request, package, chosen)
    jobs.start(by, package, taken)
    return redirect("package", number=number)


@require_GET
def progress(request: HttpRequest, number: str) -> JsonResponse:
    """How far packing is, and how many copies were written to their end."""
    manager_of(request)
    package = get_object_or_404(Package, number=number)
    at = packing.progress.get(number)
    said = {"state": _state(package), "percent": at.percent if at else 0}
    return JsonResponse({**said, "written": len(copies.written(package))})


@shows_pictures
@require_POST
async def write(request: HttpRequest, number: str, form: str) -> StreamingHttpResponse:
    """One copy, streamed; nothing of it touches a disk of this machine."""
    writing = await sync_to_async(_begin_writing)(request, number, form)
    response = StreamingHttpResponse(copies.body(writing), content_type=TYPES[form])
    response["Content-Length"] = str(writing.size_bytes)
    response["Content-Disposition"] = f'attachment; filename="{writing.name}"'
    return response


@shows_pictures
@require_POST
def onto_usb(request: HttpRequest, number: str) -> HttpResponse:
    """One copy onto a USB memory that is plugged into this machine."""
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    ready = packing.ready(number, by)
    device = request.POST.get("device", "")
    if device not in [one.device for one in usb.media()]:
        messages.error(request, wrong_words(BadInput("medium-not-removable")))
    elif not jobs.under_way(package):
        usb.start(ready, device, by)
    return redirect("package", number=number)


@shows_pictures
@require_POST
def passphrase(request: HttpRequest, number: str) -> HttpResponse:
    """The passphrase on paper; every printing is in the record."""
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    ready = packing.ready(number, by)
    with transaction.atomic():
        entries.record("package-passphrase-printed", actor=by.actor, obj={"package": number})
    made_on = timezone.localtime(clock.utc(ready.made_ns)).strftime("%Y-%m-%d %H:%M")
    body = str(ready.said["recorded_by"]["body"])
    has_page = packing.has_page(number)
    sheet = papers.passphrase_sheet(package, ready.passphrase, made_on, body, has_page=has_page)
    answer = HttpResponse(sheet, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{number}-passphrase.pdf"'
    return answer


@require_POST
def drop(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing more is to be written: passphrase and permission end now."""
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    packing.forget(number)
    with transaction.atomic():
        if package.state in (CHOSEN, PACKING):
            Package.objects.filter(number=number).update(state="dropped")
        entries.record(
            "package-dropped", actor=by.actor, obj={"package": number, "case": package.case_number}
        )
    messages.success(request, _("The passphrase is gone from this machine."))
    return redirect("package", number=number)


def wrong_words(wrong: BadInput) -> str:
    """What is said of a choice that cannot be packed."""
    return str(WRONG.get(wrong.code, _("This cannot be used as it is.")))


def shown(request: HttpRequest, package: Package, chosen: list[forms.PartForm] | None = None) -> HttpResponse:
    """The page of a package; with `chosen`, what was sent and could not be used stays in its fields."""
    state = _state(package)
    looks = _looks(request, package) if state == CHOSEN else None
    context: dict[str, Any] = {
        "package": package,
        "state": state,
        "forms": chosen or forms.of_package(package),
        "look": looks,
        "timezone": bodies.timezone(),
        "unlocked": storehouse_session.is_unlocked(),
        "ready": packing.is_ready(package.number),
        "has_page": packing.has_page(package.number),
        "copies": package.copies.select_related("made_by"),
        "done": copies.written(package),
        "signer": signing.fingerprint(),
        "why": WRONG.get(package.why, ""),
        "media": usb.media() if state == PACKED else [],
        "usb_failed": WRONG.get(usb.failed.get(package.number, ""), ""),
    }
    if looks is not None:
        grant, part = looks
        from_ms, until_ms = part.approval.start_ns // MS, part.approval.end_ns // MS
        context |= {"grant": grant, "looked": part, "camera": grant.camera}
        context |= {"from_ms": from_ms, "until_ms": until_ms}
    return render(request, "evidence/package.html", context, status=422 if chosen else 200)


def _state(package: Package) -> str:
    """As stored; while a covered film is made or a copy written to a USB memory, the page waits as for
    packing. Packing that no thread does any more (the process began anew) has failed."""
    if package.state in (CHOSEN, PACKED) and jobs.under_way(package):
        return PACKING
    if package.state == PACKING and not jobs.under_way(package):
        package.refresh_from_db()
        if package.state == PACKING:
            return FAILED
    return package.state


def _looks(request: HttpRequest, package: Package) -> tuple[Grant, PackagePart] | None:
    for part in package.parts.select_related("approval__camera"):
        grant = open_look(request, part)
        if grant is not None:
            return grant, part
    return None


def _keep_boxes(by: Account, package: Package, form: forms.PartForm) -> None:
    """Boxes drawn on one camera are not lost when another is looked at."""
    part = package.parts.select_related("approval__camera", "package").filter(pk=form.part.pk).first()
    if part is not None and form.drawn:
        redactions.set_boxes(by, part, redactions.parsed(form.data[f"{form.prefix}-boxes"]), form.method)


def _begin_writing(request: HttpRequest, number: str, form: str) -> Writing:
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    if form not in TYPES:
        raise BadInput("no-such-act")
    if package.state != PACKED:
        raise Refusal("package-not-ready", clause="T6a", package=number)
    return copies.begin(packing.ready(number, by), form, by)
