"""Who may look: every person, every state, and no refusal that leaves no trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from kuramori.access import grant_check, granting, storehouse_session
from kuramori.access.models import Grant, PlaybackRequest
from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput, Refusal
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from kuramori.people.models import Appointment
from kuramori.places.models import Body
from tests.footage import lines
from tests.footage.world import World, camera, judge, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.clock import ManualClock

pytestmark = pytest.mark.django_db
MINUTE_NS = 60 * NS_PER_S


def footage(world: World, now: ManualClock, minutes: int = 60, **changed: Any) -> tuple[int, int]:
    """Footage of the last `minutes`, as a row; returns its interval."""
    start_ns = now.wall_ns()
    fields = lines.opened("11" * 16, start_ns, camera=world.camera.id, **changed)
    now.advance_s(minutes * 60)
    Segment.objects.create(
        id=fields.pop("segment"), end_ns=now.wall_ns(), state="closed", sha256="ab" * 32, **fields
    )
    return start_ns, now.wall_ns()


def unlock(world: World) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)


def give(world: World, start_ns: int, end_ns: int, **changed: Any) -> Grant:
    said: dict[str, Any] = {"purpose_code": "incident", "reason": "自転車"} | changed
    viewer = said.pop("viewer", world.operator)
    manager = said.pop("manager", world.manager)
    return granting.grant_playback(manager, viewer, world.camera, start_ns, end_ns, **said)


def refused(code: str, act: Callable[[], object]) -> None:
    before = Grant.objects.count()
    with pytest.raises((Refusal, BadInput)) as caught:
        act()
    assert caught.value.code == code
    assert Grant.objects.count() == before


def test_the_manager_allows_an_operator_to_see_an_interval(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    unlock(world)
    grant = give(world, start_ns, end_ns, case_text="第3号")
    grant_check.require_playback(grant, world.operator, now.wall_ns())
    entry = json.loads(Entry.objects.get(act="playback-granted").text)
    assert entry["actor"] == f"account:{world.manager.pk}"
    assert entry["detail"]["viewer"] == f"account:{world.operator.pk}"
    assert (entry["detail"]["case"], entry["reason"]) == ("第3号", "自転車")
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


def test_an_operators_request_waits_for_the_manager(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    request = granting.ask_playback(
        world.operator, world.camera, start_ns, end_ns, purpose_code="incident", reason="自転車"
    )
    assert not Grant.objects.exists()
    refused("storehouse-locked", lambda: granting.approve(request, world.manager))
    unlock(world)
    refused("role-needed", lambda: granting.approve(request, world.operator))
    grant = granting.approve(request, world.manager)
    assert grant.account == world.operator and grant.granted_by == world.manager
    request.refresh_from_db()
    assert request.grant == grant
    refused("already-decided", lambda: granting.approve(request, world.manager))
    refused("already-decided", lambda: granting.decline(request, world.manager, "x"))


def test_a_no_is_written_as_fully_as_a_yes(world: World, now: ManualClock) -> None:
    start_ns, end_ns = footage(world, now)
    request = granting.ask_playback(
        world.operator, world.camera, start_ns, end_ns, purpose_code="incident", reason="自転車"
    )
    refused("reason-missing", lambda: granting.decline(request, world.manager, " "))
    granting.decline(request, world.manager, "範囲が広い")
    entry = json.loads(Entry.objects.get(act="playback-declined").text)
    assert (entry["outcome"], entry["reason"]) == ("refused", "範囲が広い")
    assert entry["detail"]["asked_by"] == f"account:{world.operator.pk}"
    assert PlaybackRequest.objects.get().grant is None


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
