"""Erasing early: the hour dies, its certificate appears, nothing of it plays any more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import camera_id, in_django, last_entry, ledgered, until
from tests.browser.test_playback import open_player

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
CERTIFICATES = "#certificates a[href^='/erasure/']"
ERASE_NOW = """
from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.people.models import Account
from kuramori.cases.models import Case
from kuramori.retention import protecting
from kuramori.retention.early import erase_early
by = Account.objects.order_by('pk').first()
for case in Case.objects.all():  # what a case keeps is not erased before the case lets it go
    protecting.release(case.number, '作業の終了', by)
now = clock.now_ns()
print(erase_early(by, Camera.objects.first(), now - 3600 * 10**9, now, 'カメラの向きが誤っていたため'))
"""


def test_an_hour_erased_early_is_certified_on_the_page_and_its_pieces_are_gone(
    desk_page: Page, demo: Demo
) -> None:
    open_player(desk_page, demo)
    until(desk_page, "window.kuramoriPlayer?.pieces.length > 0")
    piece = desk_page.evaluate("kuramoriPlayer.pieces[0].url")
    before = last_entry(demo)
    in_django(demo, ERASE_NOW)
    page = desk_page.context.new_page()
    until_s = time.monotonic() + 30
    while time.monotonic() < until_s:
        page.goto(f"{demo.url}/erasure/")
        if page.locator(CERTIFICATES).count():
            break
        time.sleep(0.5)
    assert page.locator(CERTIFICATES).count(), page.locator("main").inner_text()
    while desk_page.request.get(piece).status != 403:
        assert time.monotonic() < until_s, "the key is gone, whatever web had in memory"
        time.sleep(0.2)
    acts = [entry["act"] for entry in ledgered(demo, before)]
    assert "key-table-rotated" in acts
    covered = page.request.get(f"{demo.url}/playback/coverage/{camera_id(demo)}/").json()["covered"]
    assert not covered or covered[0][0] / 1000 > time.time() - 45, (
        "the bar shows only what was recorded since"
    )
    page.close()
