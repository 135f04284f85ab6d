"""The hours in which a camera may film: as a rule, as part of the approval, as the recorder reads them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuramori import clock
from kuramori.cameras import enrolment, hours, hours_words
from kuramori.desk import test_pictures
from kuramori.errors import BadInput
from kuramori.footage import settings_file
from kuramori.guideline import regulation_terms
from kuramori.ledger.models import Entry
from kuramori.people import second_factor
from kuramori.recorder.settings_reading import parse
from tests.desk import drawn
from tests.footage.fixtures import data, now
from tests.guideline.set_up import WHOLE, SetUpBody, set_up

__all__ = ["data", "now"]
TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
NIGHT = {"days": [4], "from": "22:00", "until": "06:00"}
EVERY_DAY = {"days": list(range(7)), "from": "00:00", "until": "00:00"}


def ns(said: str, zone: ZoneInfo = TOKYO) -> int:
    return int(datetime.fromisoformat(said).replace(tzinfo=zone).timestamp()) * clock.NS_PER_S


def test_a_night_that_begins_on_friday_ends_on_saturday_and_no_other_does() -> None:
    """2026-11-27 is a Friday."""
    lines = hours.parsed([NIGHT])
    begins, ends = ns("2026-11-27T22:00"), ns("2026-11-28T06:00")
    assert [hours.allows(lines, TOKYO, at) for at in (begins - 1, begins, ends - 1, ends)] == [
        False,
        True,
        True,
        False,
    ]
    assert not hours.allows(lines, TOKYO, ns("2026-11-27T05:00"))
    assert not hours.allows(lines, TOKYO, ns("2026-11-28T23:00"))
    assert hours.turns_at(lines, TOKYO, begins - 1) == begins
    assert hours.turns_at(lines, TOKYO, begins) == ends
    assert hours.turns_at(lines, TOKYO, ns("2026-11-30T12:00")) is None


def test_whole_days_leave_no_hole_at_midnight_nor_when_clocks_change() -> None:
    lines = hours.parsed([EVERY_DAY])
    for zone, first in (
        (TOKYO, "2026-11-23T00:00"),
        (BERLIN, "2026-10-24T12:00"),
        (BERLIN, "2026-03-28T12:00"),
    ):
        start = ns(first, zone)
        assert all(hours.allows(lines, zone, start + step * 600 * clock.NS_PER_S) for step in range(300))
    assert hours.allows((), TOKYO, 0)


@pytest.mark.parametrize(
    "rows",
    [
        None,
        "always",
        {},
        [1],
        [{}],
        [NIGHT] * 8,
        [{**NIGHT, "days": []}],
        [{**NIGHT, "days": [7]}],
        [{**NIGHT, "days": [True]}],
        [{**NIGHT, "from": "24:00"}],
        [{**NIGHT, "until": "6:00"}],
        [{**NIGHT, "more": 1}],
    ],
)
def test_what_is_not_exactly_hours_is_refused(rows: object) -> None:
    """A line that nobody understands must not be left out: it might be a limit."""
    with pytest.raises(BadInput):
        hours.parsed(rows)


def test_hours_in_words() -> None:
    with translation.override("ja"):
        assert hours_words.of([]) == "常時"
        assert hours_words.of([NIGHT, EVERY_DAY]) == "金 22:00–06:00、毎日 終日"


@pytest.fixture
def body(transactional_db: None, data: Path, now: clock.ManualClock) -> SetUpBody:
    return set_up()


@pytest.fixture
def browser(body: SetUpBody) -> Client:
    second_factor.new_card(body.manager)
    client = Client(headers={"host": "localhost"})
    client.force_login(body.manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def approve(browser: Client, body: SetUpBody, **more: object) -> int:
    test_pictures.hold(body.manager.pk, body.camera.pk, drawn.test_picture())
    said = {"polygon": str(WHOLE), "masks": "[]", "only_needed": "on", "compared": "on", **more}
    return browser.post(reverse("setup_range", args=[body.camera.pk]), said).status_code


def test_hours_are_part_of_the_approval_and_reach_recorder_and_regulations(
    body: SetUpBody, browser: Client, data: Path
) -> None:
    before = regulation_terms.running()
    line = {"days_1": ["0", "4"], "from_1": "22:00", "until_1": "06:00"}
    assert approve(browser, body, when="hours", **line) == 302
    kept = {"days": [0, 4], "from": "22:00", "until": "06:00"}
    approved = enrolment.current_range(body.camera)
    assert approved is not None
    assert (approved.version, approved.hours) == (2, [kept])
    settings_file.write_now()
    read = parse((data / "record/settings.json").read_bytes())
    assert hours.rows(read.cameras[0].hours) == [kept]
    assert '"hours":[{"days":[0,4]' in Entry.objects.filter(act="range-approved").latest("seq").text
    assert any("時間" in one for one in regulation_terms.differences(before, regulation_terms.running()))
    test_pictures.hold(body.manager.pk, body.camera.pk, drawn.test_picture())
    page = browser.get(reverse("setup_range", args=[body.camera.pk])).content.decode()
    assert 'value="22:00"' in page
    assert "data-hours open" in page

    assert approve(browser, body, when="always", **line) == 302
    again = enrolment.current_range(body.camera)
    assert again is not None
    assert again.hours == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"when": "hours"},
        {"when": "hours", "days_1": ["0"], "from_1": "22:00"},
        {"when": "hours", "from_1": "22:00", "until_1": "23:00"},
        {"when": "hours", "days_1": ["9"], "from_1": "22:00", "until_1": "23:00"},
    ],
)
def test_half_a_line_approves_nothing(body: SetUpBody, browser: Client, said: dict[str, object]) -> None:
    assert approve(browser, body, **said) == 422
    assert body.camera.ranges.count() == 1


def test_recording_on_motion_alone_is_refused_with_the_reason_and_the_refusal_is_kept(
    body: SetUpBody, browser: Client
) -> None:
    test_pictures.hold(body.manager.pk, body.camera.pk, drawn.test_picture())
    said = {"polygon": str(WHOLE), "masks": "[]", "only_needed": "on", "when": "motion"}
    answer = browser.post(reverse("setup_range", args=[body.camera.pk]), said)
    assert answer.status_code == 422
    assert "動きがあったときだけ" in answer.content.decode()
    assert "後から誰にも分かりません" in answer.content.decode()
    assert body.camera.ranges.count() == 1
    assert Entry.objects.filter(act="range-approved", outcome="refused").count() == 1
