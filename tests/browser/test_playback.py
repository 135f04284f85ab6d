"""Playing back what was recorded, as a manager sees it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from kuramori.main.demo_camera import frame_number
from tests.browser.fixtures import camera_id, last_entry, ledgered, shown_number, unlock, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
JST = timezone(timedelta(hours=9))
AGO_S = 20.0
FRAME_S = 1 / frame_number.FRAMES_PER_S


def wait_until_recorded(page: Page, demo: Demo, seconds: float) -> None:
    """Until the camera's footage without a gap reaches `seconds` back from now."""
    until_s = time.monotonic() + seconds + 30
    while time.monotonic() < until_s:
        covered = page.request.get(f"{demo.url}/playback/coverage/{camera_id(demo)}/").json()["covered"]
        if covered and time.time() - covered[-1][0] / 1000 > seconds:
            return
        time.sleep(0.5)
    raise AssertionError("not enough was recorded")


def open_player(page: Page, demo: Demo, minutes: str = "1") -> float:
    """Ask for the last minute through the form; returns the interval's start (s)."""
    unlock(page, demo)
    wait_until_recorded(page, demo, AGO_S + 5)
    page.goto(f"{demo.url}/cases/own/")
    start = datetime.now(JST) - timedelta(seconds=59)
    page.fill("[name=start]", start.strftime("%Y-%m-%dT%H:%M:%S"))
    page.select_option("[name=minutes]", minutes)
    page.fill("[name=reason]", "自転車が倒れていたと聞いたため")
    page.click("form.ask button[type=submit]")
    page.click("form[action$='/begin'] button[type=submit]")
    return start.timestamp()


def seek(page: Page, wall_s: float) -> None:
    until(page, "window.kuramoriPlayer?.pieces.length > 0")
    page.evaluate("(ms) => { kuramoriPlayer.video.pause(); kuramoriPlayer.play = () => {};"
                  " kuramoriPlayer.seek(ms) }", wall_s * 1000)  # fmt: skip
    until(page, "!kuramoriPlayer.video.seeking && kuramoriPlayer.video.readyState >= 2")
    page.wait_for_timeout(200)


def shown_s(page: Page) -> float:
    return frame_number.wall_ns_of(shown_number(page)) / 1e9


def test_what_was_a_moment_ago_plays_and_it_is_the_right_picture(desk_page: Page, demo: Demo) -> None:
    open_player(desk_page, demo)
    for ago_s in (AGO_S, AGO_S / 2, 4.0):
        wanted = time.time() - ago_s if ago_s > 5 else time.time() - AGO_S + 3
        seek(desk_page, wanted)
        assert abs(shown_s(desk_page) - wanted) < 0.6, "arrival time, not drawing time, is what is asked for"


def test_a_click_on_the_timeline_plays_from_there(desk_page: Page, demo: Demo) -> None:
    start_s = open_player(desk_page, demo)
    until(desk_page, "window.kuramoriPlayer?.pieces.length > 0")
    bar = desk_page.locator("kura-timeline canvas")
    until_s = desk_page.evaluate("document.querySelector('kura-timeline').until / 1000")
    share = 1 - (AGO_S / 2) / (until_s - start_s)
    bar.click(position={"x": bar.evaluate("(canvas) => canvas.clientWidth") * share, "y": 40})
    clicked = start_s + (until_s - start_s) * share
    until(desk_page, "!kuramoriPlayer.video.seeking && !kuramoriPlayer.video.paused")
    assert -0.7 < shown_s(desk_page) - clicked < 2.5


def test_keys_pause_play_jump_and_change_the_speed(desk_page: Page, demo: Demo) -> None:
    open_player(desk_page, demo)
    first = shown_number(desk_page)
    desk_page.keyboard.press("4")
    begun_s = time.monotonic()
    desk_page.wait_for_timeout(1500)
    passed = (shown_number(desk_page) - first) * FRAME_S
    assert passed > 2 * (time.monotonic() - begun_s), "four times as fast, or nearly so on a busy machine"
    desk_page.keyboard.press("1")
    assert desk_page.evaluate("kuramoriPlayer.video.playbackRate") == 1
    desk_page.keyboard.press("Space")
    assert desk_page.evaluate("kuramoriPlayer.video.paused")
    here = desk_page.evaluate("kuramoriPlayer.now()")
    desk_page.keyboard.press("ArrowLeft")
    assert here - 5600 < desk_page.evaluate("kuramoriPlayer.now()") < here - 4000


def test_the_look_is_in_the_ledger_before_its_first_byte(desk_page: Page, demo: Demo) -> None:
    before = last_entry(demo)
    open_player(desk_page, demo)
    shown_number(desk_page)
    entries = ledgered(demo, before)
    acts = [entry["act"] for entry in entries]
    assert acts.index("playback-granted") < acts.index("playback-look") < acts.index("segment-key-asked")
    granted = entries[acts.index("playback-granted")]
    assert granted["detail"]["self_approved"] is True  # type: ignore[index]
    assert granted["reason"] == "自転車が倒れていたと聞いたため"
    desk_page.wait_for_timeout(2500)
    assert "segment-key-released" in [entry["act"] for entry in ledgered(demo, before)], (
        "the recorder's own word"
    )


def test_locking_stops_every_byte_and_empties_the_player(desk_page: Page, demo: Demo) -> None:
    open_player(desk_page, demo)
    shown_number(desk_page)
    piece = desk_page.evaluate("kuramoriPlayer.pieces[0].url")
    assert desk_page.request.get(piece).status == 200
    other = desk_page.context.new_page()
    other.goto(f"{demo.url}/playback/")
    token = other.locator("[name=csrfmiddlewaretoken]").first.input_value()
    other.request.post(f"{demo.url}/storehouse/lock/", form={"csrfmiddlewaretoken": token},
                       headers={"Referer": demo.url + "/"})  # fmt: skip
    until(desk_page, "kuramoriPlayer.dropped", within_s=5)
    assert desk_page.locator("video").evaluate("(video) => video.buffered.length") == 0
    assert desk_page.locator("video").evaluate("(video) => video.videoWidth") == 0
    assert desk_page.locator(".said").is_visible()
    assert desk_page.request.get(piece).status == 403
    assert desk_page.request.get(piece.rsplit("/", 2)[0] + "/index.m3u8").status == 403
    other.close()
