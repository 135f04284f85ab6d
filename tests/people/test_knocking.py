"""Whoever is not signed in cannot fill the record by knocking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory

from kuramori.errors import Refusal
from kuramori.ledger.models import Entry
from kuramori.people import refused
from tests.people import dutiful

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_minute() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def knock(address: str) -> HttpRequest:
    request = RequestFactory().get("/live/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    request.resolver_match = None  # type: ignore[assignment]
    return request


def test_a_hundred_refusals_before_sign_in_are_one_entry_a_minute_and_address() -> None:
    for _ in range(100):
        refused.write(knock("192.0.2.1"), Refusal("wrong-door", clause="T6a"))
    assert Entry.objects.filter(act="refused").count() == 1
    refused.write(knock("192.0.2.2"), Refusal("wrong-door", clause="T6a"))
    assert Entry.objects.filter(act="refused").count() == 2


def test_a_refusal_of_somebody_signed_in_is_always_written() -> None:
    account = dutiful.manager("sato", "佐藤")
    for _ in range(3):
        request = knock("192.0.2.1")
        request.user = account
        refused.write(request, Refusal("role-needed", clause="T6a", roles=["operator"]))
    assert Entry.objects.filter(act="refused", actor=account.actor).count() == 3


def test_wrong_passwords_are_slowed_down_and_written_without_what_was_typed() -> None:
    dutiful.manager("sato", "佐藤")
    browser = Client(headers={"host": "localhost"})
    for attempt in range(8):
        answer = browser.post("/accounts/login/", {"login": "sato", "password": f"guess number {attempt}"})
    assert "_auth_user_id" not in browser.session
    right = browser.post("/accounts/login/", {"login": "sato", "password": "kura no kagi wa futatsu"})
    assert right.status_code != 302, "the sixth try within five minutes must wait, even a right one"
    assert answer.status_code in {200, 429}
    texts = "".join(Entry.objects.values_list("text", flat=True))
    assert '"failed"' in texts
    assert "guess number" not in texts


def test_a_password_typed_into_the_name_field_is_not_written_down() -> None:
    browser = Client(headers={"host": "localhost"})
    browser.post("/accounts/login/", {"login": "kura no kagi wa futatsu", "password": "x"})
    texts = "".join(Entry.objects.values_list("text", flat=True))
    assert '"failed"' in texts
    assert "kura no kagi" not in texts


def test_a_program_on_this_machine_has_one_address_however_many_it_calls_from() -> None:
    dutiful.manager("sato", "佐藤")
    for last in range(40):
        refused.write(knock(f"127.0.7.{last}"), Refusal("wrong-door", clause="T6a"))
        said = {"login": f"nobody{last}", "password": "x"}
        answer = Client(headers={"host": "localhost"}).post(
            "/accounts/login/", said, REMOTE_ADDR=f"127.0.7.{last}"
        )
    assert Entry.objects.filter(act="refused").count() == 1
    assert Entry.objects.filter(act="signed-in", outcome="failed").count() == 1
    assert answer.status_code == 429, "thirty tries a minute, all addresses together"
