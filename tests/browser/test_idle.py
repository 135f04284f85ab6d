"""A page that nobody touches is covered, in a real browser; keys alone open it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kuramori import periods
from tests.browser.test_sign_in import PASSWORD, type_password

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.box import Box

pytestmark = pytest.mark.browser
LIMIT_S = periods.IDLE_MINUTES * 60
WAIT_MS = 60_000


@pytest.fixture
def codes(box: Box) -> list[str]:
    """A manager with a printed card, and pages whose clock the test moves."""
    made = box.run(
        "from tests.people import dutiful\nfrom kuramori.people import second_factor\n"
        "who = dutiful.manager(operates=True)\n"
        "from kuramori.places import bodies\n"
        "bodies.write({'name': '会', 'address': '町', 'telephone': '0'}, who.actor)\n"
        "print(' '.join(second_factor.new_card(who)))"
    )
    box.stop()
    box.start_web(shifted=True)
    return made.split()


def test_untouched_pages_are_covered_and_keys_alone_open_them(page: Page, box: Box, codes: list[str]) -> None:
    page.clock.install()
    type_password(page, box)
    page.fill("input[name=code]", codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    page.goto(f"{box.home}/people/")
    warning = page.locator(".idle-warning")
    expect(warning).to_be_hidden()

    page.clock.fast_forward((LIMIT_S - 30) * 1000)
    expect(warning).to_be_visible()
    assert "1分後に画面を閉じます" in warning.inner_text()
    page.keyboard.press("Shift")
    expect(warning).to_be_hidden(timeout=WAIT_MS)

    box.pass_time(LIMIT_S + 60)
    page.clock.fast_forward((LIMIT_S + 60) * 1000)
    page.wait_for_url("**/account/locked/**", timeout=WAIT_MS)
    assert "画面を閉じています" in page.inner_text("h1")
    assert page.locator("nav a").count() == 0
    page.goto(f"{box.home}/ledger/")
    expect(page).to_have_url(re.compile("/account/locked/"))
    page.go_back()
    expect(page).to_have_url(re.compile("/account/locked/"), timeout=WAIT_MS)

    expect(page.locator("#locked-password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/account/locked/" not in url, timeout=WAIT_MS)
    page.goto(f"{box.home}/people/")
    assert page.locator("nav a").count() > 0


def test_another_tab_that_is_used_keeps_an_untouched_one_open(page: Page, box: Box, codes: list[str]) -> None:
    type_password(page, box)
    page.fill("input[name=code]", codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    other = page.context.new_page()
    other.clock.install()
    other.goto(f"{box.home}/people/")
    box.pass_time(LIMIT_S - 60)
    with page.expect_response("**/account/touched/", timeout=WAIT_MS):
        page.reload()
        page.wait_for_timeout(0)
        page.evaluate("document.querySelector('.idle-warning').hidden = false")
        page.keyboard.press("Shift")
    box.pass_time(LIMIT_S + 60)
    with other.expect_response("**/account/touched/", timeout=WAIT_MS):
        other.clock.fast_forward((LIMIT_S + 60) * 1000)
    expect(other).to_have_url(re.compile("/people/$"))
    expect(other.locator("main h1")).to_be_visible()
