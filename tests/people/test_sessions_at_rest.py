"""A stolen database says nothing of what sessions hold: the secret of a new second factor waits there."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from tests.people import dutiful

pytestmark = pytest.mark.django_db
PASSWORD = "kura no kagi wa futatsu"


@pytest.fixture
def at_the_app_page() -> tuple[Client, str]:
    dutiful.manager("sato", "佐藤 花子")
    browser = Client(headers={"host": "localhost"})
    browser.post("/accounts/login/", {"login": "sato", "password": PASSWORD})
    shown = browser.get("/account/second-factor/app/").content.decode()
    found = re.search(r"\b[A-Z2-7]{32}\b", shown)
    assert found is not None
    return browser, found[0]


def test_the_secret_of_an_app_not_yet_confirmed_is_not_in_the_database(
    at_the_app_page: tuple[Client, str],
) -> None:
    browser, secret = at_the_app_page
    assert browser.session["mfa.totp.secret"] == secret
    for row in Session.objects.all():
        assert SessionStore().decode(row.session_data) == {}  # Django's own reading: signed, but in the clear


def test_a_session_that_somebody_wrote_into_the_database_is_nobodys(
    at_the_app_page: tuple[Client, str],
) -> None:
    browser, _secret = at_the_app_page
    row = Session.objects.get(session_key=browser.session.session_key)
    row.session_data = row.session_data[:-8] + "AAAAAAA="
    row.save()
    assert browser.get("/account/").status_code == 302
