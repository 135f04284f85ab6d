"""Officers change: one page, one moment; nothing of the person who leaves stays open, nothing is orphaned."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kuramori import clock
from kuramori.access import storehouse_keys, storehouse_session
from kuramori.access.models import KeyHolder
from kuramori.desk import hand_over
from kuramori.errors import BadInput, Refusal, WrongPassphrase
from kuramori.ledger.models import Entry
from kuramori.people import enrolment, lesson, roles, second_factor, sessions, standing
from kuramori.people.models import Account, Appointment
from kuramori.places.room_models import Room
from tests.guideline.entering import BACKEND, browser, day, enter
from tests.guideline.set_up import PASSWORD, SetUpBody, set_up
from tests.people.dutiful import pledge_and_train
from tests.retention.test_pages import pdf_words

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"full_name": "山本 次郎", "username": "yamamoto", "post": "会長"}
RIGHT = {one.key: str(one.right) for one in lesson.QUESTIONS}
CHOSEN = {"password": PASSWORD, "repeated": PASSWORD}
SAID = {**RIGHT, **CHOSEN, "version": "1", "pledged": "on", "accepted": "on"}


@pytest.fixture
def body(data: Any, now: clock.ManualClock) -> SetUpBody:
    return set_up(key=False)


@pytest.fixture
def digits(body: SetUpBody) -> tuple[str, str]:
    """The old manager's and the recovery sheet's; the storehouse is locked."""
    return storehouse_keys.create_first_pair(body.manager)


def offered(page: Client, body: SetUpBody) -> str:
    """The manager prepares the hand-over of everything that is theirs; returns the link's path."""
    pk = roles.appointed(clock.now_ns()).filter(account=body.manager).latest("pk").pk
    said = page.post(f"/people/{pk}/hand-over/", {**NEW, "until": day(390)}).content.decode()
    return "/" + said.split('id="invitation-link">')[1].split("<")[0].split("/", 3)[3]


def moved(page: Client, act: str) -> None:
    """Key 1 of the only room was lent to the old manager, or came back."""
    room = Room.objects.get().pk
    said = {"room": room, "key": "1", "act": act, "done_on": day(), "person": "佐藤花子"}
    assert page.post("/registers/keys/new/", said).status_code == 302


def stranger() -> Client:
    return Client(headers={"host": "localhost"})


def told(page: Client, successor: Account) -> str:
    pk = Appointment.objects.filter(account=successor, succeeds__isnull=False).earliest("pk").pk
    return str(page.get(f"/people/{pk}/handed-over/").content.decode())


def test_officers_change_in_one_moment(
    body: SetUpBody, digits: tuple[str, str], now: clock.ManualClock
) -> None:
    leaver, page = body.manager, browser(body.manager)
    room = {"name": "事務所", "holds": "録画機", "lock": "錠", "allowed": "役員", "keys": "1"}
    enter(page, "rooms", **room, checked_on=day())
    moved(page, "lent")
    link = offered(page, body)
    successor = Account.objects.get(username="yamamoto")
    assert roles.role_of(successor, now.wall_ns()) == set()
    # Wrong answers, no pledge, another password: nothing has changed, and the old manager still acts.
    for wrong in ({lesson.QUESTIONS[0].key: "9"}, {"pledged": ""}, {"repeated": "anders anders anders"}):
        assert stranger().post(link, SAID | wrong).status_code == 422
    assert page.get("/people/").status_code == 200
    storehouse_session.unlock(digits[0], leaver)
    now.advance_s(60)
    theirs = stranger()
    said = theirs.post(link, SAID).content.decode()
    moment = now.wall_ns()
    assert roles.role_of(successor, moment) == {"manager", "operator"}
    assert roles.role_of(leaver, moment) == set()
    spans = standing.role_spans("manager")
    assert {(one.account, one.until_ns) for one in spans if one.account == leaver.pk} == {(leaver.pk, moment)}
    assert min(one.from_ns for one in spans if one.account == successor.pk) == moment, "no gap"
    # The old screens and the old key are dead; the new key opens.
    assert page.get("/people/").status_code in (302, 403)
    assert not storehouse_session.is_unlocked()
    own = said.split('id="digits">')[1].split("<")[0]
    with pytest.raises((WrongPassphrase, Refusal)):
        storehouse_session.unlock(digits[0], successor)
    storehouse_session.unlock(own, successor)
    storehouse_session.lock(successor)
    assert set(KeyHolder.objects.get(account=leaver).locked) == set(), "emptied"
    assert own not in "".join(Entry.objects.values_list("text", flat=True))
    assert stranger().get(link).status_code == 404, "once"
    # First a second factor, then everything; what only people can do is listed until done.
    assert theirs.get("/people/")["Location"].startswith("/account/second-factor/")
    successor.refresh_from_db()
    mine = browser(successor)
    listed = told(mine, successor)
    assert "事務所 1" in listed and "復旧用紙" in listed and "鍵を持っていません" not in listed
    storehouse_session.unlock(own, successor)
    now.advance_s(60)
    assert mine.post("/storehouse/holders/sheet/").status_code == 200
    moved(mine, "returned")
    assert "すべて整っています" in told(mine, successor)


