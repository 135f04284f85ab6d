"""Nobody gets in by a door somebody forgot: every address of every room is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kuramori import clock
from kuramori.ledger.models import Entry
from kuramori.people import doors, enrolment, second_factor
from kuramori.people.models import Account, Appointment
from tests.people import dutiful

pytestmark = pytest.mark.django_db
PASSWORD = "kura no kagi wa futatsu"
WITHOUT_SIGN_IN = (
    doors.OPEN
    | {"invitation", "hand_over_receive", "setup_start", "setup", "status"}
    | {
        # The set-up before there is an account (its link was taken first), and what the guideline asks.
        "setup_not_yet",
        "setup_body",
        "setup_manager",
        # What a kind of body would begin with: a paper without any body's data.
        "setup_first_set",
        "clauses",
        "clause",
        # Figures without pictures, for this machine alone.
        "metrics",
        # Whoever stands at another PC cannot sign in before it trusts us; a certificate is no secret.
        "other_pcs",
        "authority_certificate",
    }
)
"""Whoever opens another address to everybody has to write it down here, and say why in the review."""


CASE = "2026-0001"
"""A case's number as its addresses have it."""


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def filled(pattern: URLPattern) -> str:
    """An address that the pattern matches."""
    values = {"int": "1", "str": "x", "slug": "x", "uuid": "0" * 32, "hex": "0" * 32, "path": "x"}
    arguments = {
        name: CASE
        if "[0-9]{4}-" in converter.regex
        else values.get(type(converter).__name__.removesuffix("Converter").lower(), "0" * 32)
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(pattern.callback if not pattern.name else pattern.name, kwargs=arguments)


@pytest.fixture
def manager() -> Account:
    return dutiful.manager(operates=True)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "localhost"})


def test_every_address_but_the_named_ones_leads_to_sign_in(browser: Client) -> None:
    open_to_all = []
    for pattern in patterns():
        answer = browser.get(filled(pattern))
        to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
        if not to_sign_in:
            open_to_all.append(pattern.name)
    assert set(open_to_all) <= WITHOUT_SIGN_IN


def test_with_a_password_alone_every_address_leads_to_the_second_factor(
    browser: Client, manager: Account
) -> None:
    browser.force_login(manager)
    for pattern in patterns():
        if pattern.name in WITHOUT_SIGN_IN | doors.ON_THE_WAY:
            continue
        answer = browser.get(filled(pattern))
        assert answer.status_code == 302, pattern.name
        assert answer["Location"].startswith("/account/second-factor/"), pattern.name


def test_codes_that_allauth_made_unseen_are_no_second_factor(manager: Account) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(manager)
    assert not second_factor.has_one(manager)
    second_factor.new_card(manager)
    assert second_factor.has_one(manager)


def test_an_open_session_ends_at_the_very_instant_the_appointment_does(
    browser: Client, manager: Account
) -> None:
    second_factor.new_card(manager)
    now_ns = clock.now_ns()
    Appointment.objects.update(ends_ns=now_ns + 100 * clock.NS_PER_S)
    with clock.use(clock.ManualClock(now_ns + 100 * clock.NS_PER_S - 1)) as hands:
        browser.force_login(manager)
        assert browser.get("/account/").status_code == 200
        hands.advance_s(1e-9)
        refused = browser.get("/account/")
        assert refused.status_code == 403
        assert "任命が有効ではありません" in refused.content.decode()
        assert browser.get("/account/").status_code == 302
    newest = Entry.objects.order_by("-seq").values_list("act", "actor", "outcome").first()
    assert newest == ("refused", manager.actor, "refused")


def test_revoking_ends_the_sessions_on_every_browser(manager: Account) -> None:
    from django.contrib.sessions.models import Session
    from django.test import RequestFactory

    from kuramori.people import sessions

    _appointment, token = enrolment.appoint_operator("suzuki", "鈴木", ends_ns=None, by=manager)
    operator = enrolment.accept(token, "mamoru hito mo mirareru")
    for _ in range(2):
        request = RequestFactory().get("/")
        request.session = Client().session  # type: ignore[attr-defined]
        request.user = operator
        sessions.sign_in(request, operator)
        request.session.save()
    assert Session.objects.count() == 2
    enrolment.revoke(Appointment.objects.get(account=operator), by=manager)
    assert Session.objects.count() == 0


def test_the_last_manager_cannot_be_removed(manager: Account) -> None:
    from kuramori.errors import BadInput

    with pytest.raises(BadInput, match="last-manager"):
        enrolment.revoke(Appointment.objects.get(account=manager, role="manager"), by=manager)


def test_there_is_one_first_manager_only(manager: Account) -> None:
    from kuramori.errors import BadInput

    with pytest.raises(BadInput, match="manager-exists"):
        enrolment.create_manager("mallory", "マロリー", "another long sentence")


def test_no_account_can_be_made_from_outside(browser: Client) -> None:
    answer = browser.post("/accounts/closed/account_signup/", {"username": "x", "password1": PASSWORD})
    assert answer.status_code in {302, 404}
    assert not Account.objects.exists()
