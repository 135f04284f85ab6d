"""Every address of the program, for everybody: who is let in, and that each no is in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kuramori.ledger.models import Entry
from kuramori.people.models import Account
from tests.cases.rig import browser
from tests.footage.world import person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db

PUBLIC = {
    "language", "status", "invitation", "hand_over_receive", "account_login", "account_logout",
    "account_inactive", "account_reauthenticate", "mfa_authenticate", "mfa_login_webauthn",
    "setup_start", "setup_not_yet",
    "clauses", "clause", "metrics", "other_pcs", "authority_certificate", "setup_first_set",
}  # fmt: skip
"""What answers without a sign-in; everything else sends a stranger to the door."""
MANAGERS = {
    "storehouse_unlock", "key_holders", "key_holder_add", "key_sheet", "key_envelope", "key_two_together",
    "key_holder_token",
    "hold_new", "erase_early", "people", "setup_body",
}  # fmt: skip
"""A choice of what an operator is refused; the rooms test their own pages one by one."""
LITERALS = {
    "hex32": "0" * 32, "case_number": "2026-0001", "package": "2026-000001",
    "int": "1", "slug": "x", "str": "x",
}  # fmt: skip


def addresses() -> list[tuple[str, str]]:
    """Name and a made-up path of every address there is."""
    return sorted(set(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield str(one.name), _filled(route)


def _filled(route: str) -> str:
    path, filled = route, "/"
    while "<" in path:
        ahead, _, rest = path.partition("<")
        kind, _, path = rest.partition(">")
        filled += ahead + LITERALS[kind.partition(":")[0] if ":" in kind else "str"]
    return filled + path


ALL = addresses()


def test_there_are_as_many_as_there_should_be_and_each_has_a_name() -> None:
    assert len(ALL) > 100
    assert all(name and name != "None" for name, _path in ALL)
    assert {name for name, _path in ALL} >= PUBLIC | MANAGERS


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_comes_nowhere(world: World, now: ManualClock, method: str) -> None:
    for name, path in ALL:
        if name in PUBLIC:
            continue
        answer = getattr(Client(headers={"host": "localhost"}), method)(path)
        assert answer.status_code in (302, 403, 404, 405), path
        if answer.status_code == 302:
            assert answer["Location"].startswith(("/accounts/", "/setup/", "/account/")), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_without_an_appointment_is_shown_out_everywhere(
    world: World, now: ManualClock, method: str
) -> None:
    former = person("former")
    for name, path in ALL:
        if name in PUBLIC:
            continue
        before = Entry.objects.filter(outcome="refused").count()
        answer = getattr(browser(former), method)(path)
        if answer.status_code in (404, 302):  # an address that is closed for everybody
            assert path.startswith(("/accounts/closed/", "/account/", "/accounts/", "/setup/")), path
            continue
        assert answer.status_code == 403, path
        assert Entry.objects.filter(outcome="refused").count() == before + 1, path


@pytest.mark.parametrize("name", sorted(MANAGERS))
def test_an_operator_is_refused_what_is_the_managers_and_it_is_in_the_ledger(
    world: World, now: ManualClock, name: str
) -> None:
    path = dict(ALL)[name]
    answers = {method: getattr(browser(world.operator), method)(path) for method in ("get", "post")}
    refused = [answer for answer in answers.values() if answer.status_code == 403]
    told = {method: answer.status_code for method, answer in answers.items()}
    assert refused and set(told.values()) <= {403, 405}, (path, told)
    assert Entry.objects.filter(outcome="refused", actor=world.operator.actor).count() == len(refused)


HOSTILE = ("../../etc/passwd\x00", "a\r\nSet-Cookie: x=1", "9" * 400)


@pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.proof) for turn in (1, 2))])
def test_no_address_breaks_whatever_is_sent(world: World, now: ManualClock, turn: int) -> None:
    """Hostile values in every address, query and form: never a defect (500), never another's page.

    Each field gets one of the values, in turns; the other two turns are for `make proof`.
    """
    page = browser(world.manager)
    page.raise_request_exception = False
    for number, (name, path) in enumerate(ALL):
        if name in PUBLIC or name in ("live-stream", "account_logout"):
            continue
        asked, sent = _hostile(_ASKED, number + turn), _hostile(_SENT, number + turn)
        for answer in (page.get(path, asked), page.post(path, sent)):
            assert answer.status_code < 500, (name, asked, sent)
            assert "Set-Cookie: x" not in str(answer.headers), (name, asked, sent)
            assert "evil" not in answer.headers.get("Location", ""), name
        if not Account.objects.filter(pk=world.manager.pk, is_active=True).exists():
            pytest.fail(f"{name} closed the manager's account")


_ASKED = ("next", "basis", "before")
_SENT = ("words", "camera", "start", "viewer", "basis", "reason", "next")


def _hostile(fields: tuple[str, ...], first: int) -> dict[str, str]:
    return {field: HOSTILE[(first + place) % len(HOSTILE)] for place, field in enumerate(fields)}
