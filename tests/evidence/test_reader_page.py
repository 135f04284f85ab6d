"""The page that opens itself, in Chromium, from file://, with nothing else there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.evidence import signing
from tests.browser.fixtures import browser as chromium
from tests.browser.fixtures import until
from tests.evidence.fixtures import written

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
__all__ = ["chromium"]
OPENED = "document.body.dataset.checked"


def shown(browser: Browser, path: Path, digits: str) -> Page:
    page = browser.new_context(
        offline=True, locale="ja-JP", viewport={"width": 1280, "height": 900}
    ).new_page()
    page.goto(path.as_uri())
    page.fill("#digits", digits)
    page.click("#open button")
    return page


def test_it_opens_checks_itself_and_plays(
    packed: Ready, world: World, chromium: Browser, tmp_path: Path
) -> None:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    path = written(packed, "page", world, tmp_path)
    page = shown(chromium, path, packed.passphrase.replace("-", " "))
    until(page, OPENED, 60)
    assert page.evaluate(OPENED) == "whole"
    assert page.locator("#checks .good").count() == 3
    assert page.inner_text("#signer") == signing.fingerprint()
    until(page, "document.querySelector('video').readyState >= 2", 30)
    assert page.evaluate("document.querySelector('video').videoWidth") == 640
    assert page.locator("img").count() == 2
    if folder := os.environ.get("KURAMORI_SHOTS"):
        page.screenshot(path=str(Path(folder) / "reader-page.png"), full_page=True)
    page.context.close()
    wrong = shown(chromium, path, "0000-0000-0000-0000-0000-0000")
    until(wrong, OPENED, 60)
    assert wrong.evaluate(OPENED) == "closed"
    wrong.context.close()
    text = path.read_text()
    first, second = text.index('id="f0000-000000"'), text.index('id="f0001-000000"')
    assert first < second
    swapped = text.replace('id="f0000-000000"', 'id="x"').replace('id="f0001-000000"', 'id="f0000-000000"')
    path.write_text(swapped.replace('id="x"', 'id="f0001-000000"'))
    page = shown(chromium, path, packed.passphrase)
    until(page, OPENED, 60)
    assert page.evaluate(OPENED) == "closed", "a piece in another's place does not open"
    page.context.close()
