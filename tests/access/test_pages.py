"""Unlocking, locking and the list of permissions as people meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from kuramori.access import granting, storehouse_session
from kuramori.access.models import Grant
from kuramori.ledger.models import Entry
from kuramori.people import second_factor

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from kuramori.people.models import Account
    from tests.footage.world import World

pytestmark = pytest.mark.django_db


def browser(account: Account) -> Client:
    """Somebody signed in with a second factor."""
    second_factor.new_card(account)
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client


@pytest.fixture(autouse=True)
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is a thread with a database connection of its own: it has tests of its own."""
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


def test_the_manager_opens_and_locks(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    assert "storehouse-state" in page.get("/storehouse/unlock/").content.decode()
    answer = page.post("/storehouse/unlock/", {"passphrase": world.passphrase, "next": "/grants/"})
    assert (answer.status_code, answer["Location"]) == (302, "/grants/")
    assert storehouse_session.is_unlocked()
    assert "/storehouse/lock/" in page.get("/grants/").content.decode()
    page.post("/storehouse/lock/")
    assert not storehouse_session.is_unlocked()


def test_nobody_is_led_away_after_unlocking(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = page.post("/storehouse/unlock/", {"passphrase": world.passphrase, "next": elsewhere})
        assert answer["Location"] == "/storehouse/unlock/"


def test_a_wrong_passphrase_is_said_and_not_shown_again(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    wrong = "1234-1234-1234-1234-1234-1234"
    for _ in range(3):
        answer = page.post("/storehouse/unlock/", {"passphrase": wrong})
        assert answer.status_code == 200 and wrong not in answer.content.decode()
    answer = page.post("/storehouse/unlock/", {"passphrase": world.passphrase})
    assert answer.status_code == 403
    entry = Entry.objects.filter(act="refused").get()
    assert "wait-after-wrong-passphrase" in entry.text
    assert not storehouse_session.is_unlocked()


def test_an_operator_is_refused_and_it_is_in_the_ledger(world: World, now: ManualClock) -> None:
    page = browser(world.operator)
    answer = page.post("/storehouse/unlock/", {"passphrase": world.passphrase})
    assert answer.status_code == 403 and not storehouse_session.is_unlocked()
    assert Entry.objects.filter(act="refused", actor=f"account:{world.operator.pk}").count() == 1


def test_the_list_shows_ones_own_and_to_the_manager_all(world: World, now: ManualClock) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    assert grant.id in browser(world.operator).get("/grants/").content.decode()
    assert f"/grants/{grant.id}/withdraw/" not in browser(world.operator).get("/grants/").content.decode()
    assert f"/grants/{grant.id}/withdraw/" in browser(world.manager).get("/grants/").content.decode()


def test_withdrawing_from_the_list(world: World, now: ManualClock) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    assert browser(world.operator).post(f"/grants/{grant.id}/withdraw/").status_code == 403
    assert Grant.objects.get().withdrawn_ns is None
    assert browser(world.manager).post(f"/grants/{grant.id}/withdraw/").status_code == 302
    assert Grant.objects.get().withdrawn_ns == now.wall_ns()


@pytest.mark.parametrize("path", ["/storehouse/lock/", "/grants/x/withdraw/"])
def test_acts_are_posts(world: World, now: ManualClock, path: str) -> None:
    assert browser(world.manager).get(path).status_code == 405


@pytest.mark.parametrize("path", ["/storehouse/unlock/", "/grants/", "/erasure/", "/erasure/early/"])
def test_nobody_comes_in_unsigned(world: World, now: ManualClock, path: str) -> None:
    assert Client(headers={"host": "localhost"}).get(path).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_watch_locks_an_unused_storehouse_by_itself(
    world: World, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from kuramori.access import auto_lock

    monkeypatch.undo()  # the real one
    monkeypatch.setattr(auto_lock, "EVERY_S", 0.01)
    storehouse_session.unlock(world.passphrase, world.manager)
    auto_lock._watch = threading.Thread(target=auto_lock._run, daemon=True)
    auto_lock._watch.start()
    now.advance_s(15 * 60)
    auto_lock._watch.join(10)
    assert storehouse_session._opened is None
    assert Entry.objects.filter(act="storehouse-lock", actor="program:web").count() == 1
