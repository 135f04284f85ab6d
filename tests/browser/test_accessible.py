"""The pages under axe-core: nothing that keeps somebody out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import shown_number
from tests.browser.test_playback import open_player

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    *("/", "/live/", "/playback/", "/status/", "/erasure/", "/ledger/", "/storehouse/unlock/", "/people/"),
    *("/storehouse/holders/", "/storehouse/emergency/", "/holds/", "/holds/new/", "/media/", "/grants/"),
    *("/cases/", "/cases/new/", "/cases/own/", "/cases/register/"),
    *("/registers/complaints/new/", "/health/", "/disks/"),
]


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical, each with the element it is about."""
    page.evaluate(AXE.read_text() + "; 0")
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.fixture(autouse=True)
def axe_is_here() -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core (npm ci)")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_keeps_nobody_out(desk_page: Page, demo: Demo, path: str, width: int) -> None:
    desk_page.set_viewport_size({"width": width, "height": 844})
    desk_page.goto(demo.url + path)
    assert barriers(desk_page) == []
    assert desk_page.evaluate("document.documentElement.scrollWidth") <= width, "nothing hangs out sideways"


def test_the_pages_with_pictures_keep_nobody_out(desk_page: Page, demo: Demo) -> None:
    desk_page.goto(f"{demo.url}/live/")
    desk_page.click("main .cameras button")
    shown_number(desk_page)
    assert barriers(desk_page) == []
    open_player(desk_page, demo)
    shown_number(desk_page)
    assert barriers(desk_page) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_cases_page_keeps_nobody_out(desk_page: Page, demo: Demo, width: int) -> None:
    open_player(desk_page, demo)
    desk_page.set_viewport_size({"width": width, "height": 844})
    desk_page.goto(f"{demo.url}/cases/")
    desk_page.locator("main a[href^='/cases/20']").first.click()
    assert desk_page.locator("#id_scan").is_visible()
    assert barriers(desk_page) == []
    assert desk_page.evaluate("document.documentElement.scrollWidth") <= width, "nothing hangs out sideways"
