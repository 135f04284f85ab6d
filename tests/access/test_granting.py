"""Who may look: every person, every state, and no refusal that leaves no trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from kuramori.access import approving, grant_check, granting, storehouse_session, viewings
from kuramori.access.models import Approval, Grant
from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput, Refusal
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from kuramori.people.models import Appointment
from kuramori.places.models import Body
from tests.access.approved import approved_grant
from tests.footage.index_rows import footage
from tests.footage.world import World, camera, judge, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.clock import ManualClock

pytestmark = pytest.mark.django_db
MINUTE_NS = 60 * NS_PER_S


def unlock(world: World) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)


def give(world: World, start_ns: int, end_ns: int, **changed: Any) -> Grant:
    """What the viewer asked for, decided and granted by the manager."""
    said: dict[str, Any] = {"purpose_code": "incident", "reason": "自転車"} | changed
    viewer = said.pop("viewer", world.operator)
    manager = said.pop("manager", world.manager)
    minutes = said.pop("minutes", granting.PLAYBACK_DEFAULT_MINUTES)
    return approved_grant(manager, viewer, world.camera, start_ns, end_ns, minutes=minutes, **said)


def refused(code: str, act: Callable[[], object]) -> None:
    before = Grant.objects.count()
    with pytest.raises((Refusal, BadInput)) as caught:
        act()
    assert caught.value.code == code
    assert Grant.objects.count() == before


def test_the_manager_allows_an_operator_to_see_an_interval(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    grant = give(world, start_ns, end_ns, case_number="2026-0003")
    grant_check.require_playback(grant, world.operator, now.wall_ns())
    entry = json.loads(Entry.objects.get(act="playback-granted").text)
    assert entry["actor"] == f"account:{world.manager.pk}"
    assert entry["detail"]["viewer"] == f"account:{world.operator.pk}"
    assert (entry["detail"]["case"], entry["reason"]) == ("2026-0003", "自転車")
    assert grant.expires_at_ns == now.wall_ns() + 60 * MINUTE_NS


def test_each_refusal_to_grant(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    stranger = person("stranger")
    refused("storehouse-locked", lambda: give(world, start_ns, end_ns))
    unlock(world)
    refused("role-needed", lambda: give(world, start_ns, end_ns, manager=world.operator))
    refused("not-appointed", lambda: give(world, start_ns, end_ns, viewer=stranger))
    refused("own-request", lambda: give(world, start_ns, end_ns, viewer=world.manager))
    refused("purpose-missing", lambda: give(world, start_ns, end_ns, purpose_code="curiosity"))
    refused("reason-missing", lambda: give(world, start_ns, end_ns, reason=" "))
    refused("interval-not-in-the-past", lambda: give(world, start_ns, now.wall_ns() + 1))
    refused("interval-not-in-the-past", lambda: give(world, end_ns, start_ns))
    refused("interval-too-long", lambda: give(world, end_ns - 25 * 60 * MINUTE_NS, end_ns))
    refused("no-footage", lambda: give(world, start_ns - 9 * MINUTE_NS, start_ns - MINUTE_NS))
    refused("minutes-out-of-range", lambda: give(world, start_ns, end_ns, minutes=0))
    judge(world.camera, "sealed")
    refused("sign-missing", lambda: give(world, start_ns, end_ns))
    judge(world.camera)
    Segment.objects.update(state="erased")
    refused("footage-erased", lambda: give(world, start_ns, end_ns))


def test_a_gate_closes_at_its_instant_with_nobody_judging(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    turns = {"turns_at_ns": now.wall_ns() + MINUTE_NS, "turns_to_gate": "sealed", "turns_to_code": "sign-old"}
    judge(world.camera, "", **turns)
    grant = give(world, start_ns, end_ns)
    now.advance_s(60)
    with pytest.raises(Refusal, match="sign-old"):
        grant_check.require_playback(grant, world.operator, now.wall_ns())


def test_a_grant_ends_no_later_than_its_footage(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now, erase_at_ns=now.wall_ns() + 80 * MINUTE_NS)
    unlock(world)
    grant = give(world, start_ns, end_ns, minutes=600)
    assert grant.expires_at_ns == start_ns + 80 * MINUTE_NS


class TestOnePerson:
    """一人運営: own approval, marked, and at most an hour of footage."""

    @pytest.fixture(autouse=True)
    def declared(self, world: World) -> None:
        Body.objects.update(one_person=True)

    def test_own_approval_is_marked(self, world: World, now: ManualClock) -> None:
        start_ns, end_ns = footage(world, now)
        unlock(world)
        assert give(world, start_ns, end_ns, viewer=world.manager).self_approved
        assert json.loads(Entry.objects.get(act="playback-granted").text)["detail"]["self_approved"] is True

    def test_more_than_an_hour_is_refused(self, world: World, now: ManualClock) -> None:
        start_ns, end_ns = footage(world, now, 61)
        unlock(world)
        refused("own-request-too-long", lambda: give(world, start_ns, end_ns, viewer=world.manager))

    def test_the_schema_refuses_it_too(self, world: World, now: ManualClock) -> None:
        start_ns, end_ns = footage(world, now, 61)
        common: dict[str, Any] = {
            "kind": "playback",
            "account": world.manager,
            "granted_by": world.manager,
            "camera": world.camera,
            "start_ns": start_ns,
            "end_ns": end_ns,
            "purpose_code": "incident",
            "reason": "x",
            "created_ns": end_ns,
            "expires_at_ns": end_ns + 1,
        }
        for self_approved in (True, False):
            with pytest.raises(IntegrityError), transaction.atomic():
                Grant.objects.create(self_approved=self_approved, **common)


def test_a_grant_serves_its_own_person_camera_and_time_only(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    grant = give(world, start_ns, end_ns)
    other = person("another", "operator")
    second = camera(2, world.camera.site, world.manager)
    ask = grant_check.require_segment
    now_ns = now.wall_ns()
    ask(grant, world.operator, world.camera.id, start_ns, end_ns, now_ns)
    for code, asked in {
        "grant-of-another": (other, world.camera.id, start_ns, end_ns),
        "grant-other-camera": (world.operator, second.id, start_ns, end_ns),
        "grant-other-interval": (world.operator, world.camera.id, end_ns, end_ns + 1),
    }.items():
        with pytest.raises(Refusal, match=code):
            ask(grant, *asked, now_ns)
    with pytest.raises(Refusal, match="grant-other-interval"):
        ask(grant, world.operator, world.camera.id, start_ns - 1, start_ns, now_ns)
    with pytest.raises(Refusal, match="grant-over"):
        ask(grant, world.operator, world.camera.id, start_ns, end_ns, grant.expires_at_ns)
    with pytest.raises(Refusal, match="no-grant"):
        grant_check.require_live(grant, world.operator, now_ns)


def test_an_appointment_that_ends_ends_the_looking(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    grant = give(world, start_ns, end_ns)
    Appointment.objects.filter(account=world.operator).update(revoked_at_ns=now.wall_ns())
    with pytest.raises(Refusal, match="not-appointed"):
        grant_check.require_playback(grant, world.operator, now.wall_ns())


def test_asker_and_decider_are_two_persons_also_in_the_schema(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    refused("own-request", lambda: give(world, start_ns, end_ns, viewer=world.manager))
    refused(
        "own-request", lambda: give(world, start_ns, end_ns, viewer=world.manager, second_person="Manager")
    )
    assert give(world, start_ns, end_ns, viewer=world.manager, second_person="隣の店主").approval is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(asked_by=world.manager, decided_by=world.manager, second_person="")


def test_an_approval_taken_back_ends_its_grants_at_once(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    grant = give(world, start_ns, end_ns)
    assert grant.approval is not None
    with transaction.atomic():
        approving.take_back(grant.approval, world.manager)
    with pytest.raises(Refusal, match="grant-withdrawn"):
        grant_check.require_playback(grant, world.operator, now.wall_ns())
    refused("grant-withdrawn", lambda: granting.grant_playback(world.manager, world.operator, grant.approval))


def test_no_playback_grant_exists_without_an_approval(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    grant = give(world, start_ns, end_ns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(id=grant.id).update(approval=None)


class TestEquipmentCheck:
    """作動確認: a minute of the last hour, and nothing more."""

    def test_a_minute_of_the_last_hour_without_a_case(self, world: World, now: ManualClock) -> None:
        footage(world, now, 120)
        unlock(world)
        grant = granting.grant_equipment_check(world.operator, world.camera, now.wall_ns() - 30 * MINUTE_NS)
        assert grant.end_ns is not None and grant.start_ns is not None
        assert grant.end_ns - grant.start_ns == MINUTE_NS
        grant_check.require_playback(grant, world.operator, now.wall_ns())

    def test_what_is_older_or_longer_is_refused(self, world: World, now: ManualClock) -> None:
        footage(world, now, 120)
        unlock(world)
        hour_ago_ns = now.wall_ns() - 60 * MINUTE_NS
        refused(
            "check-too-old",
            lambda: granting.grant_equipment_check(world.operator, world.camera, hour_ago_ns - 1),
        )
        grant = granting.grant_equipment_check(world.operator, world.camera, hour_ago_ns)
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(id=grant.id).update(end_ns=hour_ago_ns + MINUTE_NS + 1)

    def test_nobody_else_watches_it(self, world: World, now: ManualClock) -> None:
        footage(world, now, 120)
        unlock(world)
        grant = granting.grant_equipment_check(world.operator, world.camera, now.wall_ns() - MINUTE_NS)
        officer = viewings.Present("asker", "山田", "警察手帳 1", "screen")
        with pytest.raises(Refusal, match="onlookers-need-a-case"):
            viewings.begin(grant, world.operator, "here", [officer])


def test_live_is_one_click_for_operators_and_nobody_else(world: World, now: ManualClock) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    grant_check.require_live(grant, world.operator, now.wall_ns())
    refused("not-an-operator", lambda: granting.grant_live(world.manager, world.camera))
    refused("not-an-operator", lambda: granting.grant_live(person("stranger"), world.camera))
    judge(world.camera, "sealed")
    refused("sign-missing", lambda: granting.grant_live(world.operator, world.camera))
    with pytest.raises(Refusal, match="sign-missing"):
        grant_check.require_live(grant, world.operator, now.wall_ns())
    judge(world.camera)
    Appointment.objects.create(
        account=world.manager,
        role="operator",
        starts_ns=now.wall_ns(),
        accepted_at_ns=now.wall_ns(),
        ends_ns=now.wall_ns() + 1000,
    )  # the manager declared that they operate
    granting.grant_live(world.manager, world.camera)


def test_each_look_is_its_own_grant_and_ends_once(world: World, now: ManualClock) -> None:
    first, second = (granting.grant_live(world.operator, world.camera) for _ in range(2))
    assert first.id != second.id and Entry.objects.filter(act="live-look").count() == 2
    granting.end(first)
    granting.end(first)
    assert Entry.objects.filter(act="live-look-ended").count() == 1
    with pytest.raises(Refusal, match="grant-ended"):
        grant_check.require_live(first, world.operator, now.wall_ns())
    grant_check.require_live(second, world.operator, now.wall_ns())


def test_withdrawing_is_the_managers_and_holds_at_once(world: World, now: ManualClock) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    with pytest.raises(Refusal, match="role-needed"):
        granting.withdraw(grant, world.operator)
    granting.withdraw(grant, world.manager)
    granting.withdraw(grant, world.manager)
    assert Entry.objects.filter(act="grant-withdrawn").count() == 1
    with pytest.raises(Refusal, match="grant-withdrawn"):
        grant_check.require_live(grant, world.operator, now.wall_ns())


def test_a_grant_and_its_ledger_row_stand_or_fall_together(
    world: World, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object, **__: object) -> int:
        raise OSError(28, "no space")

    start_ns, end_ns = footage(world, now)
    unlock(world)
    monkeypatch.setattr(granting.entries, "record", full_disk)
    for act in (
        lambda: granting.grant_live(world.operator, world.camera),
        lambda: give(world, start_ns, end_ns),
    ):
        with pytest.raises(OSError, match="no space"):
            act()
    assert not Grant.objects.exists()


def test_footage_that_has_no_date_yet_can_be_allowed(world: World, now: ManualClock) -> None:
    """A fresh box whose clock nobody has confirmed dates its footage from long ago, until it knows better."""
    start_ns, end_ns = footage(world, now, provisional=True, erase_at_ns=1)
    unlock(world)
    assert give(world, start_ns, end_ns).expires_at_ns == now.wall_ns() + 60 * MINUTE_NS
