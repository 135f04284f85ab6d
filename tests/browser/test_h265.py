"""An H.265 camera in a browser that cannot play H.265 (Debian's Chromium): live and playback, seen moving."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import in_django, recorder_status, shown_something, unlock, until
from tests.rig.cameras import GstCamera
from tests.rig.clips import make_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser
PASSWORD = "yoru-no-michi-3107"
REGISTER = """
from kuramori.cameras import address, enrolment
from kuramori.cameras.models import Camera
from kuramori.footage import recorder_socket, settings_file
from kuramori.guideline import judging
from kuramori.people.models import Account
from kuramori.places import bodies
from kuramori.policy import keeping, purposes
by = Account.objects.order_by("pk").first()
url = address.canonical("{url}", loopback_only=True)
camera = enrolment.register(
    site=bodies.first_site(), name="裏通り", place_text="裏口の柱", url=url, width=640, height=360, by=by
)
purposes.decide(camera, purposes.READY[0].text, purposes.READY[0].code, by)
keeping.decide(camera, by, days=keeping.DEFAULT_DAYS)
enrolment.approve_range(camera, [[0, 0], [1, 0], [1, 1], [0, 1]], [], by)
recorder_socket.put_credentials(camera.id, "viewer", "{password}")
judging.judge_all(actor=by.actor)
settings_file.write(by.actor)
recorder_socket.wake()
print(camera.id)
"""
RETIRE = """
from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage import recorder_socket, settings_file
from kuramori.guideline import judging
Camera.objects.filter(id="{camera}").update(retired_ns=clock.now_ns())
judging.judge_all(actor="program:test")
settings_file.write("program:test")
recorder_socket.wake()
"""


@pytest.fixture(scope="module")
def camera(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second camera of the demonstration, sending H.265; its id once it is recorded."""
    clip = make_clip(tmp_path_factory.mktemp("h265"), "h265", seconds=20, b_frames=2)
    with GstCamera({"cam": str(clip)}, auth="digest", password=PASSWORD) as server:
        known = in_django(demo, REGISTER.format(url=server.url("cam"), password=PASSWORD))
        until_s = time.monotonic() + 40
        while recorder_status(demo)["cameras"].get(known, {}).get("state") != "recording":  # type: ignore[attr-defined]
            assert time.monotonic() < until_s, "not recorded"
            time.sleep(0.5)
        yield known
        in_django(demo, RETIRE.format(camera=known))


def assert_it_moves(page: Page) -> None:
    seen: set[str] = set()
    until_s = time.monotonic() + 30
    while len(seen) < 4 and time.monotonic() < until_s:
        seen.add(shown_something(page))
        page.wait_for_timeout(100)
    assert len(seen) >= 4, "the picture moves"
    assert page.locator("[data-converted]").is_visible(), "and the page says that it was converted"


def test_this_browser_cannot_play_h265_by_itself(desk_page: Page, demo: Demo) -> None:
    """Else the two tests below would show nothing."""
    desk_page.goto(f"{demo.url}/live/")
    plays = "MediaSource.isTypeSupported('video/mp4; codecs=\"hvc1.1.6.L153.B0\"')"
    assert desk_page.evaluate(plays) is False


def test_live_is_converted_moves_and_says_so(desk_page: Page, demo: Demo, camera: str) -> None:
    desk_page.goto(f"{demo.url}/live/")
    desk_page.click(f"form[action*='{camera}'] button")
    assert_it_moves(desk_page)


def test_playback_is_converted_moves_and_stops_when_the_storehouse_locks(
    desk_page: Page, demo: Demo, camera: str
) -> None:
    unlock(desk_page, demo)
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        covered = desk_page.request.get(f"{demo.url}/playback/coverage/{camera}/").json()["covered"]
        if covered and time.time() - covered[-1][0] / 1000 > 12:
            break
        time.sleep(0.5)
    desk_page.goto(f"{demo.url}/cases/own/")
    desk_page.select_option("[name=camera]", camera)
    shown = "new Date(Date.now() - 59000 + 9 * 3600000).toISOString().slice(0, 19)"
    desk_page.fill("[name=start]", desk_page.evaluate(shown))
    desk_page.select_option("[name=minutes]", "1")
    desk_page.fill("[name=reason]", "裏口の物音を確かめるため")
    desk_page.click("form.ask button[type=submit]")
    desk_page.click("form[action$='/begin'] button[type=submit]")
    assert_it_moves(desk_page)
    piece = desk_page.evaluate("kuramoriPlayer.pieces[0].url")
    answer = desk_page.request.get(piece)
    assert "/h264/" in piece and answer.headers["kuramori-converted"] == "h264"
    assert answer.headers["cache-control"].startswith("no-store")
    token = desk_page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    desk_page.request.post(f"{demo.url}/storehouse/lock/", form={"csrfmiddlewaretoken": token},
                           headers={"Referer": demo.url + "/"})  # fmt: skip
    until(desk_page, "kuramoriPlayer.dropped", within_s=5)
    assert desk_page.request.get(piece).status == 403
