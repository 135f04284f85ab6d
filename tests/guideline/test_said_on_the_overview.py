"""Whatever a rule finds stands on the page that answers whether all is well, and what runs out stands there
before it closes anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation

from kuramori import clock
from kuramori.access import approving
from kuramori.cameras import devices
from kuramori.cameras.models import Camera
from kuramori.guideline import judging, person_index, standing
from kuramori.health import self_check
from kuramori.health.self_rules import Found
from kuramori.places.models import Body
from kuramori.places.room_models import Pc
from kuramori.policy import gates
from tests.cameras.test_hardening import GOOD, found
from tests.guideline import entering
from tests.guideline.entering import browser, day, enter
from tests.guideline.set_up import SetUpBody, hung, set_up, today
from tests.guideline.test_contractors import invited, terms
from tests.people.dutiful import pledge_and_train

pytestmark = pytest.mark.django_db(transaction=True)
OVERVIEW = "/guideline/overview/"
WEEK_S = 7 * 86_400
ORDERLY = Found(updates_waiting=0, lists_age_days=1, disk_encrypted=True, open_ports=(), clock_trusted=True)
RUNS_OUT = {
    "room-check-due", "pc-check-due", "round-due", "leak-report-due", "contract-return-due", "own-month-due",
    "device-unsaid-due", "device-unsaid-late", "privacy-due", "regulations-due", "explanation-due",
}  # fmt: skip


def told(page: Client, now: clock.ManualClock) -> set[str]:
    """The codes that stand now; each must be on the page in its own words."""
    judging.judge_all()
    missing = standing.missing(now.wall_ns())
    text = page.get(OVERVIEW).content.decode()
    with translation.override("ja"):
        for one in missing:
            assert str(one.words.title) in text, one.code
    return {one.code for one in missing}


def test_what_runs_out_is_said_before_it_closes(data: Path, now: clock.ManualClock) -> None:
    body = hung(set_up())
    page, camera = browser(body.manager), body.camera
    room = {"name": "事務所", "holds": "録画機", "lock": "錠", "allowed": "役員", "keys": "1 佐藤"}
    enter(page, "rooms", **room, checked_on=day())
    entering.walk_round(page, body)
    entering.pc(page)
    entering.pc_check(page, Pc.objects.get().pk)
    leak = {"aware_at": f"{day()}T10:00", "aware_who": "佐藤", "trigger": "wrongful", "overview": "流出"}
    enter(page, "incidents", **leak)
    enter(page, "contractors", **terms(0, 5))
    Body.objects.update(one_person=True)
    with transaction.atomic():
        end_ns = now.wall_ns() - 60 * clock.NS_PER_S
        approving.approve(
            body.manager, camera, end_ns - 600 * clock.NS_PER_S, end_ns, case_number="2026-0001",
            purpose_code="incident", reason="窓が割れた", asked_by=body.manager,
        )  # fmt: skip
    Camera.objects.update(device=found())
    camera.refresh_from_db()
    devices.checked(camera, {**GOOD, "cloud": "unknown"})
    seen: set[str] = set()
    for week in range(30):
        if week % 4 == 3:
            devices.checked(camera, {**GOOD, "cloud": "unknown"})
        seen |= told(page, now)
        now.advance_s(WEEK_S)
    assert seen >= RUNS_OUT, RUNS_OUT - seen


def test_the_end_of_a_cameras_support_is_said_and_then_closes_it(data: Path, now: clock.ManualClock) -> None:
    body = hung(set_up())
    page, camera = browser(body.manager), body.camera
    Camera.objects.update(device=found())
    camera.refresh_from_db()
    devices.support_ends(camera.device, today() + timedelta(days=20), body.manager)
    seen = []
    for _week in range(4):
        devices.checked(camera, GOOD)
        seen.append({one for one in told(page, now) if one.startswith("device")})
        now.advance_s(WEEK_S)
    assert seen == [set(), {"device-support-due"}, {"device-support-due"}, {"device-support-late"}]


def nameless(body: SetUpBody) -> None:
    Body.objects.update(telephone="")


def placeless(body: SetUpBody) -> None:
    Camera.objects.update(place_text=" ")


def unexamined_password(body: SetUpBody) -> None:
    Camera.objects.update(password_checked_ns=None)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (nameless, "body-missing"),
        (placeless, "place-missing"),
        (unexamined_password, "password-unchecked"),
    ],
)
def test_what_somebody_takes_out_of_the_tables_stops_recording(
    spoil: Callable[[SetUpBody], None], code: str, data: Path, now: clock.ManualClock
) -> None:
    body = hung(set_up())
    page = browser(body.manager)
    assert code not in told(page, now)
    spoil(body)
    assert code in told(page, now)
    closed = {gate.code: gate.gate for gate in gates.closed("camera", body.camera.pk, now.wall_ns())}
    assert closed[code] == "no-record"


def test_an_index_of_people_stops_recording(
    data: Path, now: clock.ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = hung(set_up())
    page = browser(body.manager)
    assert "person-index" not in told(page, now)
    monkeypatch.setattr(person_index, "found", lambda: ("footage_segment.face_vector",))
    assert "person-index" in told(page, now)
    closed = {gate.code: gate.gate for gate in gates.closed("camera", body.camera.pk, now.wall_ns())}
    assert closed["person-index"] == "no-record"


def test_without_the_storehouses_key_nothing_is_recorded(data: Path, now: clock.ManualClock) -> None:
    body = hung(set_up(key=False))
    assert "storehouse-key-missing" in told(browser(body.manager), now)


def test_that_nobody_operates_is_a_notice(data: Path, now: clock.ManualClock) -> None:
    body = hung(set_up(operates=False))
    assert "operator-missing" in told(browser(body.manager), now)
    assert {
        gate.gate for gate in gates.closed(*gates.BODY, now.wall_ns()) if gate.code == "operator-missing"
    } == {"warn"}


def test_who_has_not_pledged_is_named(data: Path, now: clock.ManualClock) -> None:
    body = hung(set_up())
    page = browser(body.manager)
    guard = invited(page)
    assert "pledge-missing" in told(page, now)
    pledge_and_train(guard)
    assert "pledge-missing" not in told(page, now)


@pytest.mark.parametrize(
    ("machine", "code"),
    [
        ({"updates_waiting": 2}, "recorder-updates"),
        ({"disk_encrypted": False}, "recorder-disk"),
        ({"open_ports": (23,)}, "recorder-ports"),
        ({"clock_trusted": None}, "recorder-clock"),
        (None, "recorder-unexamined"),
    ],
)
def test_what_the_recorder_finds_on_its_own_machine(
    machine: dict[str, Any] | None,
    code: str,
    data: Path,
    now: clock.ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = browser(hung(set_up()).manager)
    monkeypatch.setattr(self_check, "waiting_updates", SimpleNamespace(known=lambda _now_ns: True))
    for changed, there in (({}, code == "recorder-unexamined"), (machine, True)):
        if machine is not None:
            state = replace(ORDERLY, **(changed or {}))
            monkeypatch.setattr(self_check, "examine", lambda state=state: state)
            self_check.look()
        assert (code in told(page, now)) is there
