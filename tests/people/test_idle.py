"""A sign-in that nobody touches gives out nothing until it is unlocked, to the very second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from kuramori import clock, periods
from kuramori.errors import BadInput, Refusal
from kuramori.ledger.models import Entry
from kuramori.people import idle, second_factor
from kuramori.places import bodies
from kuramori.playback.bodies import require_session
from tests.people import dutiful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.people.models import Account

pytestmark = pytest.mark.django_db
BY_HAND = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1", "Sec-Fetch-Dest": "document"}
BY_ITSELF = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "*/*"}
LIMIT_S = periods.IDLE_MINUTES * 60


@pytest.fixture(autouse=True)
def somebody_stays() -> Iterator[None]:
    """Nobody does, here; and wrong tries count for one test alone."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def hands() -> Iterator[clock.ManualClock]:
    with clock.use(clock.ManualClock(clock.now_ns())) as hands:
        yield hands


@pytest.fixture
def manager(hands: clock.ManualClock) -> Account:
    return dutiful.manager(operates=True)


@pytest.fixture
def codes(manager: Account) -> list[str]:
    return second_factor.new_card(manager)


@pytest.fixture
def screen(manager: Account, codes: list[str]) -> Client:
    bodies.write({"name": "会", "address": "町", "telephone": "0"}, manager.actor)
    client = Client(headers={"host": "localhost"})
    client.force_login(manager)
    assert client.get("/people/", headers=BY_HAND).status_code == 200
    return client


def acts() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("act", flat=True))


def test_untouched_it_locks_at_the_very_second_and_fetches_nothing(
    screen: Client, hands: clock.ManualClock
) -> None:
    hands.advance_s(LIMIT_S - 1)
    assert screen.get("/ledger/", headers=BY_ITSELF).status_code == 200
    hands.advance_s(1)
    assert screen.get("/ledger/", headers=BY_ITSELF).status_code == 403
    assert screen.post("/people/", headers=BY_HAND).status_code == 403
    led = screen.get("/people/?a=1", headers=BY_HAND)
    assert led.status_code == 302
    assert led["Location"] == "/account/locked/?next=%2Fpeople%2F%3Fa%3D1"
    assert acts().count("session-locked") == 1
    newest = Entry.objects.filter(outcome="refused").order_by("-seq").first()
    assert newest is not None and '"session-locked"' in newest.text


