"""An account has a role exactly while an appointment is in force."""

from __future__ import annotations

import pytest

from kuramori.people.models import Account, Appointment
from kuramori.people.roles import role_of
from tests.people.dutiful import since

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Account:
    account = Account.objects.create_user("sato", None, full_name="佐藤 花子")
    since(account, 50)
    return account


def appoint(person: Account, **fields: int | None) -> Appointment:
    values: dict[str, int | None] = {"starts_ns": 100, "accepted_at_ns": 100, "ends_ns": 9000} | fields
    return Appointment.objects.create(account=person, role="operator", **values)


def test_nobody_has_a_role_without_an_appointment(person: Account) -> None:
    assert role_of(person, 1000) == set()


def test_an_accepted_appointment_in_its_period_gives_the_role(person: Account) -> None:
    appoint(person)
    assert role_of(person, 100) == {"operator"}


@pytest.mark.parametrize(
    ("fields", "closed_at", "open_at"),
    [
        ({"ends_ns": 500}, 500, 499),
        ({"revoked_at_ns": 400}, 400, 399),
        ({"accepted_at_ns": 300}, 299, 300),
        ({"starts_ns": 200}, 199, 200),
    ],
)
def test_the_role_begins_and_ends_at_the_very_nanosecond(
    person: Account, fields: dict[str, int], closed_at: int, open_at: int
) -> None:
    appointment = appoint(person, **fields)
    assert role_of(person, closed_at) == set()
    assert role_of(person, open_at) == {"operator"}
    assert not appointment.in_force(closed_at)
    assert appointment.in_force(open_at)


def test_an_appointment_never_accepted_gives_nothing(person: Account) -> None:
    appoint(person, accepted_at_ns=None)
    assert role_of(person, 1000) == set()
