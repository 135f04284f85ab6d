"""Set-up as a person does it: seven questions in a real browser, before a real recorder and a real camera."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.fixtures import ROOT, free_port
from tests.people import dutiful
from tests.rig.cameras import GstCamera
from tests.rig.fixtures import CAMERA_PASSWORD, CAMERA_USER

pytestmark = [pytest.mark.browser, pytest.mark.process]
PASSWORD = "kura no kagi wa futatsu"
START_S = 150.0
AXE = ROOT / "node_modules/axe-core/axe.min.js"


@dataclass
class FreshBox:
    """`kuramori up` on an empty directory, and the link it printed."""

    data: Path
    scratch: Path
    home: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def link(self) -> str:
        found = until(lambda: re.search(r"http://\S+/setup/start/\S+", "".join(self.said)), START_S)
        return str(found[0])

    def segments(self) -> list[Path]:
        return list((self.data / "store").rglob("*.kura"))

    def everything_written(self) -> Iterator[tuple[Path, bytes]]:
        for root in (self.data, self.scratch):
            for path in root.rglob("*"):
                if path.is_file():
                    yield path, path.read_bytes()


def until(ask: Callable[[], Any], within_s: float) -> Any:
    """The first answer that is not empty."""
    give_up_s = time.monotonic() + within_s
    while time.monotonic() < give_up_s:
        if answer := ask():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"nothing within {within_s} s")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FreshBox]:
    data, scratch, port = tmp_path / "data", tmp_path / "scratch", free_port()
    scratch.mkdir()
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch)}
    env |= {"KURAMORI_DATA": str(data), "KURAMORI_PORT": str(port)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "kuramori.main.command", "up"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    made = FreshBox(data, scratch, f"http://localhost:{port}", process)
    assert process.stdout is not None
    threading.Thread(target=lambda: made.said.extend(process.stdout or []), daemon=True).start()
    yield made
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A browser that was never here, in Japanese; breaches of the content policy fail the test."""
    context: BrowserContext = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    context.close()
    assert wrong == []


def clean(page: Page) -> None:
    """No finding of axe-core, where its package is installed."""
    if AXE.exists():
        found = page.evaluate(
            AXE.read_text() + ";axe.run().then(found => found.violations.map(one => one.id))"
        )
        assert found == [], page.url


def press(page: Page) -> None:
    clean(page)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def answer(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"main [name={name}]", value)
    press(page)


@pytest.fixture
def camera(_gst: None, clip: Path, clips: Path) -> Iterator[GstCamera]:
    """A camera behind Digest: mount cam (H.264)."""
    with GstCamera({"cam": str(clip)}, auth="digest", user=CAMERA_USER, password=CAMERA_PASSWORD) as made:
        yield made


def try_camera(page: Page, camera: GstCamera, password: str, mount: str = "cam") -> None:
    answer(
        page,
        name="入口",
        place_text="玄関右の軒下",
        url=camera.url(mount),
        user=CAMERA_USER,
        password=password,
    )


def pledge_and_train(page: Page) -> None:
    page.wait_for_url("**/account/duties/**")
    for name, right in dutiful.RIGHT.items():
        page.check(f"input[name={name}][value='{right}']")
    page.check("input[name=pledged]")
    press(page)


def photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.effect_noise((1200, 900), 40).convert("RGB").save(out, "JPEG")
    return {"name": "sign.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def to_the_camera(page: Page, box: FreshBox) -> None:
    """Questions 1 to 4."""
    page.goto(box.link())
    press(page)
    answer(page, name="倉吉商店会", address="倉吉市明治町", telephone="0858-22-0000")
    answer(page, full_name="山田 太郎", username="yamada", password=PASSWORD, repeated=PASSWORD)
    page.wait_for_url("**/account/second-factor/**")
    press(page)
    page.locator("main a.button").first.click()
    pledge_and_train(page)
    page.wait_for_url("**/setup/key/")
    press(page)
    passphrase = page.inner_text("#passphrase")
    assert re.fullmatch(r"(\d{4}-){5}\d{4}", passphrase)
    assert page.get_attribute("#sheet", "href").startswith("data:application/pdf;base64,JVBERi")  # type: ignore[union-attr]
    answer(page, passphrase="0000-" * 5 + "0000")
    assert page.locator(".errorlist").count() == 1
    assert passphrase not in page.content()
    answer(page, passphrase=passphrase.replace("-", " "))
    page.check("[value=crime-prevention]")
    assert page.input_value("[name=days]") == "14"
    press(page)
    page.wait_for_url("**/setup/camera/")


def test_seven_questions_lead_to_a_locked_recording_that_a_photo_opens(
    visitor: Page, box: FreshBox, camera: GstCamera, clip: Path
) -> None:
    page = visitor
    to_the_camera(page, box)

    for weak in ("admin", "12345678", CAMERA_USER):
        try_camera(page, camera, weak)
        assert page.url.endswith("/setup/camera/")
        assert "最初に試す" in page.inner_text("main")
    try_camera(page, camera, "Not-the-password-9")
    assert "パスワード" in page.inner_text(".errorlist >> nth=0")
    try_camera(page, camera, CAMERA_PASSWORD, "elsewhere")
    assert "アドレス" in page.inner_text(".errorlist >> nth=0")
    try_camera(page, camera, CAMERA_PASSWORD)
    page.wait_for_url("**/range/")

    shown = page.request.get(page.url.replace("/range/", "/picture/"))
    assert shown.headers["cache-control"] == "no-store, private"
    picture = shown.body()
    assert Image.open(io.BytesIO(picture)).size == (640, 360)
    key_frame = clip.read_bytes()[2000:2048]
    for path, written in box.everything_written():
        assert picture[1000:1048] not in written, path
        assert key_frame not in written, path
        assert b"\xff\xd8\xff\xe0\x00\x10JFIF" not in written, path
        assert CAMERA_PASSWORD.encode() not in written, path

    stage = page.locator("canvas").bounding_box()
    assert stage is not None
    page.mouse.move(stage["x"] + 2, stage["y"] + 2)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 4, stage["y"] + stage["height"] / 4)
    page.mouse.up()
    page.focus("canvas")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    page.click("form.range summary >> nth=0")
    page.locator("[data-y]").nth(2).fill("90")
    assert page.input_value("[name=polygon]") == "[[0.25,0.25],[1,0.01],[1,0.9],[0,1]]"
    page.check("[name=only_needed]")
    page.locator("form.range .actions button").click()
    page.wait_for_url("**/setup/sign/")

    page.goto(f"{box.home}/")
    assert "表示の宣言がまだです" in page.inner_text("main")
    assert "それまで録画しません" in page.inner_text("main")
    assert box.segments() == []
    sign = page.request.get(f"{box.home}/signs/1.pdf")
    assert sign.body().startswith(b"%PDF")

    page.goto(f"{box.home}/setup/sign/")
    page.fill("[name=place_text]", "玄関の扉")
    page.check("[name=declared]")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/setup/sign/photo/")
    until(box.segments, 20)
    page.goto(f"{box.home}/")
    assert "誰も見られません" in page.inner_text("main")
    page.locator("text=録画中(鍵付き)").wait_for(timeout=20_000)
    page.goto(f"{box.home}/live/{camera_id(box)}/")
    with page.expect_response("**/live/**") as refused:
        press(page)
    assert refused.value.status == 403
    assert "T3" in page.inner_text("main")
    assert "表示の写真がまだです" in page.inner_text("h1")

    page.goto(f"{box.home}/setup/sign/photo/")
    page.set_input_files("[name=photo]", photo())  # type: ignore[arg-type]
    press(page)
    page.wait_for_url(f"{box.home}/")
    assert "閉じているところはありません" in page.inner_text("h1")
    page.locator("text=指定された人が見られます").wait_for(timeout=10_000)
    page.goto(f"{box.home}/live/{camera_id(box)}/")
    press(page)
    until(lambda: page.evaluate("document.querySelector('video')?.videoWidth > 0"), 20)


def camera_id(box: FreshBox) -> str:
    return next((box.data / "store" / "0").glob("[0-9a-f]" * 32)).name


def test_set_up_is_left_at_any_question_and_goes_on_there(visitor: Page, box: FreshBox) -> None:
    page = visitor
    link = box.link()
    page.goto(link)
    press(page)
    answer(page, name="倉吉商店会", address="倉吉市明治町", telephone="0858-22-0000")
    page.goto(f"{box.home}/setup/")
    assert page.url.endswith("/setup/manager/")
    answer(page, full_name="山田 太郎", username="yamada", password=PASSWORD, repeated=PASSWORD)
    page.wait_for_url("**/account/second-factor/**")
    page.goto(f"{box.home}/setup/")
    assert "/account/second-factor/" in page.url
    page.goto(f"{box.home}/account/second-factor/card/")
    press(page)
    page.goto(f"{box.home}/setup/")
    assert "/account/duties/" in page.url
    pledge_and_train(page)
    page.wait_for_url("**/setup/key/")
    press(page)
    lost = page.inner_text("#passphrase")
    page.goto(f"{box.home}/")
    assert page.url.endswith("/setup/key/")
    page.locator("main form button.quiet").click()
    found = page.inner_text("#passphrase")
    assert found != lost
    answer(page, passphrase=lost)
    assert page.url.endswith("/setup/key/typed/")
    answer(page, passphrase=found)
    assert page.url.endswith("/setup/purpose/")
    page.goto(link)
    assert "/setup/start/" not in page.url
