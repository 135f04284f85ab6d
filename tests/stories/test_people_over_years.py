"""Years of a small office, told by what its people do; between two steps only time passes.

Every step goes through the pages or the acts behind them; verdicts are judged afresh at each instant asked.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from kuramori import clock
from kuramori.access import grant_check, granting
from kuramori.errors import Refusal
from kuramori.guideline import judging
from kuramori.ledger import checkpoints, tree
from kuramori.ledger.models import Entry
from kuramori.local_time import begin_ns
from kuramori.people import enrolment, lesson, roles
from kuramori.people import standing as people_standing
from kuramori.people.models import Account, Appointment, Contract
from kuramori.policy import gates
from tests.guideline.entering import browser, day, enter, walk_round
from tests.guideline.set_up import PASSWORD, SetUpBody, hung, set_up
from tests.guideline.test_contractors import guarded
from tests.people.dutiful import pledge_and_train

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = {one.key: str(one.right) for one in lesson.QUESTIONS}


@pytest.fixture
def body(data: Any, now: clock.ManualClock) -> SetUpBody:
    """In order on 23 November 2026."""
    return hung(set_up())


def shut(camera: str, at_ns: int) -> set[str]:
    """What keeps people from looking at this camera, or worse."""
    judging.judge_all(at_ns)
    return {
        one.code for one in gates.closed("camera", camera, at_ns) if one.gate not in ("warn", "no-export")
    }


def body_shut(at_ns: int) -> set[str]:
    judging.judge_all(at_ns)
    return {one.code for one in gates.closed(*gates.BODY, at_ns) if one.gate == "no-view"}


def until(now: clock.ManualClock, day_of: date, hour: int = 9) -> None:
    """To that local day and hour."""
    now.advance_s((begin_ns(day_of) + hour * 3600 * clock.NS_PER_S - now.wall_ns()) / clock.NS_PER_S)


def appointed(body: SetUpBody, page: Client, name: str, username: str, **more: Any) -> Account:
    asked = {"full_name": name, "username": username, "work": "operator", "until": day(390), **more}
    said = page.post("/people/", asked).content.decode()
    token = said.split('id="invitation-link">')[1].split("<")[0].strip("/").rsplit("/", 1)[1]
    return pledge_and_train(enrolment.accept(token, PASSWORD))


def test_an_operator_leaves_and_years_later_the_record_still_says_when_they_could_look(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    operator = appointed(body, page, "鈴木 一郎", "suzuki")
    judging.judge_all()
    looked_ns = now.wall_ns()
    look = granting.grant_live(operator, body.camera, None)
    theirs = browser(operator)
    assert theirs.get("/cases/").status_code == 200
    until(now, date(2027, 2, 1))
    appointment = Appointment.objects.get(account=operator)
    left_ns = now.wall_ns()
    page = browser(body.manager)
    assert page.post(f"/people/{appointment.pk}/revoke/", {"why": "転居のため"}).status_code == 302
    assert theirs.get("/cases/").status_code in (302, 403), "the open screen is shut"
    with pytest.raises(Refusal):
        grant_check.require_live(look, operator, now.wall_ns())
    with pytest.raises(Refusal):
        granting.grant_live(operator, body.camera, None)
    assert Entry.objects.filter(act="lasting-duty").count() == 1
    head = checkpoints.make()
    assert head is not None
    root = tree.root(head.size)
    until(now, date(2029, 11, 1))
    judging.judge_all()
    (span,) = [one for one in people_standing.role_spans("operator") if one.account == operator.pk]
    assert span.from_ns <= looked_ns < left_ns == span.until_ns
    assert tree.size() > head.size and tree.root(head.size) == root, "the record only grew"
    assert Account.objects.get(pk=operator.pk).full_name == "鈴木 一郎"


def test_the_manager_falls_ill_and_the_deputy_acts_without_a_second_of_nobody(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    """The manager's own year ends while they are ill; the deputy was appointed before."""
    until(now, date(2027, 3, 1))
    page = browser(body.manager)
    deputy = appointed(body, page, "伊藤 三郎", "ito", work="deputy")
    ends_ns = Appointment.objects.get(account=body.manager, role="manager").ends_ns
    assert body_shut(ends_ns) == set(), "the deputy's office goes on"
    until(now, date(2028, 1, 10))
    theirs = browser(deputy)
    assert roles.role_of(body.manager, now.wall_ns()) == set(), "their year is over"
    assert roles.role_of(deputy, now.wall_ns()) == {"manager"}
    walk_round(theirs, body)
    assert body_shut(now.wall_ns()) == set()
    # The deputy's own year ends too, and nobody has been appointed: nobody looks from that very instant on.
    over_ns = Appointment.objects.get(account=deputy).ends_ns
    pledge_over_ns = min(one.until_ns for one in people_standing.role_spans("manager")
                         if one.account == deputy.pk and one.until_ns)  # fmt: skip
    last_ns = min(over_ns, pledge_over_ns)
    assert body_shut(last_ns - 1) == set()
    assert body_shut(last_ns) == {"manager-missing"}
    recorded = [one.gate for one in gates.closed("camera", body.camera.pk, last_ns)]
    assert "no-record" not in recorded, "recording waits for nobody"


