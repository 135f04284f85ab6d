"""Years of a small office, told by its papers: signs, complaints, leaks, regulations, a camera that goes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kuramori import clock
from kuramori.cameras import enrolment
from kuramori.cameras.models import Camera
from kuramori.errors import Refusal
from kuramori.footage import settings_file
from kuramori.footage.models import Order
from kuramori.guideline import dues, judging, regulation_adopting, standing
from kuramori.guideline.regulation_terms import running
from kuramori.ledger.models import Entry
from kuramori.local_time import begin_ns
from kuramori.places import signs
from kuramori.places.models import Sign
from kuramori.policy import gates, keeping, regulations
from kuramori.recorder.settings_reading import parse
from tests.audit.body import photo
from tests.guideline.entering import assessment, browser, day, enter, explanation, step
from tests.guideline.set_up import SetUpBody, hung, set_up, today
from tests.guideline.test_regulations import text_of
from tests.stories.test_people_over_years import hands_over, shut, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def body(data: Any, now: clock.ManualClock) -> SetUpBody:
    """In order on 23 November 2026."""
    return hung(set_up())


def no_export(camera: str, at_ns: int) -> set[str]:
    judging.judge_all(at_ns)
    return {one.code for one in gates.closed("camera", camera, at_ns) if one.gate == "no-export"}


def test_a_signs_photo_ages_over_the_new_year_and_nothing_stops_being_recorded(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    """Photographed a little late, so that its year and two weeks end on 3 January, when nobody is there."""
    camera = body.camera.pk
    until(now, date(2026, 12, 20))
    first = Sign.objects.get()
    signs.take_down(first, body.manager)
    sign = signs.declare(body.site, "玄関の柱", today(), body.manager)
    signs.add_photo(sign, b"photo", body.manager)
    old_ns = now.wall_ns() + 365 * 86_400 * clock.NS_PER_S
    shut_ns = old_ns + 14 * 86_400 * clock.NS_PER_S
    assert "sign-photo-old" not in shut(camera, shut_ns - 1)
    assert "sign-photo-old" in shut(camera, shut_ns)
    until(now, date(2027, 11, 15))
    manager = hands_over(body.manager, "山本 次郎", "yamamoto")
    until(now, date(2027, 12, 28))
    judging.judge_all()
    due = [one for one in dues.ahead(now.wall_ns()) if one.clause == "T3"]
    assert [one.shut_day for one in due] == [date(2028, 1, 3)]
    squares = [one for week in dues.month(date(2028, 1, 1), due, today()) for one in week if one.day]
    marked = [one for one in squares if one.dues or one.shuts]
    assert [one.day for one in marked] == [date(2028, 1, 3)], "the calendar shows the day it shuts"
    assert next(one.holiday for one in squares if one.day == date(2028, 1, 1)), "and the holidays before it"
    until(now, date(2028, 1, 5))
    judging.judge_all()
    found = {(one.gate, one.code) for one in gates.closed("camera", camera, now.wall_ns())}
    assert ("sealed", "sign-photo-old") in found
    assert "no-record" not in {gate for gate, _code in found}, "recorded all through the holidays"
    page = browser(manager)
    answer = page.post(
        f"/setup/sign/{sign.pk}/photo/", {"photo": SimpleUploadedFile("sign.jpg", photo(), "image/jpeg")}
    )
    assert answer.status_code == 302, answer.content.decode()[:600]
    assert "sign-photo-old" not in shut(camera, now.wall_ns()), "the photo opens it"


def test_a_complaint_leads_to_a_moved_camera(body: SetUpBody, now: clock.ManualClock) -> None:
    page, camera = browser(body.manager), body.camera
    assessment(page, body)
    until(now, date(2027, 3, 1), 10)
    page = browser(body.manager)
    said = {"received_at": "2027-03-01T09:30", "channel": "telephone", "content": "うちの窓が映る"}
    address = enter(page, "complaints", **said, handler="佐藤", camera=camera.pk)
    step(page, address, "acknowledged")
    closing = {"kind": "closed", "done_on": day(), "text": "済"}
    assert page.post(f"{address}step/", closing).status_code == 422, "nothing was answered or done"
    # Nobody looks while it points at the window: the range is drawn anew, smaller.
    before = camera.ranges.get(revoked_ns=None).version
    enrolment.approve_range(camera, [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], [], body.manager)
    assert camera.ranges.get(revoked_ns=None).version == before + 1
    # What it saw until now is erased before its day, with the reason in the record.
    span = {"start": "2027-02-15T00:00", "end": "2027-03-01T09:59"}
    erase = {"camera": camera.pk, **span, "reason": "窓が映っていた", "sure": "on"}
    answer = page.post("/erasure/early/", erase)
    assert answer.status_code == 302, answer.content.decode()[:600]
    assert Order.objects.filter(kind="erase").count() == 1
    assert Entry.objects.filter(text__contains="窓が映っていた").exists(), "with its reason, in the record"
    changed_ns = now.wall_ns()
    late_ns = changed_ns + 14 * 86_400 * clock.NS_PER_S
    assert "privacy-late" in no_export(camera.pk, late_ns), "what it films has changed: weighed anew"
    now.advance_s(60)
    assessment(page, body)
    assert "privacy-late" not in no_export(camera.pk, late_ns)
    step(page, address, "reviewed")
    step(page, address, "measure")
    step(page, address, "answered")
    assert page.post(f"{address}step/", closing).status_code == 302
    assert "complaint-late" not in no_export(camera.pk, now.wall_ns() + 60 * 86_400 * clock.NS_PER_S)


def test_a_leak_on_a_friday_evening_does_not_wait_for_monday(body: SetUpBody, now: clock.ManualClock) -> None:
    """The days run from first knowing, weekend and holidays included; offices are shut on two of them."""
    until(now, date(2027, 4, 30), 19)  # a Friday; 3, 4 and 5 May are holidays
    page, camera = browser(body.manager), body.camera.pk
    known = {"aware_at": "2027-04-30T18:40", "aware_who": "佐藤"}
    said = {**known, "trigger": "wrongful", "overview": "写真が出回った"}
    address = enter(page, "incidents", **said)
    shown = page.get(address).content.decode()
    assert "2027-05-04" in shown, "the fifth day"
    assert "2027-04-30" in shown, "the last day on which an office is open before it"
    shut_ns = begin_ns(date(2027, 5, 5))
    assert "leak-report-late" not in no_export(camera, shut_ns - 1)
    assert "leak-report-late" in no_export(camera, shut_ns)
    until(now, date(2027, 5, 4), 8)
    step(browser(body.manager), address, "prompt")
    assert "leak-report-late" not in no_export(camera, shut_ns)
    final_ns = begin_ns(date(2027, 6, 29))  # the sixtieth day, a wrongful purpose being possible, is the 28th
    assert "leak-report-late" not in no_export(camera, final_ns - 1)
    assert "leak-report-late" in no_export(camera, final_ns)


def test_the_assembly_changes_the_regulations_and_only_then_the_days(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page, camera = browser(body.manager), body.camera
    first = _adopt(body, "設立総会")
    until(now, date(2027, 4, 1))
    with pytest.raises(Refusal, match="regulations-shorter"):
        keeping.decide(camera, body.manager, days=21)
    regulations.plan(camera, body.manager, days=21)
    assert keeping.current(camera).days == 14  # type: ignore[union-attr]
    until(now, date(2027, 4, 20), 20)
    page = browser(body.manager)
    draft = regulations.digest(running(with_planned=True))
    said = {"sha256": draft, "same_paper": "on", "approved_by": "2027年度通常総会", "adopted_on": day()}
    answer = page.post("/regulations/", said)
    assert answer.status_code == 302, answer.content.decode()[:600]
    assert keeping.current(camera).days == 21  # type: ignore[union-attr]
    newest = regulations.adopted()
    assert newest is not None and newest.version == first.version + 1
    assert newest.sha256 == regulations.digest(running()) == draft, "printed is what runs"
    assert regulation_adopting.drift() == []
    for version, days in ((first.version, "14日間"), (newest.version, "21日間")):
        paper = page.get(f"/regulations/{version}.pdf")
        assert paper.status_code == 200
        assert days in text_of(paper.content)


def _adopt(body: SetUpBody, by: str) -> Any:
    number = regulations.digest(running(with_planned=True))
    return regulation_adopting.adopt(body.manager, sha256=number, approved_by=by, adopted_on=today())


def test_a_camera_is_abolished_and_what_it_recorded_dies_on_its_own_day(
    body: SetUpBody, now: clock.ManualClock, data: Any
) -> None:
    page, camera = browser(body.manager), body.camera
    explanation(page, body)
    until(now, date(2027, 6, 1), 10)
    page = browser(body.manager)
    gone = {
        "camera": camera.pk, "kind": "abolished", "happens_on": day(), "reason": "店を閉める",
        "approved_by": "役員会",
    }  # fmt: skip
    assert page.post("/registers/camera-changes/new/", gone).status_code == 422, "what of its pictures?"
    enter(page, "camera-changes", **gone, disposal="期日に消える", sign_removed="on")
    assert Camera.objects.get().retired_ns is not None
    settings_file.write_now()
    read = parse((data / "record/settings.json").read_bytes(), recorder=None)
    assert not read.recordable(camera.pk, now.wall_ns()), "recorded no more"
    judging.judge_all()
    asked = {(one.clause, one.about) for one in standing.missing(now.wall_ns())}
    assert not {about for _clause, about in asked if "入口" in about}, "nothing is asked for it any more"
    again = page.post("/registers/camera-changes/new/", {**gone, "disposal": "x", "sign_removed": "on"})
    assert again.status_code == 422, "once"
    paper = page.get("/registers/camera-changes/1.pdf")
    assert paper.content.startswith(b"%PDF-")
    until(now, date(2029, 6, 1))
    judging.judge_all()
    assert not [one for one in dues.ahead(now.wall_ns()) if "入口" in one.about]
    assert Entry.objects.filter(act="camera-retired").count() == 1
