"""Looks that are refused: a page says why, by which rule and what helps, and the ledger has it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import (
    camera_id,
    in_django,
    last_entry,
    ledgered,
    shown_number,
    sign_in,
    unlock,
    until,
)
from tests.browser.test_playback import JST, open_player

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.fixtures import Demo

pytestmark = pytest.mark.browser


def refused(demo: Demo, after: int) -> list[str]:
    """Codes of the refusals ledgered since."""
    return [
        str(entry["reason"] or entry["detail"])
        for entry in ledgered(demo, after)
        if entry["outcome"] == "refused"
    ]


def assert_explained(page: Page) -> None:
    """The page has the four answers and no bare code as its heading."""
    facts = page.locator("main dl.facts dd").all_inner_texts()
    assert len(facts) == 4
    assert all(text.strip() for text in facts)
    assert re.search(r"[ぁ-ん]", page.locator("h1").inner_text())


def lock(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/playback/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    page.request.post(f"{demo.url}/storehouse/lock/", form={"csrfmiddlewaretoken": token},
                      headers={"Referer": demo.url + "/"})  # fmt: skip


def ask(page: Page, demo: Demo, minutes: str) -> None:
    page.goto(f"{demo.url}/cases/own/")
    start = datetime.now(JST) - timedelta(minutes=int(minutes))
    page.fill("[name=start]", start.strftime("%Y-%m-%dT%H:%M:%S"))
    page.select_option("[name=minutes]", minutes)
    page.fill("[name=reason]", "試し")
    page.click("form.ask button[type=submit]")


def test_while_locked_nothing_is_granted(desk_page: Page, demo: Demo) -> None:
    lock(desk_page, demo)
    before = last_entry(demo)
    ask(desk_page, demo, "1")
    assert "playback-granted" not in [entry["act"] for entry in ledgered(demo, before)]
    desk_page.goto(f"{demo.url}/playback/")
    desk_page.click("form.ask button[type=submit]")
    assert_explained(desk_page)
    assert any("storehouse-locked" in said for said in refused(demo, before))


def test_more_than_sixty_minutes_cannot_be_approved_by_oneself(desk_page: Page, demo: Demo) -> None:
    unlock(desk_page, demo)
    before = last_entry(demo)
    ask(desk_page, demo, "180")
    assert_explained(desk_page)
    assert any("own-request-too-long" in said for said in refused(demo, before))


def test_footage_outside_the_granted_interval_is_refused(desk_page: Page, demo: Demo) -> None:
    open_player(desk_page, demo)
    shown_number(desk_page)
    last = desk_page.evaluate("kuramoriPlayer.pieces.at(-1).url")
    desk_page.wait_for_timeout(1500)
    before = last_entry(demo)
    first, end = re.findall(r"/(\d+)-(\d+)\.m4s", last)[0]
    beyond = last.replace(f"{first}-{end}.m4s", f"{int(first)}-{int(end) + 30}.m4s")
    assert desk_page.request.get(beyond).status == 403
    foreign = re.sub(r"/playback/[0-9a-f]{32}/", f"/playback/{'0' * 32}/", last)
    assert desk_page.request.get(foreign).status == 403
    codes = refused(demo, before)
    assert any("grant-other-interval" in said for said in codes)
    assert any("no-grant" in said for said in codes)


def test_a_closed_gate_shows_nobody_anything_live_included(desk_page: Page, demo: Demo) -> None:
    desk_page.goto(f"{demo.url}/live/")
    desk_page.click(f"form[action*='{camera_id(demo)}'] button")
    shown_number(desk_page)
    in_django(demo, _SIGN_DOWN)
    try:
        until(desk_page, "document.querySelector('.screen.dark') !== null", within_s=8)
        assert not desk_page.evaluate("document.querySelector('video').videoWidth"), (
            "who was looking sees no more"
        )
        before = last_entry(demo)
        desk_page.goto(f"{demo.url}/live/{camera_id(demo)}/")
        desk_page.click("main form button[type=submit]")
        assert_explained(desk_page)
        assert desk_page.locator("main a[href='/clauses/T3/']").count() == 1
        assert refused(demo, before)
    finally:
        in_django(demo, _SIGN_UP)


@pytest.fixture
def operator_page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """An operator who is no manager, signed in."""
    from tests.browser.fixtures import Demo as Handout

    codes = in_django(demo, _OPERATOR).split()
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    sign_in(page, Handout(demo.port, demo.data, "sato", "kura no kagi wa futatsu", "", codes))
    yield page
    context.close()


def test_an_operator_cannot_open_the_storehouse_and_may_only_ask(operator_page: Page, demo: Demo) -> None:
    before = last_entry(demo)
    operator_page.goto(f"{demo.url}/storehouse/unlock/")
    assert_explained(operator_page)
    assert any("role-needed" in said for said in refused(demo, before))
    ask(operator_page, demo, "1")
    assert operator_page.locator(".message").inner_text()
    assert "case-received" in [entry["act"] for entry in ledgered(demo, before)]


def test_signing_out_in_another_window_ends_the_live_picture(operator_page: Page, demo: Demo) -> None:
    operator_page.goto(f"{demo.url}/live/")
    operator_page.click(f"form[action*='{camera_id(demo)}'] button")
    shown_number(operator_page)
    other = operator_page.context.new_page()
    other.goto(f"{demo.url}/live/")
    other.click("form[action='/accounts/logout/'] button")
    until(operator_page, "document.querySelector('.screen.dark') !== null", within_s=8)


_SIGN_DOWN = """
from kuramori.places.models import Sign
from kuramori.people.models import Account
from kuramori.places import signs
from kuramori.guideline import judging
by = Account.objects.order_by('pk').first()
for sign in Sign.objects.filter(removed_ns=None): signs.take_down(sign, by)
judging.judge_all()
"""
_SIGN_UP = """
from kuramori.main import demo_set_up
from kuramori.people.models import Account
from kuramori.guideline import judging
demo_set_up._hang_sign(Account.objects.order_by('pk').first())
judging.judge_all()
"""
_OPERATOR = """
from kuramori.people import duties, enrolment, lesson, second_factor
from kuramori.people.models import Account
by = Account.objects.order_by('pk').first()
known = Account.objects.filter(username='sato').first()
if known is None:
    _, token = enrolment.appoint_operator('sato', '佐藤 花子', ends_ns=None, by=by)
    known = enrolment.accept(token, 'kura no kagi wa futatsu')
    answers = {one.key: one.right for one in lesson.QUESTIONS}
    duties.take(known, version=duties.words().version, answers=answers)
print(*second_factor.new_card(known))
"""
