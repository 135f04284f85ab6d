"""Somebody is covered; a second person checks the film; it is packed, opened and verified."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import av
import pytest

from kuramori.ledger import verify_ledger
from tests.browser.fixtures import AGENT, Demo, in_django, shown_number, sign_in, unlock, until
from tests.browser.test_case_story import AGO_S, fill_in_the_letter, keep_picture, wait_until_recorded

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
CHECKER = "確認 次郎"
NEW_PERSON = f"""
from kuramori.people import duties, enrolment, lesson, second_factor
from kuramori.people.models import Account
by = Account.objects.order_by("pk").first()
_made, token = enrolment.appoint_operator("jiro", "{CHECKER}", ends_ns=None, by=by)
account = enrolment.accept(token, "kura no kagi wa futatsu")
answers = {{one.key: one.right for one in lesson.QUESTIONS}}
duties.take(account, version=duties.words().version, answers=answers)
print(" ".join(second_factor.new_card(account)))
"""


def begin_a_package(page: Page, demo: Demo) -> str:
    """From the letter to the look at what is to be packed; the case's address."""
    unlock(page, demo)
    wait_until_recorded(page, demo, AGO_S + 5)
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
    case = page.url
    page.click("#pack button[type=submit]")
    page.click("button[formaction*='/look/']")
    shown_number(page)
    return case


def boxes(page: Page) -> list[list[list[int]]]:
    said: list[list[list[int]]] = json.loads(page.locator("[data-boxes]").input_value())
    return said


def places(page: Page, *shares: tuple[float, float]) -> list[tuple[float, float]]:
    """Places on the screen, from shares of the picture's width and height."""
    page.locator("figure.screen").scroll_into_view_if_needed()
    frame = page.locator("figure.screen").bounding_box()
    assert frame
    return [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in shares]


def mouse(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    first, last = places(page, start, end)
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*last, steps=4)
    page.mouse.up()


def finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    touch = page.context.new_cdp_session(page)
    first, last = places(page, start, end)
    for kind, at in (("touchStart", first), ("touchMove", last), ("touchEnd", None)):
        points = [{"x": at[0], "y": at[1]}] if at else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.detach()


def near(sides: list[int], *wanted: int) -> bool:
    return all(abs(one - other) < 200 for one, other in zip(sides, wanted, strict=True))


def draw(page: Page) -> None:
    page.click("details.redaction summary")
    page.click("[data-do=pencil]")
    mouse(page, (0.1, 0.1), (0.3, 0.5))
    [box] = boxes(page)
    assert near(box[0][1:], 1000, 1000, 3000, 5000) and box[0][1:] == box[-1][1:], (
        "from the first to the last"
    )
    for _time in range(3):
        page.keyboard.press(".")
        page.wait_for_timeout(150)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    [box] = boxes(page)
    assert near(box[-1][1:], 1100, 1000, 3100, 5100) and near(box[0][1:], 1000, 1000, 3000, 5000), "it moves"
    field = page.locator("table.boxes tbody tr").last.locator("[data-field='3']")
    field.fill("45")
    field.press("Tab")
    until(page, "document.activeElement?.dataset.field === '4'")
    until(page, "JSON.parse(document.querySelector('[data-boxes]').value)[0].at(-1)[3] === 4500")


def touch_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.click("[data-do=fresh]")
    finger(page, (0.6, 0.2), (0.9, 0.8))
    assert len(boxes(page)) == 2 and near(boxes(page)[1][0][1:], 6000, 2000, 9000, 8000), boxes(page)
    until(page, "document.documentElement.scrollWidth <= 390")
    keep_picture(page, "c2-drawn-390")
    page.set_viewport_size(DESK)


def wait_for_the_film(page: Page) -> None:
    page.wait_for_selector("figure[data-film] video", timeout=90_000)


