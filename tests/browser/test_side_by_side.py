"""Approving a range anew in a real browser: the picture approved before beside the one of now."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import fixtures
from tests.browser.fixtures import CHROMIUM, Demo
from tests.browser.test_accessible import AXE, barriers
from tests.browser.test_memory_after_locking import lock, web_of
from tests.rig.process_memory import hits

pytestmark = [pytest.mark.browser, pytest.mark.process]
PAIR = ".side-by-side"


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Its camera is approved anew, so nobody else's."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    with fixtures.started_demo(tmp_path_factory.mktemp("pair")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, own_demo: Demo) -> Iterator[Page]:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    fixtures.sign_in(page, own_demo)
    yield page
    context.close()
    assert wrong == []


def look(page: Page, demo: Demo) -> None:
    """Another test picture; ends on the page of the range."""
    page.goto(f"{demo.url}/setup/camera/{fixtures.camera_id(demo)}/look/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/range/")


def approve(page: Page) -> None:
    page.check("[name=only_needed]")
    page.locator("form.range .actions button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not page.url.endswith("/range/"), page.inner_text("main")


def pictures(page: Page) -> list[dict[str, float]]:
    """The boxes of the two pictures, once both have arrived."""
    fixtures.until(
        page,
        f"[...document.querySelectorAll('{PAIR} img')].filter(one => one.naturalWidth > 0).length === 2",
        20,
    )
    boxes = [one.bounding_box() for one in page.locator(f"{PAIR} img").all()]
    return [dict(one) for one in boxes if one]  # type: ignore[call-overload]


def test_the_two_pictures_stand_side_by_side_and_on_a_phone_one_above_the_other(
    page: Page, own_demo: Demo
) -> None:
    look(page, own_demo)
    assert "前の画像は残っていません" in page.inner_text(PAIR)
    page.check("[name=compared]")
    approve(page)

    look(page, own_demo)
    assert "鍵がかかっています" in page.inner_text(PAIR)
    page.locator(f"{PAIR} a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/storehouse/unlock/**")
    page.fill("[name=passphrase]", own_demo.passphrase)
    page.click("main form:has([name=passphrase]) button[type=submit]")
    page.wait_for_url("**/range/")

    before, now = pictures(page)
    assert before["y"] == now["y"] and before["x"] + before["width"] < now["x"]
    assert abs(before["width"] - now["width"]) < 2 and abs(before["height"] - now["height"]) < 4
    widths = page.evaluate(f"[...document.querySelectorAll('{PAIR} img')].map(one => one.naturalWidth)")
    assert widths[0] == 320 < widths[1]
    assert [one.get_attribute("alt") != "" for one in page.locator(f"{PAIR} img").all()] == [True, True]
    for width in (640, 360):  # a laptop at 200 %, a phone
        page.set_viewport_size({"width": width, "height": 800})
        before, now = pictures(page)
        assert before["y"] + before["height"] < now["y"] and before["x"] == now["x"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    if AXE.exists():
        assert barriers(page) == []
    approve(page)
    acts = [str(one["act"]) for one in fixtures.ledgered(own_demo)]
    assert acts.index("approved-picture-seen") < len(acts) - 1 - acts[::-1].index("range-approved")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads another process's memory")
def test_after_locking_neither_key_nor_picture_is_in_the_pages_memory(page: Page, own_demo: Demo) -> None:
    look(page, own_demo)
    if page.locator("[name=compared]").count():
        page.check("[name=compared]")
    else:
        pictures(page)
    approve(page)
    look(page, own_demo)
    fixtures.unlock(page, own_demo)
    page.goto(f"{own_demo.url}/setup/camera/{fixtures.camera_id(own_demo)}/range/")
    pictures(page)
    shown = page.request.get(page.url.replace("/range/", "/approved-picture/")).body()
    pieces = [shown[at : at + 48] for at in range(1000, len(shown) - 48, 500)]
    code = f"from kuramori.access import key_opening; own = key_opening.with_digits({own_demo.passphrase!r})"
    private = bytes.fromhex(fixtures.in_django(own_demo, f"{code}\nprint(bytes(own.private).hex())"))
    web = web_of(own_demo)
    assert all(hits(web, [private])), "the search finds nothing: it proves nothing"
    lock(page, own_demo)
    assert len(pieces) > 10
    assert hits(web, [private, *pieces]) == [0] * (1 + len(pieces))
