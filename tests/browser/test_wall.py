"""The live wall, as an operator sees it; several cameras in one answer: `tests/playback/test_wall.py`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import last_entry, ledgered, shown_number, until
from tests.browser.test_accessible import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
LARGE = "document.querySelector('.wall.one-large .screen.large')"


def test_a_wall_shows_its_cameras_obeys_the_keyboard_and_ends_with_the_page(
    desk_page: Page, demo: Demo
) -> None:
    before = last_entry(demo)
    desk_page.goto(f"{demo.url}/live/")
    desk_page.locator("main .cameras form").first.evaluate("""(form) => {
      form.action = '/live/wall/begin';
      form.insertAdjacentHTML('beforeend', '<input name="size" value="4">');
      form.submit();
    }""")  # the demonstration has one camera, for which the page offers no wall
    desk_page.wait_for_url("**/live/wall/?*")
    first = shown_number(desk_page)
    until(desk_page, "document.querySelector('.wall video').currentTime > 0")
    assert shown_number(desk_page) >= first
    assert "実演 太郎(代役)" in desk_page.locator(".wall .looker").first.inner_text()
    assert barriers(desk_page) == []
    desk_page.keyboard.press("ArrowRight")
    desk_page.keyboard.press("Enter")
    until(desk_page, LARGE)
    desk_page.keyboard.press("Escape")
    until(desk_page, f"!{LARGE}")
    desk_page.set_viewport_size({"width": 390, "height": 844})
    assert desk_page.evaluate("document.documentElement.scrollWidth") <= 390
    desk_page.keyboard.press("Escape")
    desk_page.wait_for_url("**/live/")
    until_s = time.monotonic() + 30
    acts: list[object] = []
    while "live-look-ended" not in acts and time.monotonic() < until_s:
        time.sleep(0.2)
        acts = [entry["act"] for entry in ledgered(demo, before)]
    assert acts.index("live-look") < acts.index("live-look-ended")
