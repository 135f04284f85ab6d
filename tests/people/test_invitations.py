"""A one-time link: once, in time, replaced by a newer one, and never kept in the clear."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger.models import Entry
from kuramori.people import enrolment
from kuramori.people.models import Account, Appointment, Invitation
from kuramori.people.roles import role_of
from tests.people import dutiful

pytestmark = pytest.mark.django_db
PASSWORD = "mamoru hito mo mirareru"


@pytest.fixture
def manager() -> Account:
    return dutiful.manager()


@pytest.fixture
def invited(manager: Account) -> tuple[Appointment, str]:
    return enrolment.appoint_operator("suzuki", "鈴木 一郎", ends_ns=None, by=manager)


def test_the_role_begins_with_the_acceptance(invited: tuple[Appointment, str]) -> None:
    appointment, token = invited
    assert role_of(appointment.account, clock.now_ns()) == set()
    account = enrolment.accept(token, PASSWORD)
    assert role_of(account, clock.now_ns()) == set()
    dutiful.pledge_and_train(account)
    assert role_of(account, clock.now_ns()) == {"operator"}


def test_the_link_works_once(invited: tuple[Appointment, str]) -> None:
    enrolment.accept(invited[1], PASSWORD)
    with pytest.raises(BadInput):
        enrolment.accept(invited[1], PASSWORD)


def test_the_link_runs_out(invited: tuple[Appointment, str]) -> None:
    with clock.use(clock.ManualClock(clock.now_ns() + enrolment.INVITATION_NS)):
        assert enrolment.open_invitation(invited[1]) is None


def test_a_newer_link_replaces_the_older(invited: tuple[Appointment, str], manager: Account) -> None:
    fresh = enrolment.new_invitation(invited[0], by=manager)
    assert enrolment.open_invitation(invited[1]) is None
    assert enrolment.open_invitation(fresh) is not None


def test_a_revoked_appointment_cannot_be_accepted(invited: tuple[Appointment, str], manager: Account) -> None:
    enrolment.revoke(invited[0], by=manager)
    with pytest.raises(BadInput):
        enrolment.accept(invited[1], PASSWORD)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "password1234", "suzuki suzuki"])
def test_a_weak_password_is_refused_and_the_link_stays(
    invited: tuple[Appointment, str], password: str
) -> None:
    with pytest.raises(ValidationError):
        enrolment.accept(invited[1], password)
    assert enrolment.open_invitation(invited[1]) is not None


def test_neither_token_nor_password_is_kept_or_written_down(invited: tuple[Appointment, str]) -> None:
    enrolment.accept(invited[1], PASSWORD)
    kept = repr(list(Invitation.objects.values())) + repr(list(Account.objects.values()))
    kept += "".join(Entry.objects.values_list("text", flat=True))
    assert invited[1] not in kept
    assert PASSWORD not in kept
    assert "argon2" in kept