def test_what_pages_fetch_by_themselves_keeps_nothing_open(screen: Client, hands: clock.ManualClock) -> None:
    """A live wall that runs, a state asked for every three seconds, a proof renewed: nobody is there."""
    for _ in range(LIMIT_S // 60):
        hands.advance_s(60)
        last = screen.get("/state/", headers=BY_ITSELF).status_code
        screen.get("/state/", headers={"HX-Request": "true", "Accept": "*/*"})
        screen.get("/account/touched/", headers=BY_ITSELF)
        screen.get("/", headers={"Sec-Fetch-Mode": "navigate", "Accept": "text/html"})  # reloaded by a script
    assert last == 403


def test_a_touch_of_the_page_keeps_it_open(screen: Client, hands: clock.ManualClock) -> None:
    for _ in range(5):
        hands.advance_s(LIMIT_S - 1)
        assert screen.post("/account/touched/", headers=BY_ITSELF).json()["left_s"] == LIMIT_S
    hands.advance_s(LIMIT_S)
    assert screen.post("/account/touched/", headers=BY_ITSELF).json()["left_s"] == 0, "too late"
    assert screen.get("/people/", headers=BY_HAND).status_code == 302


@pytest.mark.parametrize("way", ["password", "code"])
def test_password_or_second_factor_unlocks_and_leads_back(
    screen: Client, hands: clock.ManualClock, codes: list[str], way: str
) -> None:
    hands.advance_s(LIMIT_S)
    page = "/account/locked/?next=/people/"
    assert "画面を閉じています" in screen.get(page, headers=BY_HAND).content.decode()
    assert screen.post(page, {way: "wrong"}).status_code == 422
    assert screen.get("/people/").status_code == 302
    right = {"password": dutiful.PASSWORD, "code": codes[0]}[way]
    back = screen.post("/account/locked/", {way: right, "next": "/people/"})
    assert back.status_code == 302 and back["Location"] == "/people/"
    assert screen.get("/people/", headers=BY_HAND).status_code == 200
    told = acts()
    assert told.index("session-locked") < told.index("session-unlocked")
    assert Entry.objects.filter(act="signed-in", outcome="failed").exists(), "the wrong one is in the record"


def test_guessing_is_stopped(screen: Client, hands: clock.ManualClock) -> None:
    hands.advance_s(LIMIT_S)
    for _ in range(12):
        screen.post("/account/locked/", {"password": "guess guess guess"})
    screen.post("/account/locked/", {"password": dutiful.PASSWORD})
    assert screen.get("/people/", headers=BY_HAND).status_code == 302, "the right one comes too late"


def test_unlocking_leads_nowhere_else(screen: Client, hands: clock.ManualClock) -> None:
    for elsewhere in ("https://example.org/", "//example.org", "/account/locked/?next=/account/locked/"):
        hands.advance_s(LIMIT_S)
        back = screen.post("/account/locked/", {"password": dutiful.PASSWORD, "next": elsewhere})
        assert back["Location"] == "/", elsewhere


def test_whoever_gets_up_covers_it_at_once(screen: Client) -> None:
    assert screen.post("/account/lock/", {"next": "/people/"})["Location"].startswith("/account/locked/")
    assert screen.get("/people/", headers=BY_HAND).status_code == 302
    assert acts()[-1] == "session-locked"


def test_running_pictures_stop(screen: Client, hands: clock.ManualClock) -> None:
    """What live and playback ask every half second."""
    session = screen.session
    require_session(session)
    hands.advance_s(LIMIT_S)
    with pytest.raises(Refusal, match="session-locked"):
        require_session(session)
    screen.post("/account/locked/", {"password": dutiful.PASSWORD})
    require_session(session)
    screen.post("/accounts/logout/")
    with pytest.raises(Refusal, match="no-grant"):
        require_session(session)


def test_setting_the_clock_back_opens_nothing(screen: Client, hands: clock.ManualClock) -> None:
    hands.advance_s(LIMIT_S / 2)
    screen.post("/account/touched/", headers=BY_ITSELF)
    hands.advance_s(LIMIT_S)
    hands.step_wall_s(-LIMIT_S - 60)
    assert screen.get("/people/", headers=BY_HAND).status_code == 302


def test_the_body_sets_the_minutes_within_bounds(
    screen: Client, manager: Account, hands: clock.ManualClock
) -> None:
    for wrong in ("0", "31", "x", "-1", "9999"):
        screen.post("/consoles/minutes/", {"minutes": wrong})
        assert bodies.idle_minutes() == periods.IDLE_MINUTES
    screen.post("/consoles/minutes/", {"minutes": "3"})
    hands.advance_s(10)
    screen.get("/people/", headers=BY_HAND)
    hands.advance_s(180)
    assert screen.get("/people/", headers=BY_HAND).status_code == 302
    with pytest.raises(BadInput):
        bodies.set_idle_minutes(0, manager.actor)
    assert "idle-minutes-set" in acts()


def test_signing_out_is_always_possible(screen: Client, hands: clock.ManualClock) -> None:
    hands.advance_s(LIMIT_S)
    screen.post("/accounts/logout/")
    assert screen.get("/people/")["Location"].startswith("/accounts/login/")


def test_a_browser_that_says_nothing_of_hands_is_judged_by_what_it_asks_for() -> None:
    from django.test import RequestFactory

    make = RequestFactory().get
    assert idle.by_hand(make("/", headers={"Accept": "text/html,*/*"}))
    assert not idle.by_hand(make("/", headers={"Accept": "*/*"}))
    assert not idle.by_hand(make("/", headers={"Accept": "text/html", "HX-Request": "true"}))
