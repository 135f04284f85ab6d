"""The frame and this room's pages for everybody: axe-core, keyboard, phone width, 200 % zoom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_sign_in import manager, type_password

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.box import Box

__all__ = ["manager"]
pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
BEFORE_SIGN_IN = ("/accounts/login/", "/no-such-page/")
PAGES = (
    "/account/",
    "/account/second-factor/",
    "/account/second-factor/app/",
    "/account/second-factor/passkey/",
    "/account/password/",
    "/account/sessions/",
    "/people/",
    "/ledger/",
    "/ledger/checkpoint/",
)


def complaints(page: Page) -> list[str]:
    """What axe-core finds on the page that is open."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_every_page_is_clean_for_axe_and_fits_a_phone_and_double_size(page: Page, manager: Box) -> None:
    found: list[str] = []
    for address in BEFORE_SIGN_IN:
        page.goto(manager.home + address)
        found += complaints(page)
    type_password(page, manager)
    page.goto(f"{manager.home}/account/second-factor/card/")
    found += complaints(page)
    page.locator("main form button").click()
    found += complaints(page)
    page.locator("main a.button").last.click()
    wide: list[str] = []
    for address in PAGES:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(manager.home + address)
        found += complaints(page)
        for width in (640, 360):  # 1280 pixels at 200 %, and a phone
            page.set_viewport_size({"width": width, "height": 800})
            if sideways(page):
                wide.append(f"{address} at {width}")
    assert found == []
    assert wide == []


def test_the_keyboard_reaches_the_content_first(page: Page, box: Box) -> None:
    page.goto(f"{box.home}/accounts/login/")
    page.focus("a.skip")
    assert page.locator("a.skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_axe_would_complain(page: Page, box: Box) -> None:
    page.goto(f"{box.home}/accounts/login/")
    page.evaluate("document.querySelector('main').append(new Image())")
    assert any("image-alt" in one for one in complaints(page))
