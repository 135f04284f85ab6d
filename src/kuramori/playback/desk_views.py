"""What the viewing desk does beside playing: bookmarks, previews, changes, prints, blocked attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuramori import clock
from kuramori.access import grant_check, viewings
from kuramori.errors import BadInput
from kuramori.people.consoles import shows_pictures
from kuramori.playback import bookmarks, change_search, key_records, preview_workers, stills
from kuramori.playback.views import own_grant, viewer_of, wrong_words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.access.models import Grant

PREVIEW_SIDE_PX = 240
_NS_PER_MS = 1_000_000
LATEST_MS = 8_000_000_000_000


@require_http_methods(["GET", "POST"])
def marked(request: HttpRequest, grant_id: str) -> JsonResponse:
    """The bookmarks of this look; POST sets one (`at`, `words`) or takes one back (`back`)."""
    grant, viewer = _begun(request, grant_id), viewer_of(request)
    if request.method == "POST":
        try:
            if "back" in request.POST:
                bookmarks.take_back(grant, viewer, _number(request.POST["back"]))
            else:
                words = request.POST.get("words", "")
                bookmarks.put(grant, viewer, _at_ns(request.POST.get("at", "")), words)
        except BadInput as wrong:
            return JsonResponse({"wrong": str(wrong_words(wrong))}, status=422)
    rows = bookmarks.of_grant(grant)
    shown = [
        {"id": one.pk, "at": one.at_ns // _NS_PER_MS, "words": one.words, "by": one.made_by.full_name}
        for one in rows
    ]
    return JsonResponse({"bookmarks": shown})


@shows_pictures
@require_GET
def preview(request: HttpRequest, grant_id: str) -> HttpResponse:
    """A small picture of the key frame before a moment: made in a picture worker, kept nowhere."""
    grant, viewer = _begun(request, grant_id), viewer_of(request)
    frame = key_records.before(grant, _at_ns(request.GET.get("at", "")), clock.now_ns())
    if frame is None:
        return HttpResponse(status=204)
    opened = key_records.opened_for(grant, frame)
    try:
        init, unit = key_records.clear(opened, frame.seq, grant, viewer)
    finally:
        opened.file.close()
    try:
        jpeg = preview_workers.small(grant.id, init, unit, PREVIEW_SIDE_PX)
    except BadInput:
        return HttpResponse(status=204)  # a picture that cannot be made is no picture; the film itself plays
    return HttpResponse(
        jpeg, content_type="image/jpeg", headers={"X-Wall-Ms": str(frame.wall_ns // _NS_PER_MS)}
    )


@shows_pictures
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest, grant_id: str) -> JsonResponse:
    """How far the search for changes is; POST begins one (`part`: four sides) or ends it (`stop`)."""
    grant, viewer = _begun(request, grant_id), viewer_of(request)
    if request.method == "POST":
        if "stop" in request.POST:
            change_search.forget(grant.id)
            return JsonResponse({"state": "over"})
        part = [_number(one) for one in request.POST.get("part", "").split(",")]
        if len(part) != 4:
            raise BadInput("part-too-small")
        try:
            change_search.begin(grant, viewer, viewings.console_of(request), request.session, part)
        except BadInput as wrong:
            return JsonResponse({"wrong": str(wrong_words(wrong))}, status=422)
    search = change_search.of(grant)
    return JsonResponse(search.told() if search else {"state": "over"})


@shows_pictures
@require_POST
def still(request: HttpRequest, grant_id: str) -> JsonResponse:
    """Leave to print the picture shown: inside a case, in the ledger first; answers what stands under it."""
    grant = _begun(request, grant_id)
    return JsonResponse(stills.allow(grant, viewer_of(request), _at_ns(request.POST.get("at", ""))))


@require_POST
def blocked(request: HttpRequest, grant_id: str) -> HttpResponse:
    """The page has stopped somebody from printing or saving pictures outside a case or a package."""
    grant = _begun(request, grant_id)
    stills.blocked(grant, viewer_of(request), request.POST.get("what", ""))
    return HttpResponse(status=204)


def _begun(request: HttpRequest, grant_id: str) -> Grant:
    """The grant, valid for whoever asks, its look begun at this console. Raises `Refusal`."""
    grant = own_grant(grant_id)
    grant_check.require_playback(grant, viewer_of(request), clock.now_ns())
    viewings.require(grant, viewings.console_of(request))
    return grant


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 13):
        raise BadInput("not-a-number")
    return int(typed)


def _at_ns(typed: str) -> int:
    """A moment typed by the page in milliseconds, as nanoseconds."""
    at_ms = _number(typed)
    if at_ms > LATEST_MS:
        raise BadInput("not-a-number")
    return at_ms * _NS_PER_MS
