"""The search for changes in a drawn part of the picture: one a grant, in memory, gone with the grant.

A thread of `web` opens key frame by key frame under the grant and has a picture worker reduce the drawn part
to a few hundred grey values. First every sixteenth key frame, then all the others, so that what stays changed
is known early. Everything the look itself is asked is asked again twice a second; a no wipes what was found.
When nobody has asked about it for a while it is wiped too. Nothing is written but that it was begun, by whom.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

from kuramori import clock
from kuramori.access import grant_check, viewings
from kuramori.errors import BadInput, Damaged, KuramoriError, Refusal
from kuramori.ledger import entries
from kuramori.pictures.key_pictures import KeyPictures
from kuramori.pictures.key_pictures_shape import SCALE
from kuramori.playback import change_rules, key_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.sessions.backends.base import SessionBase

    from kuramori.access.models import Grant
    from kuramori.people.models import Account
    from kuramori.playback.change_rules import Moment
    from kuramori.playback.key_records import KeyFrame

COARSE = 16
ASK_AGAIN_S = 0.5
KEPT_UNASKED_S = 120.0
MOST_AT_ONCE = 2
LEAST_SIDE = 50  # of SCALE

_lock = threading.Lock()
_searches: dict[str, Search] = {}


@dataclass
class Search:
    """One search. `state`: running, done, over (wiped)."""

    grant: Grant
    viewer: Account
    console: str
    session: SessionBase | None
    box: tuple[int, int, int, int]
    state: str = "running"
    of: int = 0
    times_ns: list[int] = field(default_factory=list)
    seen: dict[int, bytes] = field(default_factory=dict)
    asked_s: float = field(default_factory=time.monotonic)

    def told(self) -> dict[str, object]:
        """How far it is, and the moments so far (milliseconds)."""
        self.asked_s = time.monotonic()
        found = self.found()
        return {
            "state": self.state,
            "done": len(self.seen),
            "of": self.of,
            "moments": [
                {"from": one.start_ns // 1_000_000, "until": one.end_ns // 1_000_000, "lasting": one.lasting}
                for one in found
            ],
        }

    def found(self) -> list[Moment]:
        return change_rules.moments(self.times_ns, dict(self.seen)) if self.state != "over" else []

    def wipe(self) -> None:
        self.state = "over"
        self.seen.clear()
        self.times_ns.clear()


def begin(
    grant: Grant, viewer: Account, console: str, session: SessionBase | None, box: Sequence[int]
) -> Search:
    """Begin a search, in the ledger first; an older one of the grant ends. Raises `Refusal`, `BadInput`."""
    left, top, right, bottom = box
    inside = min(left, top) >= 0 and max(right, bottom) <= SCALE
    if not inside or right - left < LEAST_SIDE or bottom - top < LEAST_SIDE:
        raise BadInput("part-too-small")
    search = Search(grant, viewer, console, session, (left, top, right, bottom))
    _require_still(search)
    forget(grant.id)
    with _lock:
        if sum(one.state == "running" for one in _searches.values()) >= MOST_AT_ONCE:
            raise BadInput("pictures-busy")
        _searches[grant.id] = search
    with transaction.atomic(durable=True):
        entries.record(
            "changes-searched",
            actor=viewer.actor,
            obj={"grant": grant.id, "camera": grant.camera_id, "case": grant.case_text},
            outcome="allowed",
            reason=grant.reason,
            detail={"part": ",".join(map(str, search.box))},
        )
    threading.Thread(target=_in_thread, args=(search,), daemon=True).start()
    return search


def of(grant: Grant) -> Search | None:
    """The search of a grant, if there is one that is not wiped."""
    found = _searches.get(grant.id)
    return found if found and found.state != "over" else None


def forget(grant_id: str) -> None:
    """Stop and wipe."""
    with _lock:
        search = _searches.pop(grant_id, None)
    if search is not None:
        search.wipe()


def _in_thread(search: Search) -> None:
    try:
        with KeyPictures() as worker:
            run(search, worker)
        while search.state == "done" and time.monotonic() - search.asked_s < KEPT_UNASKED_S:
            _require_still(search)
            time.sleep(1.0)
    except KuramoriError:
        pass  # a no, a lost worker: what was found goes either way
    finally:
        search.wipe()
        connection.close()


def run(search: Search, worker: KeyPictures) -> None:
    """Look at every key frame, coarsely first. Raises `Refusal` once the look is not allowed any more."""
    frames = list(key_records.of_grant(search.grant, clock.now_ns()))
    search.times_ns = [frame.wall_ns for frame in frames]
    search.of = len(frames)
    coarse = list(range(0, len(frames), COARSE))
    for chosen in (coarse, sorted(set(range(len(frames))) - set(coarse))):
        _look_at(search, worker, frames, chosen)
    if search.state == "running":
        search.state = "done"


def _look_at(search: Search, worker: KeyPictures, frames: Sequence[KeyFrame], chosen: Sequence[int]) -> None:
    asked_s = 0.0
    opened = None
    open_id = ""
    try:
        for index in chosen:
            if search.state != "running":
                return
            if time.monotonic() - asked_s > ASK_AGAIN_S:
                _require_still(search)
                asked_s = time.monotonic()
            frame = frames[index]
            if opened is None or open_id != frame.row.id:
                if opened is not None:
                    opened.file.close()
                opened, open_id = key_records.opened_for(search.grant, frame), frame.row.id
            try:
                init, unit = key_records.clear(opened, frame.seq, search.grant, search.viewer)
                search.seen[index] = worker.part(init, unit, search.box)
            except (BadInput, Damaged):
                search.of -= 1  # one key frame that nobody can read does not end the search
    finally:
        if opened is not None:
            opened.file.close()


def _require_still(search: Search) -> None:
    session = search.session
    if session is not None and not (session.session_key and session.exists(session.session_key)):
        raise Refusal("no-grant", clause="T7")
    grant_check.require_playback(search.grant, search.viewer, clock.now_ns())
    viewings.require(search.grant, search.console)
