"""Facts become verdicts, verdicts close gates, and the recorder's settings file says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kuramori import clock
from kuramori.cameras import enrolment as cameras
from kuramori.errors import Refusal
from kuramori.footage.models import PictureCheck
from kuramori.guideline import judging, standing
from kuramori.guideline.ageing import DAY_NS
from kuramori.ledger.models import Entry
from kuramori.people.models import Appointment
from kuramori.places import signs
from kuramori.policy import gates
from kuramori.policy.models import Verdict
from tests.guideline.set_up import WHOLE, set_up, today
from tests.people import dutiful

pytestmark = pytest.mark.django_db(transaction=True)
JPEG = b"\xff\xd8\xff photo"


def recorder_gates(data: Path) -> list[tuple[str, str]]:
    settings = json.loads((data / "record" / "settings.json").read_text())
    return [(gate["gate"], gate["rule"]) for gate in settings["cameras"][0]["gates"]]


def test_the_sign_opens_step_by_step_and_the_recorder_hears_of_each(
    data: Path, now: clock.ManualClock
) -> None:
    body = set_up()
    judging.judge_all()
    unchecked = ("sealed", "T6g")  # from the day on which the camera must have been checked
    assert recorder_gates(data) == [("no-record", "T3"), unchecked]
    sign = signs.declare(body.site, "玄関の扉", today(), body.manager)
    judging.judge_all()
    assert recorder_gates(data) == [("sealed", "T3"), ("no-record", "T3"), unchecked]
    with pytest.raises(Refusal, match="sign-photo-missing"):
        gates.require_viewable(body.camera.id, body.manager, now.wall_ns())
    signs.add_photo(sign, JPEG, body.manager)
    judging.judge_all()
    gates.require_viewable(body.camera.id, body.manager, now.wall_ns())
    assert ("sealed", "T3") in recorder_gates(data)  # the day the photo is too old, written down already


def test_after_seven_days_the_gate_closes_with_no_job_having_run(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    signs.declare(body.site, "玄関の扉", today(), body.manager)
    judging.judge_all()
    due_ns = now.wall_ns() + 7 * DAY_NS
    assert {gate.gate for gate in gates.closed("camera", body.camera.id, due_ns - 1)} == {"sealed", "warn"}
    assert {gate.gate for gate in gates.closed("camera", body.camera.id, due_ns)} == {"no-record", "warn"}
    settings = json.loads((data / "record" / "settings.json").read_text())
    spans = settings["cameras"][0]["gates"]
    assert {"gate": "no-record", "rule": "T3", "from_ns": due_ns, "until_ns": None} in spans


def test_a_clock_that_is_set_back_opens_nothing(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    judging.judge_all()
    now.step_wall_s(-40 * 24 * 3600)
    settings = json.loads((data / "record" / "settings.json").read_text())
    (gate,) = [one for one in settings["cameras"][0]["gates"] if one["gate"] == "no-record"]
    assert gate["from_ns"] <= now.wall_ns()
    with pytest.raises(Refusal, match="sign-missing"):
        gates.require_recordable(body.camera.id, now.wall_ns())


def test_all_cameras_at_once_are_as_closed_as_one_by_one(
    data: Path, now: clock.ManualClock, django_assert_num_queries: Any
) -> None:
    body = set_up()
    for number in range(2, 5):
        cameras.register(
            site=body.site,
            name=f"x{number}",
            place_text="",
            url="rtsp://127.0.0.1/",
            width=1,
            height=1,
            by=body.manager,
        )
    judging.judge_all()
    with django_assert_num_queries(4):
        together = gates.closed_for_cameras(now.wall_ns())
    assert len(together) == 4
    for camera, found in together.items():
        assert found == gates.closed("camera", camera, now.wall_ns())


def test_a_camera_that_nobody_judged_is_closed(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    with pytest.raises(Refusal, match="unjudged"):
        gates.require_recordable(body.camera.id, now.wall_ns())


@pytest.mark.parametrize(
    ("left_out", "code"),
    [("purpose", "purpose-missing"), ("days", "retention-missing"), ("drawn", "range-missing")],
)
def test_what_set_up_left_out_stops_the_camera(
    left_out: str, code: str, data: Path, now: clock.ManualClock
) -> None:
    body = set_up(**{left_out: False})
    sign = signs.declare(body.site, "玄関の扉", today(), body.manager)
    signs.add_photo(sign, JPEG, body.manager)
    judging.judge_all()
    with pytest.raises(Refusal, match=code):
        gates.require_recordable(body.camera.id, now.wall_ns())
    assert code in {one.code for one in standing.missing(now.wall_ns())}


def test_a_mask_is_recorded_until_it_is_found_missing(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    sign = signs.declare(body.site, "玄関の扉", today(), body.manager)
    signs.add_photo(sign, JPEG, body.manager)
    cameras.approve_range(body.camera, WHOLE, [[[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]], body.manager)
    judging.judge_all()
    settings = json.loads((data / "record" / "settings.json").read_text())
    assert settings["cameras"][0]["masked"] is True
    gates.require_recordable(body.camera.id, now.wall_ns())
    PictureCheck.objects.create(camera=body.camera.id, mask_failed_version=2, mask_failed_ns=1)
    judging.judge_all()
    with pytest.raises(Refusal, match="mask-failed"):
        gates.require_recordable(body.camera.id, now.wall_ns())


def test_a_view_that_was_moved_is_closed_until_somebody_approves_it_anew(
    data: Path, now: clock.ManualClock
) -> None:
    body = set_up()
    signs.add_photo(signs.declare(body.site, "玄関の扉", today(), body.manager), JPEG, body.manager)
    judging.judge_all()
    gates.require_viewable(body.camera.id, body.manager, now.wall_ns())
    PictureCheck.objects.create(camera=body.camera.id, view_version=1, view_fault="moved", view_fault_ns=1)
    judging.judge_all()
    with pytest.raises(Refusal, match="view-moved"):
        gates.require_viewable(body.camera.id, body.manager, now.wall_ns())
    gates.require_recordable(body.camera.id, now.wall_ns())
    settings = json.loads((data / "record" / "settings.json").read_text())
    assert settings["cameras"][0]["range_version"] == 1
    assert ("sealed", "T2b") in {(gate["gate"], gate["rule"]) for gate in settings["cameras"][0]["gates"]}
    cameras.approve_range(body.camera, WHOLE, [], body.manager)
    judging.judge_all()
    gates.require_viewable(body.camera.id, body.manager, now.wall_ns())


def test_when_the_manager_goes_nobody_looks_and_recording_goes_on(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    signs.add_photo(signs.declare(body.site, "玄関の扉", today(), body.manager), JPEG, body.manager)
    ends_ns = now.wall_ns() + DAY_NS
    Appointment.objects.filter(role="manager").update(ends_ns=ends_ns)
    judging.judge_all()
    gates.require_viewable(body.camera.id, body.manager, ends_ns - 1)
    with pytest.raises(Refusal, match="manager-missing"):
        gates.require_viewable(body.camera.id, body.manager, ends_ns)
    gates.require_recordable(body.camera.id, ends_ns)


def test_a_sign_taken_down_stops_recording_at_the_next_judging(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    sign = signs.add_photo(signs.declare(body.site, "玄関の扉", today(), body.manager), JPEG, body.manager)
    judging.judge_all()
    signs.take_down(sign, body.manager)
    judging.judge_all()
    with pytest.raises(Refusal, match="sign-missing"):
        gates.require_recordable(body.camera.id, now.wall_ns())


def test_judging_again_changes_and_writes_nothing(data: Path, now: clock.ManualClock) -> None:
    set_up()
    assert judging.judge_all() is True
    entries, rows = Entry.objects.count(), list(Verdict.objects.order_by("pk").values())
    now.advance_s(5)
    assert judging.judge_all() is False
    assert Entry.objects.count() == entries
    assert list(Verdict.objects.order_by("pk").values()) == rows


def test_a_gate_that_turned_by_itself_is_closed_since_its_own_instant(
    data: Path, now: clock.ManualClock
) -> None:
    body = set_up()
    signs.declare(body.site, "玄関の扉", today(), body.manager)
    judging.judge_all()
    due_ns = now.wall_ns() + 7 * DAY_NS
    now.advance_s(9 * 24 * 3600)  # the box was off over the day
    judging.judge_all()
    assert Verdict.objects.get(clause="T3").from_ns == due_ns


def test_a_change_of_state_is_in_the_ledger_with_its_reason(data: Path, now: clock.ManualClock) -> None:
    set_up(purpose=False)
    judging.judge_all()
    said = [json.loads(row.text) for row in Entry.objects.filter(act="verdict-changed")]
    assert any(one["reason"] == "purpose-missing" and one["detail"]["clause"] == "T1" for one in said)


def test_a_manager_without_successor_is_a_verdict_on_the_body(data: Path, now: clock.ManualClock) -> None:
    dutiful.manager()
    judging.judge_all()
    assert gates.closed("body", "1", now.wall_ns())[0].code in ("body-missing", "storehouse-key-missing")
