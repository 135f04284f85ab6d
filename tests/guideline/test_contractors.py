"""A firm works under a contract with every clause, while it lasts; its people's access ends with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from kuramori import clock
from kuramori.access import grant_check, granting
from kuramori.errors import BadInput, Refusal
from kuramori.guideline import judging, standing
from kuramori.guideline.ageing import WARNING_NS
from kuramori.guideline.reading_registers import begin_ns, end_ns
from kuramori.guideline.registry import CLAUSES
from kuramori.ledger.models import Entry
from kuramori.paper import register
from kuramori.people import enrolment, roles
from kuramori.people import standing as people_standing
from kuramori.people.contract_models import CLAUSES as ASKED
from kuramori.people.contract_models import Contract, Visit
from kuramori.people.models import Account, Appointment
from kuramori.policy import gates
from tests.guideline.entering import browser, day, enter, step
from tests.guideline.set_up import PASSWORD, SetUpBody, hung, set_up
from tests.people.dutiful import pledge_and_train

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = "田中 守"


@pytest.fixture
def body(data: Any, now: clock.ManualClock) -> SetUpBody:
    return hung(set_up())


def terms(first: int = 0, last: int = 30, **more: Any) -> dict[str, Any]:
    """What a whole contract says, from `first` to `last` days after today."""
    said = {
        "firm": "倉吉電器", "contact": "中村 0858-22-0001", "work": "upkeep", "details": "年2回の点検",
        "begins_on": day(first), "ends_on": day(last), "people": f"中村 勇\n{GUARD}", "holds": "鍵1本",
        **dict.fromkeys(ASKED, "on"), **more,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def invited(page: Client, **more: Any) -> Account:
    """A firm's person who is to operate the cameras, appointed through the pages, who has accepted."""
    enter(page, "contractors", **terms(**{"work": "operating", **more}))
    contract = Contract.objects.standing().order_by("-number").first()
    asked = {"full_name": GUARD, "username": "tanaka", "work": "operator", "until": day(300)}
    said = page.post("/people/", {**asked, "contract": contract.pk}).content.decode()
    token = said.split('id="invitation-link">')[1].split("<")[0].strip("/").rsplit("/", 1)[1]
    return enrolment.accept(token, PASSWORD)


def guarded(page: Client, **more: Any) -> Account:
    """The same, who has pledged and learnt."""
    return pledge_and_train(invited(page, **more))


def shut(camera: str, at_ns: int, code: str) -> bool:
    judging.judge_all(at_ns)
    return code in {one.code for one in gates.closed("camera", camera, at_ns) if one.gate != "warn"}


def turns(camera: str, at_ns: int, code: str, *, shuts: bool = True) -> bool:
    """Whether `code` closes (or opens) at `at_ns` and not a nanosecond earlier."""
    return [shut(camera, one, code) for one in (at_ns - 1, at_ns)] == [not shuts, shuts]