def check_as_somebody_else(browser: Browser, demo: Demo, case: str, codes: list[str]) -> None:
    context = browser.new_context(locale="ja-JP", viewport=DESK, user_agent=AGENT)
    page = context.new_page()
    sign_in(page, Demo(demo.port, demo.data, "jiro", "kura no kagi wa futatsu", "", codes))
    page.goto(case)
    page.click("a[href*='/film/']")
    page.click("form[action$='/look/'] button")
    wait_for_the_film(page)
    keep_picture(page, "c4-to-check")
    for film in range(page.locator("figure[data-film] video").count()):
        page.evaluate("(at) => { document.querySelectorAll('video')[at].play(); }", film)
        until(page, f"document.querySelectorAll('video')[{film}].ended", 90)
        page.click(f"figure[data-film] >> nth={film} >> xpath=following-sibling::p[1]//button[1]")
    keep_picture(page, "c4-watched")
    page.click("form[action$='/checked/'] button")
    assert CHECKER in page.locator("dl.facts").inner_text()
    page.set_viewport_size(PHONE)
    until(page, "document.documentElement.scrollWidth <= 390")
    keep_picture(page, "c5-checked-390")
    context.close()


def written(page: Page, folder: Path) -> Path:
    """The ZIP, opened with the passphrase of the sheet."""
    with page.expect_download() as saving:
        page.click("form[action$='/write/zip/'] button")
    saving.value.save_as(folder / "p.zip")
    form = page.locator("form[action$='/passphrase/']")
    token = form.locator("[name=csrfmiddlewaretoken]").input_value()
    url = page.url.split("/packages/")[0] + str(form.get_attribute("action"))
    sheet = page.request.post(url, form={"csrfmiddlewaretoken": token}, headers={"Referer": page.url})
    (folder / "sheet.pdf").write_bytes(sheet.body())
    said = subprocess.run(["pdftotext", str(folder / "sheet.pdf"), "-"], capture_output=True, text=True)
    digits = re.sub(r"\D", "", said.stdout.partition("24 digits with their dashes")[2].partition("渡す")[0])
    assert len(digits) == 24, said.stdout
    passphrase = "-".join(digits[at : at + 4] for at in range(0, 24, 4))
    argv = ["7z", "x", "-y", f"-p{passphrase}", f"-o{folder / 'x'}", str(folder / "p.zip")]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return folder / "x"


def first_picture(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def contrast(frame: av.VideoFrame, left: float, top: float, right: float, bottom: float) -> int:
    """Between the darkest and the brightest sample of a part of the picture."""
    luma = frame.planes[0]
    across = slice(int(left * luma.width), int(right * luma.width))
    rows = range(int(top * luma.height), int(bottom * luma.height))
    lines = [bytes(luma)[row * luma.line_size :][across] for row in rows]
    return max(map(max, lines)) - min(map(min, lines))


def holds_only_what_was_covered(folder: Path) -> None:
    """The verifier, the manifest, and the film itself."""
    report = subprocess.run([sys.executable, "-I", "-S", verify_ledger.__file__, str(folder)],
                            capture_output=True, text=True, cwd="/")  # fmt: skip
    assert report.returncode == 0 and report.stdout.endswith("WHOLE\n"), report.stdout + report.stderr
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert not [name for name in names if name.startswith(("1-", "2-viewing"))], "the original is not in it"
    [camera] = json.loads((folder / "manifest.json").read_bytes())["footage"]
    assert camera["derivatives"][0]["redaction"]["checked_by"] == CHECKER
    frame = first_picture(next(folder.glob("2-redacted/*.mp4")))
    assert contrast(frame, 0.1, 0.1, 0.3, 0.5) < 24 and contrast(frame, 0.6, 0.2, 0.9, 0.8) < 24, "flat"
    assert contrast(frame, 0, 0, 1, 1) > 100


def test_covered_by_mouse_finger_and_keys_checked_by_another_packed_and_verified(
    desk_page: Page, demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page = desk_page
    codes = in_django(demo, NEW_PERSON).split()
    case = begin_a_package(page, demo)
    draw(page)
    keep_picture(page, "c1-drawn")
    touch_on_a_phone(page)
    set_boxes = boxes(page)
    page.click("button[formaction*='/redact/']")
    wait_for_the_film(page)
    keep_picture(page, "c3-film")
    page.select_option("#checker", label=CHECKER)
    page.click("form[action$='/ask/'] button")
    check_as_somebody_else(browser, demo, case, codes)
    page.click("main a[href^='/packages/']")
    assert boxes(page) == set_boxes
    keep_picture(page, "c6-checked")
    page.click("form[action$='/pack/'] > button[type=submit]")
    page.wait_for_selector("[data-write]", timeout=90_000)
    holds_only_what_was_covered(written(page, tmp_path))
