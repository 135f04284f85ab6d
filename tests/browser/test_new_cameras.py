"""Three cameras out of their boxes, with their makers' passwords, become masked, recorded ones, by the
pages alone."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import AGENT, in_django, sign_in, started_demo
from tests.browser.test_case_story import keep_picture
from tests.rig.onvif_device import Character, OnvifDevice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.process]
PLACES = ("駐輪場", "裏口", "商店街の東")
RECORDED_S = 90.0
STATES = """
from kuramori.cameras.models import Camera
from kuramori.footage.models import CameraState, PictureCheck, Segment
import json
told = []
for camera in Camera.objects.filter(retired_ns=None).exclude(device=None):
    state = CameraState.objects.filter(camera=camera.pk).values_list("state", flat=True).first()
    masked = PictureCheck.objects.filter(camera=camera.pk, mask_good_until_ns__gt=0).exists()
    told.append([camera.name, state, masked, Segment.objects.filter(camera=camera.pk).exists()])
print(json.dumps(told))
"""


def test_from_the_network_to_masked_and_hardened_recording_without_a_configuration_file(
    browser: Browser, tmp_path: Path, _gst: None, clip: Path
) -> None:
    with ExitStack() as stack:
        demo = stack.enter_context(started_demo(tmp_path / "data"))
        devices = [
            stack.enter_context(OnvifDevice(clip, character=Character(serial=f"00{number}")))
            for number in range(len(PLACES))
        ]
        context = browser.new_context(
            locale="ja-JP", viewport={"width": 1280, "height": 900}, user_agent=AGENT
        )
        page = context.new_page()
        sign_in(page, demo)
        find(page, demo.url, len(devices))
        for place in PLACES:
            page.goto(f"{demo.url}/devices/")
            page.locator("section.card a.button").first.click()
            give_a_password(page)
            register(page, place)
            approve(page)
        for _place in PLACES:
            cure(page, demo.url, "目的を書く", purpose)
            cure(page, demo.url, "日数を決める", days)
        told = wait_until_recorded(demo)
        assert sorted(told) == sorted([place, "recording", True, True] for place in PLACES)
        check_hardening(page, demo.url)
        for device in devices:
            assert device.accounts["admin"] != "admin", "the maker's password opens nothing any more"
        context.close()


def find(page: Page, url: str, count: int) -> None:
    page.goto(f"{url}/devices/")
    page.click("form[action$='/search/'] button")
    page.wait_for_load_state()
    assert page.locator("section.card a.button").count() == count
    keep_picture(page, "new-cameras-found")


def give_a_password(page: Page) -> None:
    page.fill("main [name=user]", "admin")
    page.fill("main [name=password]", "admin")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/cameras/", timeout=60_000)


def register(page: Page, place: str) -> None:
    page.fill("main [name$='-name']", place)
    page.fill("main [name$='-place_text']", f"{place}の柱、高さ3メートル")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/range/**", timeout=90_000)


def approve(page: Page) -> None:
    """A mask by the button, corners as numbers, and the word that no more is needed."""
    page.click("[data-add-mask]")
    page.check("[name=only_needed]")
    keep_picture(page, "new-cameras-range")
    page.locator("main form.range > .actions button[type=submit]").click()
    page.wait_for_load_state()


def cure(page: Page, url: str, button: str, fill: Callable[[Page], None]) -> None:
    """The start page says what is missing, and its button leads to where it is put right."""
    page.goto(url)
    page.get_by_role("link", name=button).first.click()
    page.wait_for_load_state()
    fill(page)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def purpose(page: Page) -> None:
    page.locator("main [name=code]").first.check()


def days(page: Page) -> None:
    page.fill("main [name=days]", "14")


def wait_until_recorded(demo: object) -> list[list[object]]:
    until_s, told = time.monotonic() + RECORDED_S, []
    while time.monotonic() < until_s:
        told = json.loads(in_django(demo, STATES))  # type: ignore[arg-type]
        if all(row[1:] == ["recording", True, True] for row in told) and len(told) == len(PLACES):
            break
        time.sleep(1)
    return told


def check_hardening(page: Page, url: str) -> None:
    page.goto(f"{url}/devices/")
    page.locator("table a[href*='hardening']").first.click()
    page.wait_for_load_state()
    keep_picture(page, "new-cameras-hardening")
