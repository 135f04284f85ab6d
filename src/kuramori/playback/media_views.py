"""What the player fetches under a grant: playlist, init segments and pieces, decrypted on the fly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from kuramori import clock
from kuramori.access import grant_check, viewings
from kuramori.access.models import Grant
from kuramori.errors import Damaged, Refusal
from kuramori.footage.models import Segment
from kuramori.people.consoles import shows_pictures
from kuramori.playback import bodies, conversion
from kuramori.playback.opened import Opened, open_file, stretches
from kuramori.playback.parts import allows
from kuramori.playback.playlist import playlist
from kuramori.playback.views import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

MP4 = "video/mp4"


@shows_pictures
@require_GET
def index(request: HttpRequest, grant_id: str) -> HttpResponse:
    """The HLS playlist of a grant, from clear headers; gives out no key and no picture. Its addresses are
    relative: under `h264/` they lead to converted pieces."""
    _require_player(request, grant_id)
    grant, now_ns = _grant(grant_id), clock.now_ns()
    grant_check.require_playback(grant, viewer_of(request), now_ns)
    viewings.require(grant, viewings.console_of(request))
    return HttpResponse(
        playlist(list(stretches(grant, now_ns))), content_type="application/vnd.apple.mpegurl"
    )


@shows_pictures
@require_GET
def init(request: HttpRequest, grant_id: str, segment: str, *, convert: bool = False) -> HttpResponse:
    """The initialisation segment (record 0) of one segment."""
    return _pieces(request, grant_id, segment, 0, 0, convert)


@shows_pictures
@require_GET
def piece(
    request: HttpRequest, grant_id: str, segment: str, first: int, last: int, *, convert: bool = False
) -> HttpResponse:
    """Records `first` to `last` of one segment, key frame first, as one media segment.

    `convert`: for a browser that plays H.264 only; what is H.264 already is given as it is.
    """
    return _pieces(request, grant_id, segment, first, last, convert)


def _pieces(
    request: HttpRequest, grant_id: str, segment: str, first: int, last: int, convert: bool
) -> HttpResponse:
    _require_player(request, grant_id)
    grant, viewer = _grant(grant_id), viewer_of(request)
    if grant.account_id == viewer.pk:  # whose it is is asked below, with the key
        viewings.require(grant, viewings.console_of(request))
    opened = _open(grant, segment)  # clear headers only; whether this viewer may is asked with the key
    try:
        if not ((first, last) == (0, 0) and opened.allowed) and not allows(opened.allowed, first, last):
            raise Refusal("grant-other-interval", clause="T7", grant=grant.id)
        begun = bodies.batch(opened, first, last, grant, viewer)  # a refusal is still a page here
        convert = convert and conversion.needs_converting(opened.file.header.codec)
        head = bodies.batch(opened, 0, 0, grant, viewer)[0] if convert else b""
    except BaseException:
        opened.file.close()
        raise
    body = bodies.piece(opened, begun, last, grant, viewer, request.session, head)
    response = StreamingHttpResponse(body, content_type=MP4, headers=conversion.MARK if convert else None)
    # Also when the viewer has left before the body began; Django knows no public way to say so.
    response._resource_closers.append(opened.file.close)  # type: ignore[attr-defined]
    return response  # type: ignore[return-value]


def _require_player(request: HttpRequest, grant_id: str) -> None:
    """Footage goes to the player, not into a tab or a file of its own. Browsers say what they fetch for."""
    if request.headers.get("Sec-Fetch-Dest", "empty") != "empty":
        raise Refusal("no-download", clause="T7", kind="security", grant=grant_id)


def _grant(grant_id: str) -> Grant:
    """The grant's own row and nothing else: what stands behind it is read afresh by `grant_check`."""
    grant = Grant.objects.filter(id=grant_id, kind="playback").first()
    if grant is None:
        raise Refusal("no-grant", clause="T7")
    return grant


def _open(grant: Grant, segment: str) -> Opened:
    row = Segment.objects.filter(id=segment, camera=grant.camera_id).exclude(state="erased").first()
    if row is None:
        raise Refusal("grant-other-interval", clause="T7", grant=grant.id)
    try:
        return open_file(row, grant)
    except (FileNotFoundError, Damaged) as gone:
        raise Refusal("footage-erased", clause="T6e", camera=row.camera, segment=row.id) from gone
