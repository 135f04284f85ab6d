"""One page answers whether all is well; its lights, days and periods are those the rules work by."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuramori import clock, periods
from kuramori.cameras import enrolment as cameras
from kuramori.guideline import dues, judging, lights
from kuramori.guideline.ageing import DAY_NS
from kuramori.guideline.defaults import DEFAULTS
from kuramori.guideline.registry import CLAUSES
from kuramori.policy.models import VerdictChange
from tests.guideline import entering
from tests.guideline.entering import browser
from tests.guideline.set_up import SetUpBody, hung, set_up

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = Path(periods.__file__).parent


@pytest.fixture
def body(data: Path, now: clock.ManualClock) -> SetUpBody:
    return hung(set_up())


def test_the_page_says_no_with_one_button_for_each_thing_and_then_yes(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    said = page.get("/guideline/overview/").content.decode()
    assert "早めにすることが" in said and f"/registers/assessments/new/?camera={body.camera.pk}" in said
    now.advance_s(15 * 86_400)
    judging.judge_all()
    said = page.get("/guideline/overview/").content.decode()
    assert "いいえ。閉じているものが" in said and said.count("lamp-shut") == 4
    entering.assessment(page, body)
    entering.explanation(page, body)
    judging.judge_all()
    # What is left: the regulations and the check of the camera itself.
    assert page.get("/guideline/overview/").content.decode().count("lamp-shut") == 2


def test_an_operator_sees_it_without_buttons_and_nobody_else_does(
    body: SetUpBody, now: clock.ManualClock, client: Any
) -> None:
    assert client.get("/guideline/overview/").status_code == 302


def test_what_ages_stands_on_its_own_day_with_holidays_beside_it(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    entering.walk_round(browser(body.manager), body, next_on="2027-01-03")
    judging.judge_all()
    (due,) = [one for one in dues.ahead(now.wall_ns()) if one.clause == "T12"]
    assert due.day == date(2027, 1, 4) and (due.shut_ns or 0) - due.due_ns == 14 * DAY_NS
    weeks = dues.month(date(2027, 1, 1), [due], date(2027, 1, 2))
    days = {day.day: day for week in weeks for day in week if day.day}
    assert days[date(2027, 1, 1)].holiday == "元日" and days[date(2027, 1, 2)].today
    assert days[date(2027, 1, 4)].dues == (due,) and len(days) == 31
    assert days[date(2027, 1, 18)].shuts == (due,) and not days[date(2027, 1, 18)].dues
    said = browser(body.manager).get("/guideline/overview/?month=2027-01").content.decode()
    assert "元日" in said and 'class="due"' in said


def test_the_year_as_a_picture_shows_when_a_light_was_red(now: clock.ManualClock, data: Path) -> None:
    def changed(days_ago: int, gate: str, subject: str = "1", *, over: bool = False) -> None:
        VerdictChange.objects.create(
            subject_kind="site", subject_id=subject, clause="T12", gate=gate, code="x",
            at_ns=now.wall_ns() - days_ago * DAY_NS, over=over,
        )  # fmt: skip

    for days_ago, gate in ((400, "warn"), (380, ""), (300, "no-export"), (200, "")):
        changed(days_ago, gate)
    changed(250, "no-export", "2")
    changed(100, "", "2", over=True)
    found = lights.year(now.wall_ns())["T12"]
    assert [(one.light, one.x) for one in found] == [
        ("good", 0),
        ("shut", (365 - 300) * 1000 // 365),
        ("good", (365 - 100) * 1000 // 365),
    ]
    assert sum(one.width for one in found) == lights.WIDTH
    assert set(lights.year(now.wall_ns())) == set(CLAUSES)


def test_the_table_of_defaults_is_what_the_rules_read(body: SetUpBody, now: clock.ManualClock) -> None:
    names = {name for name in vars(periods) if name.isupper()}
    assert {one.name for one in DEFAULTS} == names and len(DEFAULTS) == len(names)
    page = browser(body.manager).get("/guideline/defaults/").content.decode()
    assert set(re.findall(r'data-name="([A-Z_]+)"', page)) == names
    for one in DEFAULTS:
        assert str(one.value) in one.words and one.clause in CLAUSES
    readers = {
        node.attr if isinstance(node, ast.Attribute) else node.name
        for path in SOURCE.rglob("*.py")
        if path.name not in ("periods.py", "defaults.py") or path.parent.name == "people"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr.isupper()) or isinstance(node, ast.alias)
    }
    assert names <= readers, names - readers


def test_the_number_of_queries_depends_neither_on_cameras_nor_on_history(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    page.get("/guideline/overview/")
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page.get("/guideline/overview/")
        counts.append(len(caught))
        for number in range(5):
            cameras.register(
                site=body.site, name=f"x{number}", place_text="", url=f"rtsp://127.0.0.1/{number}", width=1,
                height=1, by=body.manager,
            )  # fmt: skip
        for number in range(100):
            VerdictChange.objects.create(
                subject_kind="body", subject_id="1", clause="T9", gate="warn" if number % 2 else "",
                code="x", at_ns=now.wall_ns() - number * DAY_NS,
            )  # fmt: skip
        judging.judge_all()
    assert counts[0] == counts[1]
