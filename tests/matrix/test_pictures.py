"""Every address that shows pictures is marked, so that the doors ask which PC they go to.

An address is under suspicion when its view's code, or code of its own room that it names, names a source
of pictures. Suspected and neither marked nor named here: the test fails.
"""

from __future__ import annotations

import inspect
from types import CodeType
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from kuramori.ledger.models import Entry
from tests.cases.rig import browser
from tests.matrix.test_addresses import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.clock import ManualClock
    from tests.footage.world import World

SOURCES = (
    "kuramori.access.granted_footage",
    "kuramori.access.released_keys",
    "kuramori.footage.recorder_socket",
    "kuramori.pictures",
    "kuramori.vault.segment_reader",
)
"""Modules (or rooms) by which clear pictures, stored or live, come into the pages' process."""
SHOWS = {
    "live", "live-camera", "live-look", "live-stream", "live-wall", "live-wall-begin", "live-wall-stream",
    "player", "player-begin", "player-together",
    "player-together-begin", "player-playlist", "player-init", "player-piece", "player-preview",
    "player-changes", "player-still", "player-playlist-h264", "player-init-h264", "player-piece-h264",
    "package", "package_look", "package_write", "package_usb",
    "package_passphrase",  # no picture, and what opens them
    "package_redact", "redacted_film", "redacted_look", "redacted_checked", "redacted_piece",
    "setup_picture", "setup_range", "setup_approved_picture",
}  # fmt: skip
WITHOUT = {
    "playback": {
        "playback", "coverage", "calendar", "said-time",  # when there is footage, not what it shows
        "player-bookmarks", "player-blocked", "player-status", "player-end",  # words about a look
    },
    "evidence": {
        "package_pack", "package_progress", "package_drop",  # nothing goes to the PC
        "redacted_ask", "redacted_progress",  # another person is asked; how far it is
        "time_stamper", "evidence_signer",
    },
}  # fmt: skip
"""Looked at by a person: these addresses of the rooms with pictures send none."""
ALONE = {
    "confirm_clock", "disk_act", "disks", "metrics", "status", "weekly_sheet",  # figures of the recorder
    "device_register", "setup_camera", "setup_look",  # a camera is tried; its picture is behind setup_picture
    "medium_destroy", "register_correct", "register_new", "register_scan", "register_step",  # papers come in
    "plan_drawing", "setup_sign", "setup_sign_photo",  # a drawing or a photo of a sign comes in
}  # fmt: skip
"""Looked at by a person: views elsewhere that name a source of pictures and send none."""
FROM_ELSEWHERE = "192.168.7.20"


def views(patterns: list[Any] | None = None) -> Iterator[tuple[str, Any]]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        elif isinstance(one, URLPattern):
            yield str(one.name), one.callback


def reaches_pictures(view: Any) -> bool:
    """Whether a view's code, or code of its own room that it names, names something of a source."""
    function = inspect.unwrap(view)
    room, seen, waiting = _room(function), set(), [function]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for named in _named(one):
            where = named.__name__ if inspect.ismodule(named) else str(getattr(named, "__module__", ""))
            if where.startswith(SOURCES):
                return True
            if _room(named) == room and not inspect.ismodule(named):
                waiting.append(named)
    return False


def _named(one: Any) -> Iterator[Any]:
    """Every module, class and function that the code of a function or class names."""
    one = inspect.unwrap(one) if callable(one) else one
    if inspect.isclass(one):
        yield from (part for part in vars(one).values() if inspect.isfunction(part))
        return
    if not inspect.isfunction(one):
        return
    names: set[str] = set()
    codes = [one.__code__]
    while codes:
        code = codes.pop()
        names |= set(code.co_names)
        codes += [part for part in code.co_consts if isinstance(part, CodeType)]
    for name in names:
        found = one.__globals__.get(name)
        if inspect.ismodule(found):
            yield found
            yield from (vars(found)[part] for part in names & set(vars(found)))
        elif found is not None:
            yield found


def _room(thing: Any) -> str:
    where = thing.__name__ if inspect.ismodule(thing) else str(getattr(thing, "__module__", ""))
    return ".".join(where.split(".")[:2])


def marked(view: Any) -> bool:
    return bool(getattr(view, "shows_pictures", False))


def test_every_view_that_shows_pictures_is_marked_and_every_suspect_is_known() -> None:
    """A new address in a room with pictures is marked `@shows_pictures`, or named above with its reason."""
    known = {name for names in WITHOUT.values() for name in names}
    every = dict(views())
    assert {name for name, view in every.items() if marked(view)} == SHOWS
    rooms = {name: inspect.unwrap(view).__module__.split(".")[1] for name, view in every.items()
             if inspect.unwrap(view).__module__.startswith("kuramori.")}  # fmt: skip
    forgotten = {name for name, room in rooms.items() if room in WITHOUT} - SHOWS - known
    assert not forgotten, f"does it show pictures? {sorted(forgotten)}"
    assert known <= set(rooms), "named here, but gone"


def test_pictures_come_from_no_other_room() -> None:
    """A view of another room that reaches a source of pictures is looked at before it is let through."""
    suspects = {
        name
        for name, view in views()
        if not marked(view)
        and (room := _room(inspect.unwrap(view))).startswith("kuramori.")
        and room.removeprefix("kuramori.") not in WITHOUT
        and reaches_pictures(view)
    }
    assert suspects == ALONE, suspects ^ ALONE


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_marked_address_answers_another_pc(world: World, now: ManualClock, method: str) -> None:
    """The right role with a second factor; only the PC is nobody's: no picture, and a no in the ledger."""
    other = browser(world.manager)
    other.defaults["REMOTE_ADDR"] = FROM_ELSEWHERE
    paths = dict(ALL)
    for name in sorted(SHOWS):
        before = Entry.objects.filter(outcome="refused").count()
        answer = getattr(other, method)(paths[name], headers={"Sec-Fetch-Dest": "image"})
        assert answer.status_code == 403, (name, answer.status_code)
        assert Entry.objects.filter(outcome="refused").count() == before + 1, name
    led = other.get(paths["live"])
    assert led.status_code == 302 and led["Location"].startswith("/consoles/prove/")
