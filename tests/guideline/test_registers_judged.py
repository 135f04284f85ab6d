"""What stands in the registers is what the clauses judge: an entry opens, what lapses closes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from kuramori import clock, periods
from kuramori.access import approving, grant_check, granting
from kuramori.cameras import enrolment as cameras
from kuramori.cases.own_models import OwnMonth
from kuramori.errors import Refusal
from kuramori.guideline import judging, standing
from kuramori.guideline.ageing import DAY_NS, WARNING_NS
from kuramori.guideline.reading_registers import begin_ns, end_ns
from kuramori.ledger.models import Entry
from kuramori.people import consoles
from kuramori.people.console_models import Console
from kuramori.places import pcs
from kuramori.places.models import Body
from kuramori.places.room_models import Pc
from kuramori.policy import gates
from tests.guideline import entering
from tests.guideline.entering import browser, day
from tests.guideline.set_up import WHOLE, SetUpBody, hung, set_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def body(data: Path, now: clock.ManualClock) -> SetUpBody:
    return hung(set_up())


def said_of(camera: str, at_ns: int) -> set[str]:
    """Codes of what closes handing out of this camera, or worse."""
    return {gate.code for gate in gates.closed("camera", camera, at_ns) if gate.gate != "warn"}


def late_at(now: clock.ManualClock, at_ns: int, camera: str, code: str) -> bool:
    """Whether `code` closes at `at_ns` and not a nanosecond earlier, judged afresh at both."""
    found = []
    for instant in (at_ns - 1, at_ns):
        now.advance_s(0)
        judging.judge_all(instant)
        found.append(code in said_of(camera, instant))
    return found == [False, True]


def test_an_assessment_opens_and_asks_to_be_renewed(body: SetUpBody, now: clock.ManualClock) -> None:
    camera, page = body.camera, browser(body.manager)
    assert late_at(now, camera.created_ns + WARNING_NS, camera.pk, "privacy-late")
    entering.assessment(page, body, review_on=day(30))
    assert "privacy-late" not in said_after(body, camera.created_ns + WARNING_NS)
    assert late_at(now, end_ns(day(30)) + WARNING_NS, camera.pk, "privacy-late")


def test_a_changed_range_asks_for_a_new_assessment(body: SetUpBody, now: clock.ManualClock) -> None:
    page = browser(body.manager)
    entering.assessment(page, body)
    now.advance_s(2 * 86_400)
    cameras.approve_range(body.camera, WHOLE, [], body.manager)
    changed_ns = now.wall_ns()
    assert late_at(now, changed_ns + WARNING_NS, body.camera.pk, "privacy-late")
    now.advance_s(60)
    entering.assessment(page, body)
    assert "privacy-late" not in said_after(body, changed_ns + WARNING_NS)


def test_the_explanation_is_of_this_very_device(body: SetUpBody, now: clock.ManualClock) -> None:
    camera, page = body.camera, browser(body.manager)
    assert late_at(now, camera.created_ns + 14 * DAY_NS, camera.pk, "explanation-late")
    entering.explanation(page, body)
    assert "explanation-late" not in said_after(body, camera.created_ns + 900 * DAY_NS)
    now.advance_s(30 * 86_400)
    cameras.change_connection(
        camera, url="rtsp://127.0.0.1:8554/other", width=1920, height=1080, by=body.manager
    )
    assert late_at(now, now.wall_ns() + 14 * DAY_NS, camera.pk, "explanation-late")


def test_rounds_and_looks_at_locks_age(body: SetUpBody, now: clock.ManualClock) -> None:
    page, camera = browser(body.manager), body.camera.pk
    entering.walk_round(page, body, locks="none", next_on=day(60))
    assert late_at(now, end_ns(day(60)) + WARNING_NS, camera, "round-late")
    began = body.camera.created_ns + periods.ROOM_CHECK_DAYS * DAY_NS + WARNING_NS
    assert late_at(now, began, camera, "room-check-late")
    room = {"name": "事務所", "holds": "録画機", "lock": "錠", "allowed": "役員", "keys": "1 佐藤"}
    now.advance_s(10 * 86_400)
    entering.enter(page, "rooms", **room, checked_on=day())
    by_ns = begin_ns(day()) + periods.ROOM_CHECK_DAYS * DAY_NS + WARNING_NS
    assert late_at(now, by_ns, camera, "room-check-late")


def test_a_complaint_without_an_answer_closes_and_an_answer_opens(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    """23 November 2026 is a holiday: three working days after it are the 26th."""
    page, camera = browser(body.manager), body.camera.pk
    said = {"received_at": "2026-11-23T10:00", "channel": "telephone", "content": "窓", "handler": "佐藤"}
    address = entering.enter(page, "complaints", **said, camera=camera)
    reply_ns = end_ns(day(3))
    assert day(3).isoformat() == "2026-11-26"
    judging.judge_all(reply_ns)
    assert "complaint-due" in {one.code for one in standing.missing(reply_ns)}
    assert late_at(now, reply_ns + WARNING_NS, camera, "complaint-late")
    entering.step(page, address, "acknowledged")
    assert late_at(now, end_ns(day(14)) + WARNING_NS, camera, "complaint-late")
    entering.step(page, address, "answered")
    assert "complaint-late" not in said_after(body, end_ns(day(60)))


def test_a_month_of_own_approvals_closes_45_days_after_its_end(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    """Approved on 23 November 2026: signed by 14 January, or nothing is handed out from the 15th on."""
    page, camera = browser(body.manager), body.camera
    Body.objects.update(one_person=True)
    with transaction.atomic():
        end = now.wall_ns() - 60 * clock.NS_PER_S
        approving.approve(
            body.manager,
            camera,
            end - 600 * clock.NS_PER_S,
            end,
            case_number="2026-0001",
            purpose_code="incident",
            reason="窓が割れた",
            asked_by=body.manager,
        )
    shut_ns = begin_ns(date(2027, 1, 15))
    assert late_at(now, shut_ns, camera.pk, "own-month-late")
    signed = {"month": "2026-11-30", "reader": "会計事務所 鈴木", "reader_post": "税理士"}
    early = page.post("/registers/own-months/new/", {**signed, "signed_on": day()})
    assert early.status_code == 422, "November is not over"
    now.advance_s(9 * 86_400)
    own = page.post("/registers/own-months/new/", {**signed, "reader": "佐藤  花子", "signed_on": day()})
    assert own.status_code == 422, "the manager is no reader from outside"
    empty = page.post("/registers/own-months/new/", {**signed, "month": "2026-10-01", "signed_on": day()})
    assert empty.status_code == 422, "nothing was approved in October"
    entering.enter(page, "own-months", **signed, signed_on=day())
    assert page.post("/registers/own-months/new/", {**signed, "signed_on": day()}).status_code == 422
    row = OwnMonth.objects.get()
    assert (row.month, row.count) == (date(2026, 11, 1), 1)
    assert "own-month-late" not in said_after(body, shut_ns)


def test_a_leak_has_its_two_reports(body: SetUpBody, now: clock.ManualClock) -> None:
    page, camera = browser(body.manager), body.camera.pk
    nine = ("items", "cause", "secondary", "to_persons", "publication", "prevention", "other")
    said = {"aware_at": "2026-11-23T10:00", "aware_who": "佐藤", "trigger": "wrongful", "overview": "流出"}
    address = entering.enter(page, "incidents", **said)
    assert late_at(now, end_ns(day(4)), camera, "leak-report-late")
    assert (
        page.post(f"{address}step/", {"kind": "final", "done_on": day(), "text": "送った"}).status_code == 422
    )
    entering.step(page, address, "prompt")
    assert late_at(now, end_ns(day(59)), camera, "leak-report-late")
    whole = {**said, **dict.fromkeys(nine, "書いた"), "people_count": "3", "correction": "分かった"}
    assert page.post(f"{address}correct/", whole).status_code == 302
    entering.step(page, address, "final")
    assert "leak-report-late" not in said_after(body, end_ns(day(400)))


def test_what_is_no_leak_needs_no_report(body: SetUpBody, now: clock.ManualClock) -> None:
    page = browser(body.manager)
    said = {"aware_at": "2026-11-23T10:00", "aware_who": "佐藤", "trigger": "none", "overview": "停電"}
    assert page.post("/registers/incidents/new/", said).status_code == 422, "says why"
    entering.enter(page, "incidents", **said, other="画像は出ていない")
    assert "leak-report-late" not in said_after(body, end_ns(day(400)))


def test_a_pc_shows_pictures_only_while_its_check_is_good(body: SetUpBody, now: clock.ManualClock) -> None:
    page, camera = browser(body.manager), body.camera
    entering.pc(page)
    row = Pc.objects.get()
    judging.judge_all()
    assert closed_at(row.number, camera.pk, body) == "pc-unchecked"
    entering.pc_check(page, row.pk, updated=None, measures="更新待ち")
    judging.judge_all()
    assert closed_at(row.number, camera.pk, body) == "pc-check-failed"
    entering.pc_check(page, row.pk)
    judging.judge_all()
    grant = granting.grant_live(body.manager, camera, row.number)
    assert Entry.objects.filter(act="live-look").last().text.find('"pc":1') > 0  # type: ignore[union-attr]
    shut_ns = begin_ns(day()) + periods.PC_CHECK_DAYS * DAY_NS + WARNING_NS
    pc = str(row.number)  # asked alone: other doors close in three months too
    assert [one.code for one in gates.closed("pc", pc, shut_ns) if one.gate != "warn"] == ["pc-check-late"]
    assert [one.code for one in gates.closed("pc", pc, shut_ns - 1) if one.gate != "warn"] == []
    assert "pc-check-late" not in said_of(camera.pk, shut_ns)  # the recorder's own screen stays open
    entering.pc_check(page, row.pk, protected=None, measures="切れていた")
    judging.judge_all()
    with pytest.raises(Refusal, match="pc-check-failed"):  # a running look ends with its PC
        grant_check.require_live(grant, body.manager, now.wall_ns())
    with pytest.raises(Refusal, match="pc-unknown"):
        gates.require_viewable(camera.pk, body.manager, now.wall_ns(), pc=99)


def test_another_machine_that_nobody_registered_shows_nothing(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    for more in ({"REMOTE_ADDR": "192.168.1.7"}, {"REMOTE_ADDR": ""}):
        page = browser(body.manager, **more)
        answer = page.post(f"/live/{body.camera.pk}/")
        assert answer.status_code == 403, answer.status_code
    assert browser(body.manager).post(f"/live/{body.camera.pk}/").status_code == 302
    entering.pc(browser(body.manager))
    page = browser(body.manager, REMOTE_ADDR="192.168.1.7")
    judging.judge_all()
    console = Console.objects.create(
        pc=1, public_key=b"k", registered_ns=now.wall_ns(), registered_by=body.manager
    )
    session = page.session
    session[consoles.SESSION] = {
        "console": console.pk, "proven_ns": now.wall_ns(), "address": "192.168.1.7", "agent": "",
    }  # fmt: skip
    session[pcs.SESSION_KEY] = 1
    session.save()
    assert page.post(f"/live/{body.camera.pk}/").status_code == 403
    entering.pc_check(page, Pc.objects.get().pk)
    judging.judge_all()
    assert page.post(f"/live/{body.camera.pk}/").status_code == 302


def test_every_button_leads_to_a_page_and_the_new_row_is_about_the_right_thing(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    entering.pc(page)
    said = {"aware_at": "2026-11-23T10:00", "aware_who": "佐藤", "trigger": "many", "overview": "流出"}
    entering.enter(page, "incidents", **said)
    now.advance_s(210 * 86_400)
    judging.judge_all()
    missing = standing.missing(now.wall_ns())
    assert {"privacy-late", "explanation-late", "round-late", "pc-unchecked", "leak-report-late"} <= {
        one.code for one in missing
    }
    for one in missing:
        if one.href:
            answer = page.get(one.href)
            assert answer.status_code in (200, 302), one
            if "camera=" in one.href:
                assert f'value="{body.camera.pk}" selected' in answer.content.decode()


def said_after(body: SetUpBody, at_ns: int) -> set[str]:
    judging.judge_all(at_ns)
    return said_of(body.camera.pk, at_ns)


def closed_at(number: int, camera: str, body: SetUpBody) -> str:
    with pytest.raises(Refusal) as refused:
        gates.require_viewable(camera, body.manager, clock.now_ns(), pc=number)
    return refused.value.code


def test_days_are_counted_where_the_body_is() -> None:
    assert end_ns(day()) - begin_ns(day()) == int(timedelta(days=1).total_seconds()) * clock.NS_PER_S
