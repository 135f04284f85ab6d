"""Pledge and training: no role without, and none a nanosecond longer than they last."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kuramori import clock
from kuramori.errors import BadInput, Refusal
from kuramori.ledger.models import Entry
from kuramori.people import duties, enrolment, periods, print_outs, second_factor, standing
from kuramori.people.models import Account, Appointment, Pledge
from kuramori.people.roles import role_of
from tests.people import dutiful

pytestmark = pytest.mark.django_db
START = clock.ManualClock.at("2026-03-31T10:00:00+09:00")


@pytest.fixture
def hands() -> clock.ManualClock:
    return clock.ManualClock(START.wall_ns())


@pytest.fixture
def manager(hands: clock.ManualClock) -> Account:
    with clock.use(hands):
        return dutiful.manager(operates=True)


def test_appointed_and_accepted_is_not_enough(hands: clock.ManualClock) -> None:
    with clock.use(hands):
        account = enrolment.create_manager("sato", "佐藤 花子", dutiful.PASSWORD)
        assert role_of(account, hands.wall_ns()) == set()
        dutiful.pledge_and_train(account)
        assert role_of(account, hands.wall_ns()) == {"manager"}


def test_training_ends_after_a_year_to_the_nanosecond(manager: Account, hands: clock.ManualClock) -> None:
    ends_ns = periods.months_later(hands.wall_ns(), 12)
    assert role_of(manager, ends_ns - 1) == {"manager", "operator"}
    assert role_of(manager, ends_ns) == set()
    with clock.use(clock.ManualClock(ends_ns)):
        dutiful.pledge_and_train(manager)
    assert role_of(manager, ends_ns) == {"manager", "operator"}


def test_an_open_session_gets_as_far_as_the_lesson(manager: Account, hands: clock.ManualClock) -> None:
    second_factor.new_card(manager)
    browser = Client(headers={"host": "localhost"})
    ends_ns = periods.months_later(hands.wall_ns(), 12)
    with clock.use(clock.ManualClock(ends_ns - 1)) as now:
        browser.force_login(manager)
        assert browser.get("/people/").status_code == 200
        now.advance_s(1e-9)
        answer = browser.get("/people/")
        assert (answer.status_code, answer["Location"]) == (302, "/account/duties/?next=%2Fpeople%2F")
        assert browser.get("/account/duties/").status_code == 200
        given_ = {key: str(right) for key, right in dutiful.RIGHT.items()} | {"version": "1", "pledged": "on"}
        wrong = browser.post("/account/duties/", given_ | {"leaving": "1"})
        assert wrong.status_code == 422
        assert "期限はありません" in wrong.content.decode()
        assert browser.post("/account/duties/", given_ | {"next": "/people/"})["Location"] == "/people/"
        assert browser.get("/people/").status_code == 200
    assert manager.trainings.get(done_ns=ends_ns).tries == 2


def test_new_words_leave_two_weeks_to_pledge_anew(manager: Account, hands: clock.ManualClock) -> None:
    with clock.use(hands):
        made = duties.publish("新しい文面", manager)
        with pytest.raises(BadInput, match="pledge-words-changed"):
            duties.take(manager, version=1, answers=dutiful.RIGHT)
    ends_ns = made.from_ns + periods.NOTICE_NS
    assert duties.state(manager, ends_ns - 1).due(ends_ns - 1)
    assert role_of(manager, ends_ns - 1)
    assert role_of(manager, ends_ns) == set()
    assert Pledge.objects.get().text != "新しい文面"  # what was signed stays as it was read


def test_only_a_manager_writes_the_words(manager: Account, hands: clock.ManualClock) -> None:
    with clock.use(hands):
        _appointment, token = enrolment.appoint_operator("suzuki", "鈴木", ends_ns=None, by=manager)
        operator = dutiful.pledge_and_train(enrolment.accept(token, "mamoru hito mo mirareru"))
        with pytest.raises(Refusal, match="role-needed"):
            duties.publish("何をしてもよい", operator)


def test_an_appointment_ends_by_itself_within_thirteen_months(
    manager: Account, hands: clock.ManualClock
) -> None:
    ends_ns = Appointment.objects.get(role="manager").ends_ns
    assert clock.iso(ends_ns).startswith("2027-04-30T01:00")
    with clock.use(hands), pytest.raises(BadInput, match="appointment-too-long"):
        enrolment.appoint_operator("suzuki", "鈴木", ends_ns=ends_ns + 1, by=manager)


def test_a_successor_who_accepts_ends_the_predecessors_office(
    manager: Account, hands: clock.ManualClock
) -> None:
    with clock.use(hands):
        old = Appointment.objects.get(role="manager")
        account = enrolment.new_account("tanaka", "田中")
        appointment, token = enrolment.appoint(account, "manager", by=manager, succeeds=old)
        assert role_of(manager, hands.wall_ns()) == {"manager", "operator"}
        enrolment.accept(token, "mamoru hito mo mirareru")
        assert role_of(manager, hands.wall_ns()) == {"operator"}
    old.refresh_from_db()
    assert (old.ended_why, appointment.role) == ("succeeded", "manager")


def test_whoever_leaves_is_reminded_of_the_lasting_duty(manager: Account, hands: clock.ManualClock) -> None:
    with clock.use(hands):
        appointment, token = enrolment.appoint_operator("suzuki", "鈴木", ends_ns=None, by=manager)
        operator = dutiful.pledge_and_train(enrolment.accept(token, "mamoru hito mo mirareru"))
        appointment.refresh_from_db()
        enrolment.revoke(appointment, by=manager, why="転居のため")
    assert role_of(operator, hands.wall_ns()) == set()
    assert Entry.objects.filter(act="lasting-duty").count() == 1
    assert "転居のため" in Entry.objects.get(act="appointment-revoked").text


def test_the_facts_say_when_the_role_ends(manager: Account, hands: clock.ManualClock) -> None:
    (span,) = standing.role_spans("manager")
    assert span.until_ns == periods.months_later(hands.wall_ns(), 12)
    told = [(one.what, one.until_ns) for one in standing.lapses(hands.wall_ns())]
    assert told[0] == ("training", span.until_ns)
    assert standing.lapses(span.until_ns or 0)[0].until_ns is None  # missing now


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20) | st.none()).map(
        lambda one: (one[0], None if one[1] is None else one[0] + one[1])
    ),
    max_size=4,
)


@given(SPANS, SPANS, st.integers(0, 70))
def test_common_stretches_hold_exactly_what_both_hold(ones, others, at) -> None:  # type: ignore[no-untyped-def]
    def inside(spans) -> bool:  # type: ignore[no-untyped-def]
        return any(start <= at and (end is None or at < end) for start, end in spans)

    assert inside(standing.common(ones, others)) == (inside(ones) and inside(others))


def test_the_forms_print(manager: Account, hands: clock.ManualClock) -> None:
    with clock.use(hands):
        appointment = Appointment.objects.get(role="manager")
        for made in (
            print_outs.appointment_pdf(appointment),
            print_outs.pledge_pdf(appointment),
            print_outs.training_pdf(),
        ):
            assert made.startswith(b"%PDF")
        assert print_outs.day(hands.wall_ns()) == "令和8年3月31日"
