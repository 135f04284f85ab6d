"""Covering people in a part of a package: boxes from the page, the film of them, its check by another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuramori import clock
from kuramori.access import grant_check, granting, storehouse_session, viewings
from kuramori.errors import BadInput, Refusal
from kuramori.evidence import choosing, forms, jobs, packing, redacted_films, redactions
from kuramori.evidence.looks import grants_of, open_look
from kuramori.evidence.models import Package, Redaction
from kuramori.evidence.views import shown, wrong_words
from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.people.consoles import shows_pictures
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, in_force, require_role, role_of
from kuramori.places import bodies, pcs

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from kuramori.evidence.models import PackagePart

RANGE_BYTES = 1024 * 1024
"""At most so much at a time: then the grant is asked again."""
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


@shows_pictures
@require_POST
def redact(request: HttpRequest, number: str, part: int) -> HttpResponse:
    """Take the boxes over and make the film of them."""
    by, package = manager_of(request), get_object_or_404(Package, number=number)
    wanted = _part(package, part)
    if open_look(request, wanted) is None:
        raise Refusal("viewing-not-begun", clause="T7")
    chosen = forms.of_package(package, request.POST)
    try:
        if not all(form.is_valid() for form in chosen):
            raise BadInput("chosen-wrong")
        if jobs.under_way(package):
            raise BadInput("package-already-packed")
        choosing.choose(by, package, [choice for form in chosen if (choice := form.choice())])
        wanted = _part(package, part)
        said = redactions.parsed(request.POST.get(f"p{part}-boxes", ""))
        if not said and redactions.newest(wanted) is None:
            raise BadInput("boxes-none")
        row = redactions.set_boxes(by, wanted, said, request.POST.get(f"p{part}-method", ""))
        if row.boxes:
            jobs.start_films(by, row)
            return redirect("redacted_film", number=number, part=part)
        messages.success(request, _("Nothing is covered in this part any more."))
    except BadInput as wrong:
        messages.error(request, wrong_words(wrong))
        return shown(request, package, chosen)
    return redirect("package", number=number)


@shows_pictures
@require_GET
def film(request: HttpRequest, number: str, part: int) -> HttpResponse:
    """The film, for whoever made it and for whoever is to check it."""
    account, package = _person(request), get_object_or_404(Package, number=number)
    wanted = _part(package, part)
    row, mine = redactions.newest(wanted), grants_of(account, wanted)
    manages = MANAGER in role_of(account, clock.now_ns())
    if not manages and not mine.exists():
        raise Refusal("no-grant", clause="T7")
    look = open_look(request, wanted)
    films = redacted_films.held(row) if row else []
    context: dict[str, Any] = {
        "package": package,
        "part": wanted,
        "row": row,
        "films": list(range(len(films))),
        "look": look,
        "manages": manages,
        "may_check": row is not None and redactions.may_check(account, row),
        "alone": bool(row and row.made_by_id == account.pk),
        "people": _others(account) if row and row.made_by_id == account.pk else [],
        "under_way": jobs.under_way(package),
        "failed": wrong_words(BadInput(redacted_films.failed[number]))
        if number in redacted_films.failed
        else "",
        "unlocked": storehouse_session.is_unlocked(),
        "timezone": bodies.timezone(),
    }
    return render(request, "evidence/film.html", context)


@require_GET
def progress(request: HttpRequest, number: str, part: int) -> JsonResponse:
    """How far making it is."""
    _person(request)
    package = get_object_or_404(Package, number=number)
    _part(package, part)
    at = packing.progress.get(number)
    return JsonResponse({"under_way": jobs.under_way(package), "percent": at.percent if at else 0})


@shows_pictures
@require_POST
def look(request: HttpRequest, number: str, part: int) -> HttpResponse:
    """Begin to look at the film: counted and written down like every look."""
    account, wanted = _person(request), _part(get_object_or_404(Package, number=number), part)
    grant = grants_of(account, wanted).first()
    if grant is None:
        grant = granting.grant_playback(manager_of(request), account, wanted.approval)
    viewings.begin(grant, account, viewings.console_of(request), pc=pcs.number_of(request))
    return redirect("redacted_film", number=number, part=part)


@require_POST
def ask(request: HttpRequest, number: str, part: int) -> HttpResponse:
    """Let another person look at the film, to check it."""
    by, wanted = manager_of(request), _part(get_object_or_404(Package, number=number), part)
    row = redactions.newest(wanted)
    checker = _others(by).filter(pk=_number(request.POST.get("checker", ""))).first()
    if row is None or checker is None:
        messages.error(request, wrong_words(BadInput("no-such-person")))
        return redirect("redacted_film", number=number, part=part)
    granting.grant_playback(by, checker, wanted.approval)
    with transaction.atomic():
        entries.record(
            "redaction-check-asked",
            actor=by.actor,
            obj={"package": number, "redaction": row.pk},
            detail={"checker": checker.actor},
        )
    messages.success(request, _("%(name)s can look at it now, on the page of the case.") % {"name": checker})
    return redirect("redacted_film", number=number, part=part)


@shows_pictures
@require_POST
def checked(request: HttpRequest, number: str, part: int) -> HttpResponse:
    """The second person has watched it and says that nobody is to be recognised."""
    account, wanted = _person(request), _part(get_object_or_404(Package, number=number), part)
    row = get_object_or_404(Redaction, part=wanted, pk=_number(request.POST.get("row", "")))
    if open_look(request, wanted) is None:
        raise Refusal("viewing-not-begun", clause="T7")
    try:
        redactions.check(account, row, redacted_films.seen(row, account.pk))
        messages.success(request, _("Checked. It can be packed now."))
    except BadInput as wrong:
        messages.error(request, wrong_words(wrong))
    return redirect("redacted_film", number=number, part=part)


@shows_pictures
@require_GET
def piece(request: HttpRequest, number: str, part: int, row: int, index: int) -> HttpResponse:
    """A stretch of the film, out of memory, as a player asks for it; the grant is asked each time."""
    if request.headers.get("Sec-Fetch-Dest", "video") not in ("video", "empty"):
        raise Refusal("no-download", clause="T7", kind="security", package=number)
    account, wanted = _person(request), _part(get_object_or_404(Package, number=number), part)
    kept = get_object_or_404(Redaction, part=wanted, pk=row)
    grant = open_look(request, wanted)
    if grant is None:
        raise Refusal("viewing-not-begun", clause="T7")
    grant_check.require_playback(grant, account, clock.now_ns())
    films = redacted_films.held(kept)
    if index >= len(films):
        raise Refusal("package-not-ready", clause="T6a", package=number)
    data = films[index].data
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(asked[1]) if asked else len(data)
    last = min(int(asked[2] or len(data)) if asked else 0, len(data) - 1, first + RANGE_BYTES - 1)
    if last < first:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    if last == len(data) - 1:
        redacted_films.fetched(kept, account.pk, index)
    answer = HttpResponse(data[first : last + 1], status=206, content_type="video/mp4")
    answer["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _person(request: HttpRequest) -> Account:
    account = cast("Account", request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    return account


def _part(package: Package, part: int) -> PackagePart:
    return get_object_or_404(package.parts.select_related("approval__camera", "package"), pk=part)


def _others(account: Account) -> QuerySet[Account]:
    holders = in_force(clock.now_ns()).values("account")
    return Account.objects.filter(pk__in=holders).exclude(pk=account.pk).order_by("full_name")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
