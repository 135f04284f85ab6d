"""Fixtures of the browser tests: one Chromium, a box of one's own, and a running demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.box import Box
from tests.browser.fixtures import browser, demo, desk_page, session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["browser", "demo", "desk_page", "session"]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """An empty box with its pages answering."""
    box = Box(tmp_path / "data")
    try:
        box.start()
        yield box
    finally:
        box.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser session, nobody signed in."""
    context = browser.new_context(locale="ja-JP")
    yield context.new_page()
    context.close()