def test_a_firms_contract_ends_at_midnight_while_its_guard_is_looking(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page, camera = browser(body.manager), body.camera
    guard = guarded(page, last=10)
    over_ns = begin_ns(day(11))
    now.advance_s((over_ns - now.wall_ns()) / clock.NS_PER_S - 600)
    judging.judge_all()
    look = granting.grant_live(guard, camera, None)
    theirs = browser(guard)
    assert theirs.get("/registers/visits/").status_code == 200
    grant_check.require_live(look, guard, over_ns - 1)
    now.advance_s(600)
    assert now.wall_ns() == over_ns
    with pytest.raises(Refusal):
        grant_check.require_live(look, guard, over_ns)
    assert theirs.get("/registers/visits/").status_code == 403
    visit = {
        "contract": Contract.objects.get().pk,
        "names": "田中 守", "work": "操作", "with_whom": "佐藤", "no_pictures": "on",
        "came_at": f"{day(-1)}T22:00", "left_at": f"{day(0)}T00:05",
    }  # fmt: skip
    page = browser(body.manager)
    now.advance_s(3600)
    assert page.post("/registers/visits/new/", visit).status_code == 422, "over midnight wants words"
    enter(page, "visits", **visit, remarks="交代が来るまで待った")
    assert "契約の終わった後まで居ました" in page.get("/registers/visits/").content.decode()


def test_officers_change_in_april_and_the_door_stays_open(body: SetUpBody, now: clock.ManualClock) -> None:
    """Two assemblies, 373 days apart: an office outlasts the year, but the training has to be done again."""
    until(now, date(2027, 4, 20), 19)
    first = hands_over(body.manager, "山本 次郎", "yamamoto")
    moments = [now.wall_ns()]
    assert roles.role_of(body.manager, now.wall_ns()) == set()
    assert roles.role_of(first, now.wall_ns()) == {"manager", "operator"}
    assert body_shut(begin_ns(date(2028, 4, 21))) == {"manager-missing"}, "undone, the training shuts"
    until(now, date(2028, 4, 10))
    lapsing = {one.what for one in people_standing.lapses(now.wall_ns()) if one.full_name == first.full_name}
    assert {"training", "appointment"} <= lapsing, "said two weeks before"
    pledge_and_train(first)
    assert body_shut(begin_ns(date(2028, 4, 21))) == set()
    until(now, date(2028, 4, 27), 19)
    second = hands_over(first, "木村 恵", "kimura")
    moments.append(now.wall_ns())
    assert roles.role_of(first, now.wall_ns()) == set()
    assert roles.role_of(second, now.wall_ns()) == {"manager", "operator"}
    for moment in moments:
        spans = [one for one in people_standing.role_spans("manager") if one.from_ns <= moment]
        assert any(one.until_ns == moment for one in spans), "the old office ends at that instant"
        assert any(one.from_ns == moment for one in spans), "and the new one begins at it"
    assert not {one.code for one in gates.closed(*gates.BODY, now.wall_ns())} & {"manager-missing"}


def hands_over(leaver: Account, name: str, username: str) -> Account:
    """Prepared by who leaves, accepted by who comes, on one page."""
    page = browser(leaver)
    pk = roles.appointed(clock.now_ns()).filter(account=leaver).latest("pk").pk
    said = {"full_name": name, "username": username, "post": "会長", "until": day(390)}
    text = page.post(f"/people/{pk}/hand-over/", said).content.decode()
    link = "/" + text.split('id="invitation-link">')[1].split("<")[0].split("/", 3)[3]
    taken = {"password": PASSWORD, "repeated": PASSWORD, "version": "1", "pledged": "on", "accepted": "on"}
    answer = Client(headers={"host": "localhost"}).post(link, {**RIGHT, **taken})
    assert answer.status_code == 200, answer.content.decode()
    return Account.objects.get(username=username)
