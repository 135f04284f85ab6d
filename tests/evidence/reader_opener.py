"""Opens a page that opens itself in Chromium without a network; prints what it shows, as JSON.

`python reader_opener.py PAGE DIGITS [PICTURE]`. A process of its own, because a browser's loop and a database
do not go together in one thread.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

CHECKED = "document.body.dataset.checked"


def main(path: str, digits: str, picture: str = "") -> None:
    """Print what was checked, the signer, and how large the film's pictures are."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(offline=True, locale="ja-JP", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(Path(path).as_uri())
        page.fill("#digits", digits)
        page.click("#open button")
        said: dict[str, object] = {"checked": waited(page, CHECKED)}
        if said["checked"] == "whole":
            waited(page, "document.querySelector('video').readyState >= 2")
            said["good"] = page.locator("#checks .good").count()
            said["signer"] = page.inner_text("#signer")
            said["width"] = page.evaluate("document.querySelector('video').videoWidth")
            said["stills"] = page.locator("img").count()
        if picture:
            page.screenshot(path=picture, full_page=True)
        browser.close()
    print(json.dumps(said))


def waited(page: object, expression: str) -> object:
    """The first value of `expression` that is something, within a minute."""
    for _ in range(600):
        found = page.evaluate(expression)  # type: ignore[attr-defined]
        if found:
            return found
        page.wait_for_timeout(100)  # type: ignore[attr-defined]
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