def test_a_missing_clause_closes_from_the_first_to_the_last_instant_of_the_contract(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page, camera = browser(body.manager), body.camera.pk
    address = enter(page, "contractors", **terms(3, 30, secrecy=None))
    assert "契約条項:秘密を守る" in page.get(address).content.decode()
    assert turns(camera, begin_ns(day(3)), "contract-clauses")
    assert turns(camera, end_ns(day(30)), "contract-clauses", shuts=False)
    judging.judge_all(begin_ns(day(3)))
    found = [one for one in standing.missing(begin_ns(day(3))) if one.code == "contract-clauses"]
    assert [one.href for one in found] == ["/registers/contractors/"]
    whole = {**terms(3, 30), "correction": "覚書を交わした"}
    assert page.post(f"{address}correct/", whole).status_code == 302
    assert not shut(camera, begin_ns(day(3)), "contract-clauses")
    assert Contract.objects.count() == 2 and Contract.objects.get(secrecy=False).until_ns == end_ns(day(30))


@pytest.mark.parametrize("clause", ASKED)
def test_each_clause_counts(body: SetUpBody, now: clock.ManualClock, clause: str) -> None:
    enter(browser(body.manager), "contractors", **terms(**{clause: None}))
    assert shut(body.camera.pk, now.wall_ns(), "contract-clauses")


def test_what_a_firm_holds_is_returned_within_two_weeks_of_the_end(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page, camera = browser(body.manager), body.camera.pk
    address = enter(page, "contractors", **terms(0, 5))
    given = {"seen_by": "佐藤 花子", "certificate": "第3号"}
    early = {"kind": "returned", "done_on": day(), "text": "返した", **given}
    assert page.post(f"{address}step/", early).status_code == 422, "it still runs"
    late_ns = end_ns(day(5)) + WARNING_NS
    assert turns(camera, late_ns, "contract-return-late")
    now.advance_s(25 * 86_400)
    none = {"kind": "returned", "done_on": day(), "text": "返した", **given, "certificate": " "}
    assert page.post(f"{address}step/", none).status_code == 422, "no certificate"
    step(page, address, "returned", **given)
    assert not shut(camera, late_ns + WARNING_NS, "contract-return-late")
    assert page.post(f"{address}step/", {**none, "certificate": "第4号"}).status_code == 422, "closed"
    longer = {**terms(-25, 60), "correction": "延長した"}
    assert page.post(f"{address}correct/", longer).status_code == 302
    assert turns(camera, end_ns(day(60)) + WARNING_NS, "contract-return-late"), (
        "the old return counts no more"
    )


def test_a_guards_access_ends_with_the_contract_to_the_nanosecond(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page, camera = browser(body.manager), body.camera
    guard = guarded(page, last=20)
    over_ns = end_ns(day(20))
    assert Appointment.objects.get(account=guard).ends_ns == over_ns, "never longer than the contract"
    assert [roles.role_of(guard, at) for at in (over_ns - 1, over_ns)] == [{"operator"}, set()]
    judging.judge_all()
    grant = granting.grant_live(guard, camera, None)
    grant_check.require_live(grant, guard, now.wall_ns())
    theirs = browser(guard)
    assert theirs.get("/registers/visits/").status_code == 200
    # The contract is ended early: what is open closes at once, also for those appointed for longer.
    now.advance_s(2 * 86_400)
    ended = {**terms(-2, -1, work="operating"), "correction": "解約した"}
    assert page.post("/registers/contractors/1/correct/", ended).status_code == 302
    judging.judge_all()
    with pytest.raises(Refusal):
        grant_check.require_live(grant, guard, now.wall_ns())
    assert theirs.get("/registers/visits/").status_code == 403
    assert Entry.objects.filter(act="refused").last().text.find("no-appointment") > 0  # type: ignore[union-attr]
    assert "業者の契約が有効でありません" in page.get("/people/").content.decode()
    spans = [one for one in people_standing.role_spans("operator") if one.account == guard.pk]
    assert [one.until_ns for one in spans] == [end_ns(day(-1))]


def test_a_contract_that_loses_a_clause_or_its_purpose_ends_the_access(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    guard = guarded(page)
    for place, change in enumerate(({"gives_back": None}, {"work": "upkeep"})):
        assert roles.role_of(guard, now.wall_ns()) == {"operator"}
        wrong = terms(**{"work": "operating", **change}, correction=f"訂正{place}")
        assert page.post("/registers/contractors/1/correct/", wrong).status_code == 302
        assert roles.role_of(guard, now.wall_ns()) == set()
        right = terms(work="operating", correction=f"戻した{place}")
        assert page.post("/registers/contractors/1/correct/", right).status_code == 302


def test_upkeep_never_includes_seeing_pictures(body: SetUpBody, now: clock.ManualClock) -> None:
    page = browser(body.manager)
    enter(page, "contractors", **terms())
    assert 'name="contract"' not in page.get("/people/").content.decode()
    contract = Contract.objects.get()
    account = enrolment.new_account("tanaka", GUARD)
    with pytest.raises(BadInput, match="not-under-contract"):
        enrolment.appoint(account, roles.OPERATOR, by=body.manager, contract=contract)
    enter(page, "contractors", **terms(work="operating"))
    operating = Contract.objects.get(number=2)
    for role, name in ((roles.MANAGER, GUARD), (roles.OPERATOR, "知らない 人")):
        account.full_name = name
        with pytest.raises(BadInput, match="not-under-contract"):
            enrolment.appoint(account, role, by=body.manager, contract=operating)
    asked = {"username": "suzuki", "until": day(100), "contract": operating.pk}
    for wrong in ({"full_name": "知らない 人", "work": "operator"}, {"full_name": GUARD, "work": "deputy"}):
        said = page.post("/people/", {**asked, **wrong}).content.decode()
        assert "invitation-link" not in said and "errorlist" in said
    assert not Appointment.objects.filter(contract__isnull=False).exists()


def test_a_visit_needs_a_contract_and_what_was_wrong_needs_words(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    enter(page, "contractors", **terms(0, 0))
    said = {"contract": Contract.objects.get().pk, "names": "中村 勇", "work": "点検", "with_whom": "佐藤"}
    at = {"came_at": f"{day()}T23:30", "left_at": f"{day(1)}T00:30"}
    address = "/registers/visits/new/"
    assert page.post(address, {**said, **at, "no_pictures": "on"}).status_code == 422, "not yet"
    now.advance_s(3 * 86_400)
    assert page.post(address, {**said, **at, "no_pictures": "on"}).status_code == 422, "over midnight"
    enter(page, "visits", **said, **at, no_pictures="on", remarks="故障のため")
    assert [Visit.objects.get().in_time, Visit.objects.get().on_list] == [False, True]
    after = {"came_at": f"{day(-2)}T00:00", "left_at": f"{day(-2)}T01:00", "no_pictures": "on"}
    assert page.post(address, {**said, **after, "remarks": "?"}).status_code == 422, "no contract any more"
    fine = {"came_at": f"{day(-3)}T10:00", "left_at": f"{day(-3)}T11:00"}
    for wrong in ({"names": "中村 勇\n知らない 人", "no_pictures": "on"}, {}):
        assert page.post(address, {**said, **fine, **wrong}).status_code == 422
    enter(page, "visits", **said, **fine, no_pictures="on")
    listed = page.get("/registers/visits/").content.decode()
    assert "契約の終わった後まで居ました" in listed and "従事者名簿にない人" not in listed
    paper = page.get("/registers/visits/1.pdf")
    assert paper.content.startswith(b"%PDF-")


def test_a_firm_under_another_is_agreed_to_and_stays_within_its_days(
    body: SetUpBody, now: clock.ManualClock
) -> None:
    page = browser(body.manager)
    first = enter(page, "contractors", **terms(0, 30))
    above = Contract.objects.get().pk
    address, under = "/registers/contractors/new/", {"firm": "鳥取設備", "under": above}
    assert page.post(address, terms(0, 30, **under)).status_code == 422, "no consent"
    assert page.post(address, terms(0, 31, **under, consented_on=day())).status_code == 422, "longer"
    enter(page, "contractors", **terms(0, 30, **under, consented_on=day()))
    shorter = {**terms(0, 10), "correction": "短くした"}
    assert page.post(f"{first}correct/", shorter).status_code == 422, "another works under it"
    itself = {**terms(0, 30), "under": above, "consented_on": day(), "correction": "誤り"}
    assert page.post(f"{first}correct/", itself).status_code == 422
    circle = {**itself, "under": Contract.objects.get(firm="鳥取設備").pk}
    assert page.post(f"{first}correct/", circle).status_code == 422
    assert page.post(address, terms(5, 2)).status_code == 422, "ends before it begins"


def test_every_cure_of_every_clause_leads_somewhere() -> None:
    lost = []
    for clause in CLAUSES.values():
        for code, cure in clause.cures.items():
            if cure.register and register.get(cure.register) is None:
                lost.append(f"{clause.id} {code}")
            camera = ["x"] if clause.subject == "camera" and cure.about_camera else []
            about = [cure.register] if cure.register else camera
            try:
                reverse(cure.url_name, args=about)
            except NoReverseMatch:
                lost.append(f"{clause.id} {code}")
    assert lost == []
