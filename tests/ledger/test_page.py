"""The record of acts as a page: plain words, filters, and a steady number of questions to the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kuramori import clock
from kuramori.ledger import entries, reading
from kuramori.people import enrolment, second_factor
from kuramori.people.models import Account
from tests.people import dutiful

pytestmark = pytest.mark.django_db
PASSWORD = "kura no kagi wa futatsu"


@pytest.fixture
def manager() -> Account:
    account = dutiful.manager("sato", "佐藤 花子", operates=True)
    second_factor.new_card(account)
    return account


@pytest.fixture
def browser(manager: Account) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(manager)
    return client


def fill(count: int, actor: str) -> None:
    for number in range(count):
        entries.record(
            "refused" if number % 3 else "signed-in",
            actor=actor,
            obj={"account": "1"},
            outcome="refused" if number % 3 else "allowed",
            reason="role-needed" if number % 3 else "",
        )


def test_names_and_words_stand_where_codes_stood(browser: Client, manager: Account) -> None:
    fill(2, manager.actor)
    entries.record("playback-granted", actor="program:work", obj={}, detail={"viewer": manager.actor})
    text = browser.get("/ledger/").content.decode()
    assert "佐藤 花子" in text
    assert "別の役割の仕事です" in text
    assert "account:" not in text
    assert "role-needed" not in text


def test_the_page_asks_the_same_number_of_questions_after_a_long_history(
    browser: Client, manager: Account
) -> None:
    browser.get("/ledger/")  # the first page of a sign-in notes when it was touched
    fill(60, manager.actor)
    with CaptureQueriesContext(connection) as early:
        browser.get("/ledger/")
    fill(400, manager.actor)
    with CaptureQueriesContext(connection) as late:
        browser.get("/ledger/")
    assert len(late) == len(early)
    assert len(late) < 12


def test_going_back_page_by_page_shows_every_entry_once(manager: Account) -> None:
    fill(130, manager.actor)
    seen: list[int] = []
    before: int | None = None
    while True:
        page = reading.page({"before": before})
        seen += [row.seq for row in page.rows]
        before = page.next_before
        if before is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == max(seen)


def test_filters_by_what_how_and_when(manager: Account) -> None:
    with clock.use(clock.ManualClock.at("2026-01-05T12:00:00+09:00")):
        fill(6, manager.actor)
    assert {row.outcome for row in reading.page({"outcome": "refused"}).rows} == {"refused"}
    day = reading.page(
        {
            "first_ns": clock.ManualClock.at("2026-01-05T00:00:00+09:00").wall_ns(),
            "end_ns": clock.ManualClock.at("2026-01-06T00:00:00+09:00").wall_ns(),
        }
    )
    assert len(day.rows) == 6
    assert len(reading.page({"act": "signed-in", "outcome": "refused"}).rows) == 0


def test_a_hostile_text_is_shown_as_text(browser: Client, manager: Account) -> None:
    entries.record("refused", actor=manager.actor, reason="<script>alert(1)</script>", obj={"x": "<b>"})
    text = browser.get("/ledger/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_the_checkpoint_page_shows_note_and_picture(browser: Client) -> None:
    text = browser.get("/ledger/checkpoint/").content.decode()
    assert "kuramori/" in text
    assert 'src="data:image/svg+xml' in text


def test_an_operator_cannot_export_and_the_attempt_is_written(browser: Client, manager: Account) -> None:
    assert browser.post("/ledger/export/").status_code == 200
    _appointment, token = enrolment.appoint_operator("suzuki", "鈴木", ends_ns=None, by=manager)
    operator = dutiful.pledge_and_train(enrolment.accept(token, "mamoru hito mo mirareru"))
    second_factor.new_card(operator)
    other = Client(headers={"host": "localhost"})
    other.force_login(operator)
    assert other.post("/ledger/export/").status_code == 403
    newest = reading.page({}).rows[0]
    assert (newest.who, newest.outcome) == ("鈴木", "refused")


def test_the_last_day_of_the_calendar_is_no_defect(browser: Client) -> None:
    assert browser.get("/ledger/?first_day=0001-01-02&last_day=9999-12-31").status_code == 200
