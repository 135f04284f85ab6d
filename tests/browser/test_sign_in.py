"""Signing in, in a real browser: the second factor is compulsory, and each of the three kinds is enough."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from typing import TYPE_CHECKING

import pytest

from tests.people import dutiful

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.box import Box

pytestmark = pytest.mark.browser
PASSWORD = "kura no kagi wa futatsu"


def totp(secret: str, ahead: int = 0) -> str:
    """RFC 6238 with the defaults every app has."""
    counter = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@pytest.fixture
def manager(box: Box) -> Box:
    box.run("from tests.people import dutiful\ndutiful.manager(operates=True)")
    return box


def type_password(page: Page, box: Box) -> None:
    page.goto(f"{box.home}/account/")
    page.fill("input[name=login]", "sato")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button.button").first.click()
    page.wait_for_load_state()


def pledge_and_train(page: Page) -> None:
    """The five questions and the pledge: first one wrong answer, then all right ones."""
    page.check("input[name=acquaintance][value='0']")
    for name, right in list(dutiful.RIGHT.items())[1:]:
        page.check(f"input[name={name}][value='{right}']")
    page.check("input[name=pledged]")
    page.locator("main form button").click()
    assert "見る理由になりません" in page.inner_text(".errorlist")
    page.check(f"input[name=acquaintance][value='{dutiful.RIGHT['acquaintance']}']")
    page.locator("main form button").click()
    page.wait_for_load_state()


def sign_out(page: Page) -> None:
    page.locator(".person form[action='/accounts/logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")


def acts(box: Box) -> list[str]:
    rows = box.run(
        "from kuramori.ledger.models import Entry\n"
        "for e in Entry.objects.order_by('seq'): print(e.act + ':' + e.outcome)"
    )
    return rows.splitlines()


def test_by_password_alone_nobody_gets_further_than_the_choice_of_a_second_factor(
    page: Page, manager: Box
) -> None:
    type_password(page, manager)
    for address in ("/account/sessions/", "/people/", "/ledger/", "/"):
        page.goto(manager.home + address)
        assert "/account/second-factor/" in page.url, address


def test_the_printed_card_alone_is_enough_and_each_code_works_once(page: Page, manager: Box) -> None:
    type_password(page, manager)
    page.goto(f"{manager.home}/account/second-factor/card/")
    page.locator("main form button").click()
    codes = page.locator("#codes code").all_inner_texts()
    assert len(set(codes)) == 30
    page.goto(f"{manager.home}/people/")
    assert page.url.endswith("/people/")
    sign_out(page)

    type_password(page, manager)
    assert page.url.endswith("/accounts/second/")
    page.fill("input[name=code]", codes[4])
    page.click("main form:has([name=code]) button[type=submit]")
    page.goto(f"{manager.home}/people/")
    assert page.url.endswith("/people/")
    sign_out(page)

    type_password(page, manager)
    page.fill("input[name=code]", codes[4])
    page.click("main form:has([name=code]) button[type=submit]")
    page.goto(f"{manager.home}/people/")
    assert "/accounts/" in page.url
    assert "second-factor-added:done" in acts(manager)
    assert "signed-in:failed" in acts(manager)


def test_an_authenticator_app_set_up_from_the_secret_in_words(page: Page, manager: Box) -> None:
    type_password(page, manager)
    page.goto(f"{manager.home}/account/second-factor/app/")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 50
    secret = page.inner_text("#totp-secret")
    page.fill("input[name=code]", totp(secret))
    page.locator("main form button").click()
    page.wait_for_url("**/account/")
    sign_out(page)
    stored = manager.run(
        "from allauth.mfa.models import Authenticator\n"
        "import json\nprint(json.dumps([a.data for a in Authenticator.objects.all()]))"
    )
    assert secret not in stored

    type_password(page, manager)
    page.fill("input[name=code]", "000000")
    page.click("main form:has([name=code]) button[type=submit]")
    assert page.locator(".errorlist").count() == 1
    page.fill("input[name=code]", totp(secret, 1))
    page.click("main form:has([name=code]) button[type=submit]")
    page.goto(f"{manager.home}/people/")
    assert page.url.endswith("/people/")


def test_a_passkey_registers_and_then_signs_in_without_any_password(page: Page, manager: Box) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    type_password(page, manager)
    page.goto(f"{manager.home}/account/second-factor/passkey/")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/account/")
    sign_out(page)

    page.goto(f"{manager.home}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto(f"{manager.home}/people/")
    assert page.url.endswith("/people/")
    assert acts(manager).count("signed-in:allowed") == 2


def test_an_invited_operator_accepts_and_is_shown_out_when_the_appointment_ends(
    page: Page, manager: Box
) -> None:
    token = manager.run(
        "from kuramori.people import enrolment\n"
        "from kuramori.people.models import Account\n"
        "by = Account.objects.get()\n"
        "print(enrolment.appoint_operator('suzuki', '鈴木 一郎', ends_ns=None, by=by)[1])"
    )
    page.goto(f"{manager.home}/people/invitation/{token}/")
    page.check("input[name=accepted]")
    page.fill("input[name=password]", "mamoru hito mo mirareru")
    page.fill("input[name=repeated]", "mamoru hito mo mirareru")
    page.locator("main form button").click()
    page.wait_for_url("**/account/second-factor/**")
    page.goto(f"{manager.home}/account/second-factor/card/")
    page.locator("main form button").click()
    page.goto(f"{manager.home}/account/")
    assert page.inner_text("h1") == "鈴木 一郎"
    page.goto(f"{manager.home}/live/")
    assert page.url == f"{manager.home}/account/duties/?next=%2Flive%2F"
    pledge_and_train(page)
    assert page.url == f"{manager.home}/live/"
    again = page.goto(f"{manager.home}/people/invitation/{token}/")
    assert again is not None and again.status == 404
    refused = page.goto(f"{manager.home}/people/")
    assert refused is not None and refused.status == 403

    manager.run(
        "from kuramori.people import enrolment\n"
        "from kuramori.people.models import Account, Appointment\n"
        "enrolment.revoke(Appointment.objects.get(account__username='suzuki'),"
        " by=Account.objects.get(username='sato'))"
    )
    page.goto(f"{manager.home}/account/")
    assert "/accounts/login/" in page.url
    told = acts(manager)
    assert told[-1] == "appointment-revoked:done"
    assert "refused:refused" in told


def test_the_language_switch_turns_the_page_and_stays(page: Page, box: Box) -> None:
    page.goto(f"{box.home}/accounts/login/")
    assert page.get_attribute("html", "lang") == "ja"
    page.click("button[value=en]")
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "en"
    assert "Sign in" in page.inner_text("h1")
    page.goto(f"{box.home}/accounts/login/")
    assert page.get_attribute("html", "lang") == "en"
    assert json.loads(page.evaluate("JSON.stringify(document.title)")).startswith("Sign in")
