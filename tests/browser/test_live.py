"""Watching live, as an operator sees it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from kuramori.main.demo_camera import frame_number
from tests.browser.fixtures import camera_id, last_entry, ledgered, recorder_status, shown_number

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
GROUP_S = 2  # a joiner starts at the last key frame


def watch(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/live/")
    page.click(f"form[action*='{camera_id(demo)}'] button")


def test_one_click_shows_the_moving_street_of_this_moment(desk_page: Page, demo: Demo) -> None:
    """How far behind it is, the bench measures; here a busy machine must not fail."""
    opened_ns = time.time_ns()
    watch(desk_page, demo)
    numbers = [shown_number(desk_page)]
    assert frame_number.wall_ns_of(numbers[0]) > opened_ns - (GROUP_S + 1) * 1_000_000_000, "not a recording"
    until_s = time.monotonic() + 30
    while len(set(numbers)) < 4 and time.monotonic() < until_s:
        desk_page.wait_for_timeout(100)
        numbers.append(shown_number(desk_page))
    assert len(set(numbers)) == 4, "the picture moves"
    assert numbers == sorted(numbers), "and only forward"
    assert frame_number.wall_ns_of(numbers[-1]) <= time.time_ns()


def test_the_viewers_name_and_the_time_lie_over_the_picture(desk_page: Page, demo: Demo) -> None:
    watch(desk_page, demo)
    shown_number(desk_page)
    drawn = desk_page.locator(".looker").first.inner_text()
    assert "実演 太郎(代役)" in drawn
    assert time.strftime("%Y/%m/%d") in drawn or ":" in drawn


def test_each_look_is_in_the_ledger_and_leaving_the_page_ends_it(desk_page: Page, demo: Demo) -> None:
    before = last_entry(demo)
    watch(desk_page, demo)
    shown_number(desk_page)
    assert viewers(demo) == 1
    desk_page.goto(f"{demo.url}/status/")
    until_s = time.monotonic() + 10
    while viewers(demo) and time.monotonic() < until_s:
        time.sleep(0.2)
    assert viewers(demo) == 0
    acts = [entry["act"] for entry in ledgered(demo, before)]
    assert acts.index("live-look") < acts.index("live-look-ended")


def test_a_look_that_has_ended_shows_nothing_more(desk_page: Page, demo: Demo) -> None:
    watch(desk_page, demo)
    shown_number(desk_page)
    look = desk_page.url
    desk_page.goto(f"{demo.url}/live/")
    until_s = time.monotonic() + 10
    while viewers(demo) and time.monotonic() < until_s:
        time.sleep(0.2)
    answer = desk_page.request.get(look + "stream")
    assert answer.status == 403
    desk_page.goto(look)
    assert desk_page.locator("video").count() == 0, "only the offer to look again"


def viewers(demo: Demo) -> int:
    return int(recorder_status(demo)["cameras"][camera_id(demo)]["viewers"])  # type: ignore[index]