def test_the_paper_names_both_before_and_after(
    body: SetUpBody, digits: tuple[str, str], now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    link = offered(page, body)
    pk = Appointment.objects.filter(succeeds__isnull=False).earliest("pk").pk
    before = "".join(pdf_words(page.get(f"/people/{pk}/hand-over.pdf").content).split())
    assert "佐藤花子" in before and "山本次郎" in before and "後任が承諾した時" in before
    assert "まだ承諾していません" in page.get(f"/people/{pk}/handed-over/").content.decode()
    stranger().post(link, SAID)
    mine = browser(Account.objects.get(username="yamamoto"))
    after = "".join(pdf_words(mine.get(f"/people/{pk}/hand-over.pdf").content).split())
    assert "前任の鍵は終わった" in after and "後任は鍵を持たない" in after


def test_a_locked_storehouse_gives_no_key_but_takes_the_old_one(
    body: SetUpBody, digits: tuple[str, str], now: clock.ManualClock
) -> None:
    link = offered(browser(body.manager), body)
    said = stranger().post(link, SAID).content.decode()
    successor = Account.objects.get(username="yamamoto")
    assert 'id="digits"' not in said and roles.MANAGER in roles.role_of(successor, now.wall_ns())
    assert not KeyHolder.objects.filter(account__isnull=False, ended_ns=None).exists()
    assert "新しい管理責任者は鍵を持っていません" in told(browser(successor), successor)
    storehouse_session.unlock(digits[1], successor)  # the sheet in the safe
    storehouse_session.lock(successor)


def test_the_last_key_is_not_lost_with_the_person(
    body: SetUpBody, digits: tuple[str, str], now: clock.ManualClock
) -> None:
    KeyHolder.objects.filter(kind=KeyHolder.SHEET).update(ended_ns=now.wall_ns(), ended_why="lost")
    link = offered(browser(body.manager), body)
    assert "最後の鍵" in stranger().post(link, SAID).content.decode()
    successor = Account.objects.get(username="yamamoto")
    assert KeyHolder.objects.filter(account=body.manager, ended_ns=None).exists()
    assert roles.role_of(body.manager, now.wall_ns()) == set()
    assert "まだ保管庫(蔵)の鍵を持っています" in told(browser(successor), successor)


def test_only_managers_hand_over_and_the_ordinary_link_leads_to_the_one_page(
    body: SetUpBody, digits: tuple[str, str], now: clock.ManualClock
) -> None:
    _made, token = enrolment.appoint_operator("suzuki", "鈴木 一郎", ends_ns=None, by=body.manager)
    operator = pledge_and_train(enrolment.accept(token, PASSWORD))
    pk = Appointment.objects.get(account=operator).pk
    page = browser(operator)
    for address in (f"/people/{pk}/hand-over/", f"/people/{pk}/handed-over/", f"/people/{pk}/hand-over.pdf"):
        assert page.get(address).status_code == 403, address
    with pytest.raises(Refusal):
        hand_over.prepare(body.manager, "x", "x", post="", ends_ns=now.wall_ns() + 1, by=operator)
    with pytest.raises(BadInput, match="invitation-not-open"):
        hand_over.receive("nothing", PASSWORD, version=1, answers={})
    link = offered(browser(body.manager), body)
    ordinary = f"/people/invitation/{link.strip('/').rsplit('/', 1)[1]}/"
    answer = stranger().post(ordinary, SAID)
    assert (answer.status_code, answer["Location"]) == (302, link)
    assert roles.MANAGER in roles.role_of(body.manager, now.wall_ns()), "nothing has happened"


def test_a_deputy_hands_over_for_a_manager_who_fell_ill(
    body: SetUpBody, digits: tuple[str, str], now: clock.ManualClock
) -> None:
    account = enrolment.new_account("ito", "伊藤 三郎")
    _made, token = enrolment.appoint(account, roles.MANAGER, by=body.manager, deputy=True)
    deputy = pledge_and_train(enrolment.accept(token, PASSWORD))
    second_factor.new_card(body.manager)
    at_home = stranger()
    at_home.force_login(body.manager, backend=BACKEND)
    link = offered(browser(deputy), body)
    stranger().post(link, SAID)
    assert at_home.get("/").status_code in (302, 403)
    assert roles.role_of(deputy, now.wall_ns()) == {"manager"}, "the deputy stays"
    assert sessions.end_all(body.manager) == 0
