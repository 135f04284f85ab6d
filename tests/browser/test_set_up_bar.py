"""From nothing to adopted regulations, a printed sign and three recording cameras, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_set_up import (
    PASSWORD,
    FreshBox,
    box,
    camera,
    clean,
    photo,
    pledge_and_train,
    until,
)
from tests.rig.cameras import GstCamera
from tests.rig.fixtures import CAMERA_PASSWORD, CAMERA_USER

__all__ = ["box", "camera"]
pytestmark = [pytest.mark.browser, pytest.mark.process]
MOST_PAGES, MOST_TYPED, MOST_ON_A_PAGE = 15, 45, 7
TYPED = "main input:not([type=hidden],[type=checkbox],[type=radio],[type=file],[type=date]), main textarea"


@dataclass
class Counted:
    """What a clerk saw and typed: each page once for every time it is loaded."""

    pages: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def seen(self, page: Page) -> None:
        page.wait_for_load_state()
        clean(page)
        self.pages.append(page.url.split("/", 3)[-1])
        shown = [box for box in page.locator(TYPED).all() if box.is_visible() and not box.input_value()]
        assert len(shown) <= MOST_ON_A_PAGE, page.url
        # At 200 % nothing is cut off sideways: the page is as wide as the window.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), page.url

    def write(self, page: Page, **fields: str) -> None:
        for name, value in fields.items():
            self.typed.append(name)
            page.fill(f"main [name='{name.replace('__', '-')}']", value)

    def go(self, page: Page, button: str = "main form button[type=submit]") -> None:
        page.locator(button).first.click()
        self.seen(page)


@pytest.fixture
def zoomed(browser: Browser) -> Iterator[Page]:
    """A window of 1280 x 900 at 200 %: half as many CSS pixels, each twice as large."""
    context = browser.new_context(
        locale="ja-JP", viewport={"width": 640, "height": 450}, device_scale_factor=2
    )
    yield context.new_page()
    context.close()


def test_a_town_association_is_set_up_within_fifteen_pages(
    zoomed: Page, box: FreshBox, camera: GstCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    page, counted = zoomed, Counted()
    page.goto(box.link())
    counted.seen(page)
    page.check("[value=association]")
    counted.go(page)
    counted.write(page, name="上井町内会", address="倉吉市上井", telephone="0858-26-0000")
    counted.go(page)
    counted.write(page, full_name="山田 太郎", username="yamada", password=PASSWORD, repeated=PASSWORD)
    counted.go(page)
    counted.go(page)  # the printed card, at once
    page.locator("main a.button").first.click()
    counted.seen(page)
    pledge_and_train(page)
    counted.seen(page)
    counted.go(page)  # the key is made
    counted.write(page, passphrase=page.inner_text("#passphrase"))
    counted.go(page)
    assert page.is_checked("[value=crime-prevention]")
    assert page.input_value("[name=days]") == "14"
    counted.go(page)

    assert page.input_value("[name=name]") == "公園入口"
    counted.write(page, url=camera.url("cam"), user=CAMERA_USER, password=CAMERA_PASSWORD)
    counted.go(page)
    for name in ("通学路", "集会所"):
        page.check("[name=only_needed]")
        assert page.input_value("[name=next-name]") == name
        counted.write(page, next__url=camera.url("cam"))
        counted.go(page, "form.range .actions button")
    page.check("[name=only_needed]")
    counted.go(page, "form.range .actions button")

    sign = page.request.get(f"{box.home}/signs/1.pdf")
    assert sign.body().startswith(b"%PDF")
    page.set_input_files("[name=photo]", photo())  # type: ignore[arg-type]
    page.check("[name=declared]")
    counted.go(page, "main form:has([name=declared]) button[type=submit]")
    assert page.url.endswith("/regulations/")
    draft = page.request.get(f"{box.home}/regulations/draft.pdf")
    assert draft.body().startswith(b"%PDF")
    counted.write(page, approved_by="通常総会")
    page.check("[name=same_paper]")
    page.locator("main form button[type=submit]").last.click()
    page.locator(".message-success").first.wait_for()
    assert "第1版" in page.inner_text("main")

    until(lambda: len({path.parent.parent for path in box.segments()}) >= 3 or None, 30)
    with capsys.disabled():
        print(f"\nset-up: {len(counted.pages)} pages, {len(counted.typed)} typed fields")
    assert len(counted.pages) <= MOST_PAGES, counted.pages
    assert len(counted.typed) <= MOST_TYPED, counted.typed
