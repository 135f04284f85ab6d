"""A police letter at 17:00: from the letter to the officer at the screen, page by page, in Chromium."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import camera_id, last_entry, ledgered, shown_number, unlock
from tests.browser.test_playback import AGO_S, JST, wait_until_recorded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
MOST_PAGES = 8
"""Of the twelve that the whole story may take, packing and the receipt need the rest."""


def keep_picture(page: Page, name: str) -> None:
    """For whoever wants to look: KURAMORI_SHOTS names a folder."""
    if folder := os.environ.get("KURAMORI_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_letter_becomes_a_look_with_the_officer_at_the_screen(desk_page: Page, demo: Demo) -> None:
    page, seen = desk_page, []
    unlock(page, demo)
    wait_until_recorded(page, demo, AGO_S + 5)
    page.on("domcontentloaded", lambda _page: seen.append(page.url))
    before = last_entry(demo)
    page.goto(f"{demo.url}/cases/")
    page.click("a[href='/cases/new/']")
    fill_in_the_letter(page, demo)
    keep_picture(page, "1-letter")
    page.click("main form button[type=submit]")
    page.fill("[name=called_number]", "0857-00-0110")
    page.fill("[name=called_person]", "受付の方、17時10分")
    page.fill("[name=relation]", "盗難の場所と時刻に合う")
    page.check("[name=original_seen]")
    keep_picture(page, "2-papers")
    page.click("#verify button[type=submit]")
    page.fill("#grant [name=words]", "出入口が映る時間だけ")
    keep_picture(page, "3-decision")
    assert page.locator("#grant fieldset strong").inner_text(), "where the picture really begins"
    page.click("#grant button[type=submit]")
    page.click("form[action*='/let/'] button")
    page.fill("[name=p0-name]", "山田 太郎")
    page.fill("[name=p0-office]", "鳥取警察署")
    page.fill("[name=p0-paper]", "警察手帳 第123号")
    page.select_option("[name=p0-accepted]", "screen")
    keep_picture(page, "4-who-is-there")
    page.click("form[action$='/begin'] button[type=submit]")
    shown_number(page)
    keep_picture(page, "5-player")
    assert len(seen) <= MOST_PAGES, seen
    entries = ledgered(demo, before)
    acts = [str(entry["act"]) for entry in entries]
    wanted = ["case-received", "case-verify", "case-grant", "footage-approved", "playback-granted",
              "playback-look", "segment-key-asked"]  # fmt: skip
    assert [acts.index(act) for act in wanted] == sorted(acts.index(act) for act in wanted)
    assert "警察手帳 第123号" in str(entries[acts.index("playback-look")])
    page.goto(f"{demo.url}/cases/register/")
    keep_picture(page, "6-register")
    assert "山田 太郎" in page.locator("table.register").inner_text()


def fill_in_the_letter(page: Page, demo: Demo) -> None:
    start = datetime.now(JST) - timedelta(seconds=40)
    page.select_option("[name=basis]", "inquiry")
    page.fill("[name=asker_body]", "鳥取警察署")
    page.fill("[name=asker_post]", "巡査部長")
    page.fill("[name=asker_name]", "山田 太郎")
    page.fill("[name=document_number]", "鳥署刑発第12号")
    page.fill("[name=document_date]", start.strftime("%Y-%m-%d"))
    page.fill("[name=summary]", "自転車の盗難")
    page.fill("[name=need]", "犯人の特定")
    page.select_option("[name=s0-camera]", camera_id(demo))
    page.fill("[name=s0-start]", start.strftime("%Y-%m-%dT%H:%M:%S"))
    page.fill("[name=s0-end]", (start + timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%S"))
