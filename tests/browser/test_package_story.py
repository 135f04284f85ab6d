"""From a police letter to a sealed package, its receipt and its return: every page on the way, counted."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kuramori.ledger.words import known_acts
from tests.browser.fixtures import Demo, last_entry, ledgered, shown_number, unlock, until
from tests.browser.test_case_story import AGO_S, fill_in_the_letter, keep_picture, wait_until_recorded

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
MOST_PAGES = 12


def test_a_letter_becomes_a_sealed_package_and_its_receipt(
    desk_page: Page, demo: Demo, tmp_path: Path
) -> None:
    page, seen = desk_page, []
    unlock(page, demo)
    wait_until_recorded(page, demo, AGO_S + 5)
    page.on("domcontentloaded", lambda _page: seen.append(page.url))
    before = last_entry(demo)
    page.goto(f"{demo.url}/cases/new/")
    fill_in_the_letter(page, demo)
    page.check("[name=wants_copy]")
    page.click("main form button[type=submit]")
    page.fill("[name=called_number]", "0857-00-0110")
    page.fill("[name=called_person]", "受付の方、17時10分")
    page.fill("[name=relation]", "盗難の場所と時刻に合う")
    page.check("[name=original_seen]")
    page.click("#verify button[type=submit]")
    page.fill("#grant [name=words]", "出入口が映る時間だけ")
    page.click("#grant button[type=submit]")
    page.click("#pack button[type=submit]")
    keep_picture(page, "p1-choose")
    page.click("button[formaction*='/look/']")
    shown_number(page)
    page.click("[data-take=begin]")
    page.click("[data-take=still]")
    until(page, "document.querySelector('[data-stills]').value.length === 8")
    keep_picture(page, "p2-seen")
    page.click("form[action$='/pack/'] > button[type=submit]")
    page.wait_for_selector("[data-write]", timeout=90_000)
    keep_picture(page, "p3-packed")
    with page.expect_download() as saving:
        page.click("form[action$='/write/zip/'] button")
    saving.value.save_as(tmp_path / "p.zip")
    with page.context.expect_page() as opening:
        page.click("form[action$='/passphrase/'] button")
    opening.value.close()
    page.click("form[action$='/do/hand-over/'] button[type=submit]")
    page.fill("#receipt [name=signed_by]", "山田 太郎")
    today = timezone.localdate()
    page.fill("#receipt [name=signed_on]", today.isoformat())
    keep_picture(page, "p4-receipt")
    page.click("#receipt button[type=submit]")
    page.fill("#return [name=how]", "返却")
    page.fill("#return [name=done_on]", (today + timedelta(days=1)).isoformat())
    page.fill("#return [name=told_by]", "山田 太郎")
    page.click("#return button[type=submit]")
    keep_picture(page, "p5-returned")
    print(f"{len(seen)} pages from the letter to the return")
    assert len(seen) <= MOST_PAGES, seen
    entries = ledgered(demo, before)
    acts = [str(entry["act"]) for entry in entries]
    wanted = ["case-received", "case-verify", "case-grant", "case-pack", "playback-look", "packing-granted",
              "package-sealed", "package-packed", "package-copy-began", "case-hand-over", "case-receipt",
              "case-return"]  # fmt: skip
    assert [acts.index(act) for act in wanted] == sorted(acts.index(act) for act in wanted), acts
    handed = entries[acts.index("case-hand-over")]
    digest = subprocess.run(
        ["sha256sum", str(tmp_path / "p.zip")], capture_output=True, text=True, check=True
    )
    assert json.dumps(handed).count(digest.stdout.split()[0]) == 1, "the receipt names what was written"
    told = told_without_the_box(page, demo, tmp_path, str(handed["object"]["case"]))
    places = [told.index(known_acts()[act]) for act in wanted]
    assert places == sorted(places), told
    assert digest.stdout.split()[0] in told and "山田" in told


def told_without_the_box(page: Page, demo: Demo, folder: Path, case: str) -> str:
    """The case as `tell.py` reads it out of the audit bundle, which `verify.py` found whole."""
    page.goto(f"{demo.url}/audit/")
    page.click("main form button[type=submit]")
    page.wait_for_selector("form[action$='/bundle.zip'] button", timeout=90_000)
    keep_picture(page, "p6-audit")
    with page.expect_download() as saving:
        page.click("form[action$='/bundle.zip'] button")
    saving.value.save_as(folder / "audit.zip")
    with zipfile.ZipFile(folder / "audit.zip") as archive:
        archive.extractall(folder, ["verify.py", "tell.py"])
    alone = [sys.executable, "-I", "-S"]
    for program, more in (("verify.py", []), ("tell.py", [case])):
        argv = [*alone, program, "audit.zip", *more]
        said = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True)
    return said.stdout
