"""Addresses of a look that were good once, asked for again: later, elsewhere, in pieces, or from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import Client

from kuramori import clock
from kuramori.access import approving, granting, storehouse_session
from kuramori.access.models import Viewing
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from tests.footage.world import CLEAR, judge
from tests.playback.test_looks import Look, body, browser, look, no_watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.clock import ManualClock
    from tests.footage.world import World

__all__ = ["look", "no_watch"]
pytestmark = pytest.mark.django_db


def addresses(look: Look) -> list[str]:
    """Everything by which pictures of the look, or the way to them, come."""
    segment = f"{look.url}{look.segment}/"
    return [f"{look.url}index.m3u8", f"{segment}init.mp4", look.piece(31, 31), f"{look.url}h264/index.m3u8",
            f"{look.url}h264/{look.segment}/31-31.m4s"]  # fmt: skip


def taken_back(look: Look, world: World) -> None:
    with transaction.atomic():
        assert look.grant.approval is not None
        approving.take_back(look.grant.approval, world.manager)


ENDS: dict[str, Callable[[Look, World, ManualClock, Client], object]] = {
    "locked": lambda _look, world, _now, _page: storehouse_session.lock(world.manager),
    "withdrawn": lambda look, world, _now, _page: granting.withdraw(look.grant, world.manager),
    "approval taken back": lambda look, world, _now, _page: taken_back(look, world),
    "over": lambda _look, _world, now, _page: now.advance_s(3601),
    "ended by the viewer": lambda look, _world, _now, page: page.post(f"{look.url}end"),
    "gate closed": lambda _look, world, _now, _page: judge(world.camera, "sealed"),
    "appointment ended": lambda _look, world, _now, _page: world.operator.appointments.update(
        revoked_at_ns=clock.now_ns()
    ),
    "signed out": lambda _look, _world, _now, page: page.post("/accounts/logout/"),
    "footage gone": lambda look, _world, _now, _page: Segment.objects.filter(id=look.segment).update(
        state="erased"
    ),
}


@pytest.mark.parametrize("why", ENDS)
def test_an_address_that_was_good_opens_nothing_afterwards(
    look: Look, world: World, now: ManualClock, why: str
) -> None:
    page = look.begun(world)
    stolen = {name: morsel.value for name, morsel in page.cookies.items()}
    assert [page.get(one).status_code for one in addresses(look)] == [200] * 5
    ENDS[why](look, world, now, page)
    for name, value in stolen.items():
        page.cookies[name] = value  # a cookie that was put aside
    before = Entry.objects.filter(outcome="refused").count()
    for one in addresses(look):
        answer = page.get(one)
        assert answer.status_code in (302, 403) or why == "footage gone", (one, answer.status_code)
        assert answer.status_code != 302 or answer["Location"].startswith("/accounts/login/"), one
        assert CLEAR not in (body(answer) if answer.streaming else answer.content), one
    refused = Entry.objects.filter(outcome="refused").count() - before
    assert refused >= {"signed out": 0, "footage gone": 3, "appointment ended": 1}.get(why, 5)


def test_a_second_session_of_the_same_person_begins_a_look_of_its_own(look: Look, world: World) -> None:
    first, second = look.begun(world), browser(world.operator)
    for one in addresses(look):
        assert second.get(one).status_code == 403, one
    assert Entry.objects.filter(outcome="refused", text__contains="grant-other-console").count() == 5
    assert second.post(f"{look.url}begin").status_code == 302
    assert body(second.get(look.piece(31, 31))) == CLEAR
    assert first.get(look.piece(31, 31)).status_code == 403, "the look went to the other screen"
    assert [one.number for one in Viewing.objects.order_by("number")] == [1, 2], "and was counted"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-3"},
        {"Range": "bytes=0-3,5-9", "If-Range": "x"},
        {"Range": "bytes=999999999999-", "If-Match": "*"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"Accept-Encoding": "gzip, br"},
    ],
)
def test_a_piece_comes_whole_or_not_at_all_and_is_known_to_no_cache(
    look: Look, world: World, headers: dict[str, str]
) -> None:
    page = look.begun(world)
    answer = page.get(look.piece(31, 31), headers=headers)
    assert answer.status_code == 200 and body(answer) == CLEAR
    for name in ("ETag", "Last-Modified", "Content-Range", "Accept-Ranges", "Expires", "Content-Encoding"):
        assert name not in answer.headers, name
    assert answer["Cache-Control"] == "no-store, private"
    granting.withdraw(look.grant, world.manager)
    later = page.get(look.piece(31, 31), headers=headers)
    assert later.status_code == 403, "no 304 either"


@pytest.mark.parametrize("method", ["head", "options", "post"])
def test_a_piece_is_fetched_and_nothing_else(look: Look, world: World, method: str) -> None:
    page = look.begun(world)
    for one in addresses(look):
        answer = getattr(page, method)(one)
        assert answer.status_code == 405 and CLEAR not in answer.content, one
    assert not Entry.objects.filter(act="segment-key-asked").exists(), "no key was asked for"
