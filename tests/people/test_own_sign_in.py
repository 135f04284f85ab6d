"""A person's own password, card and sessions, through the pages: as typed, once, ended everywhere else."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from kuramori.people import second_factor
from kuramori.people.models import Account
from tests.people import dutiful

pytestmark = pytest.mark.django_db
ODD = "  蔵 の 鍵 は 🗝️ 'or 1=1-- <b>" + "長" * 100 + "  "
FACTORS = ("/account/second-factor/app/", "/account/second-factor/passkey/", "/account/second-factor/card/")


@pytest.fixture
def person() -> Account:
    cache.clear()  # waits after wrong tries of other tests
    return dutiful.manager()


def signed_in(account: Account, password: str = dutiful.PASSWORD, code: str = "") -> Client:
    """By the pages: password, then one code of the card."""
    page = Client(headers={"host": "localhost"})
    page.post("/accounts/login/", {"login": account.username, "password": password})
    if code:
        page.post("/accounts/second/", {"code": code})
    return page


def is_in(page: Client) -> bool:
    return page.get("/account/").status_code == 200


def changed(page: Client, old: str, new: str) -> int:
    said = {"oldpassword": old, "password1": new, "password2": new}
    return page.post("/account/password/", said).status_code


def test_a_password_counts_as_it_was_typed_however_long_or_odd(person: Account) -> None:
    first, second, third = second_factor.new_card(person)[:3]
    page = signed_in(person, code=first)
    assert changed(page, "a wrong old one", ODD) == 200, "the old one is asked"
    assert changed(page, dutiful.PASSWORD, ODD) == 302
    for wrong in (ODD.strip(), ODD[:72], ODD.replace("長", "长"), ODD.upper()):
        cache.clear()
        assert not is_in(signed_in(person, wrong, second)), wrong
    assert is_in(signed_in(person, ODD, third))


def test_a_changed_password_ends_every_other_session(person: Account) -> None:
    codes = second_factor.new_card(person)
    here, elsewhere = signed_in(person, code=codes[0]), signed_in(person, code=codes[1])
    assert is_in(here) and is_in(elsewhere)
    assert changed(here, dutiful.PASSWORD, ODD) == 302
    assert is_in(here) and not is_in(elsewhere)


def test_a_sign_in_gets_a_session_of_its_own_and_its_old_cookie_is_worth_nothing(person: Account) -> None:
    """A cookie that somebody put into the browser beforehand is not the one that is signed in."""
    codes = second_factor.new_card(person)
    page = Client(headers={"host": "localhost"})
    page.cookies["kuramori_8640_session"] = "a" * 32
    page.post("/accounts/login/", {"login": person.username, "password": dutiful.PASSWORD})
    half = page.session.session_key
    page.post("/accounts/second/", {"code": codes[0]})
    assert is_in(page) and page.session.session_key not in {"a" * 32, half}
    assert not Session.objects.filter(session_key__in=["a" * 32, half]).exists()


def asks_again(page: Client) -> bool:
    """Whether every page of second factors leads to the sign-in's confirmation, by GET and by POST."""
    answers = [answer for path in FACTORS for answer in (page.get(path), page.post(path, {"code": "1"}))]
    told = {one.status_code == 302 and one["Location"].startswith("/accounts/confirm/") for one in answers}
    assert len(told) == 1, "all of them or none"
    return told.pop()


def test_second_factors_change_only_shortly_after_the_sign_in_was_confirmed(person: Account) -> None:
    page = signed_in(person, code=second_factor.new_card(person)[0])
    assert asks_again(page), "an open session alone is not enough"
    assert page.post("/accounts/confirm/", {"password": "a wrong one"}).status_code == 200
    assert asks_again(page)
    assert page.post("/accounts/confirm/", {"password": dutiful.PASSWORD}).status_code == 302
    assert page.get(FACTORS[0]).status_code == 200
    session = page.session
    session["account_authentication_methods"][-1]["at"] -= 601
    session.save()
    assert asks_again(page), "ten minutes later"
    assert Authenticator.objects.count() == 1


def test_the_cards_codes_are_long_enough_differ_and_are_not_in_the_database(person: Account) -> None:
    codes = second_factor.new_card(person)
    assert len(set(codes)) == 30 and all(len(one) == 8 and one.isdecimal() for one in codes)
    assert not set(codes) & set(second_factor.new_card(person)), "a new card has new ones"
    codes = second_factor.new_card(person)
    kept = json.dumps(list(Authenticator.objects.values("data")))
    assert not [one for one in codes if one in kept]
    assert is_in(signed_in(person, code=codes[0]))
    assert not is_in(signed_in(person, code=codes[0])), "each once"
