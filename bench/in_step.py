"""Four 1080p cameras played back on one timeline: how many pictures apart they are at most.

All four are connections of their own to one drawn street, so that pictures drawn at the same moment carry the
same number. The page plays, jumps, changes its speed; between, the numbers on the screens are read in one go.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright
from tests.browser.fixtures import CHROMIUM

from bench.results import Result
from bench.watching_box import CAMERA, WatchingBox, watching_box
from kuramori.main.demo_camera import frame_number
from kuramori.main.demo_camera.camera import CameraSettings

if TYPE_CHECKING:
    from playwright.sync_api import Page

BAR = 2
FULL_HD = CameraSettings(CAMERA.user, CAMERA.password, sent_width=1920, sent_height=1080, bitrate_kbit=3000)
READ_STRIPS = """() => [...document.querySelectorAll(".screen:not(.no-footage) video")].map((video) => {
  if (!video.videoWidth || video.readyState < 2) return null;
  const canvas = document.createElement("canvas");
  canvas.width = 400; canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingEnabled = false;
  pen.drawImage(video, 0, video.videoHeight - 10, video.videoWidth, 1, 0, 0, 400, 1);
  const row = pen.getImageData(0, 0, 400, 1).data;
  return Array.from({ length: 400 }, (_, x) => row[4 * x]);
})"""
GRANT = """
import json, sys
from django.db import transaction
from kuramori import clock
from kuramori.access import approving
from kuramori.access.models import Grant
from kuramori.cameras.models import Camera
from kuramori.people.models import Account
seconds = json.loads(sys.stdin.read())
by, now_ns = Account.objects.order_by("pk").first(), clock.now_ns()
for camera in Camera.objects.order_by("number"):
    span = {"start_ns": now_ns - seconds * 10**9, "end_ns": now_ns}
    with transaction.atomic():
        approval = approving.approve(by, camera, case_number="2026-0001", purpose_code="incident",
                                     reason="測定", asked_by=by, viewings=20, **span)
    grant = Grant.objects.create(
        kind="playback", account=by, granted_by=by, camera=camera, purpose_code="incident", reason="測定",
        case_text="2026-0001", self_approved=True, approval=approval, created_ns=now_ns,
        expires_at_ns=now_ns + 3600 * 10**9, **span)
    print(grant.id)
"""


def run(quick: bool = False) -> list[Result]:
    """Rows: how far apart the four screens are, in pictures, while playing at several speeds."""
    recorded_s, reads = (25, 60) if quick else (60, 300)
    with (
        tempfile.TemporaryDirectory(prefix="kuramori-bench-") as data,
        watching_box(Path(data), FULL_HD) as box,
        sync_playwright() as playwright,
    ):
        box.add_cameras(3)
        time.sleep(recorded_s)
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        box.sign_in(page)
        open_together(box, page, recorded_s)
        apart = {speed: _apart(page, speed, reads) for speed in ("1", "4", "0.25")}
        chromium.close()
    return [
        Result(
            f"four 1080p cameras apart, ×{speed}, {name}", value, "pictures", BAR if name == "most" else None
        )
        for speed, found in apart.items()
        for name, value in (("median", statistics.median(found)), ("most", max(found)))
    ]


def open_together(box: WatchingBox, page: Page, seconds: int) -> None:
    """Grant the last seconds of every camera for one case, and open them side by side through the pages."""
    named = "&".join(f"grant={grant}" for grant in box.in_django(GRANT, str(seconds)).splitlines())
    page.goto(f"{box.url}/playback/together/?{named}")
    page.click("form[action$='/begin'] button[type=submit]")
    numbers(page)


def numbers(page: Page, within_s: float = 20.0) -> list[int]:
    """The numbers of the pictures on all screens that show one at this instant; waits for them."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        found = [frame_number.read_row(row, len(row)) if row else None for row in page.evaluate(READ_STRIPS)]
        if len(found) > 1 and None not in found:
            return [number for number in found if number is not None]
        page.wait_for_timeout(50)
    raise AssertionError(f"no picture on every screen within {within_s} s")


def _apart(page: Page, speed: str, reads: int) -> list[int]:
    """How far apart at `reads` instants of playing at this speed, again and again from the beginning."""
    first_ms, last_ms = page.evaluate("[kuramoriPlayer.bounded(0), kuramoriPlayer.bounded(1e15)]")
    page.click(f"[data-speed='{speed}']")
    page.evaluate("(ms) => kuramoriPlayer.seek(ms)", first_ms)
    _settle(page)
    found: list[int] = []
    while len(found) < reads:
        if page.evaluate("kuramoriPlayer.now()") > last_ms - 3000:
            page.evaluate("(ms) => kuramoriPlayer.seek(ms)", first_ms)
            _settle(page)
        seen = numbers(page)
        found.append(max(seen) - min(seen))
        page.wait_for_timeout(70)
    return found


def _settle(page: Page) -> None:
    """A jump is over when every screen shows the new place."""
    for _ in range(200):
        page.wait_for_timeout(50)
        if page.evaluate("!kuramoriPlayer.waiting && kuramoriPlayer.screens.every((one) => one.ready)"):
            return


if __name__ == "__main__":
    from bench.results import table

    print(table(run(quick=True)))
