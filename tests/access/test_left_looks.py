"""Live looks whose end nobody wrote down are ended by the program, and only those."""

from __future__ import annotations

import json

import pytest

from kuramori import clock
from kuramori.access import granting, left_looks
from kuramori.access.models import Grant
from kuramori.clock import ManualClock
from kuramori.footage import intake_acts
from kuramori.footage.models import LiveViewing
from kuramori.ledger.models import Entry
from tests.footage.world import World

pytestmark = pytest.mark.django_db
RECORDER = "a" * 32


def stream(grant: Grant, seq: int, *, stopped: bool) -> None:
    said = {"grant": grant.id, "camera": grant.camera_id, "viewing": "account:1", "at_ns": clock.now_ns()}
    intake_acts.apply(RECORDER, said | {"kind": "live-start", "seq": seq})
    if stopped:
        intake_acts.apply(RECORDER, said | {"kind": "live-stop", "seq": seq + 1})


def ended(grant: Grant) -> bool:
    return Grant.objects.get(pk=grant.pk).ended_ns is not None


def test_a_look_without_a_stream_for_half_an_hour_is_over(world: World, now: ManualClock) -> None:
    never, left, on = (granting.grant_live(world.operator, world.camera) for _ in range(3))
    stream(left, 1, stopped=True)
    stopped_ns = clock.now_ns()
    stream(on, 3, stopped=False)
    now.advance_s(1799)
    assert left_looks.end_left() == 0
    now.advance_s(1)
    assert left_looks.end_left() == 2
    assert ended(never) and ended(left) and not ended(on)
    told = [json.loads(one.text) for one in Entry.objects.filter(act="live-look-ended")]
    assert {one["actor"] for one in told} == {"program:work"}
    since = {one["object"]["grant"]: one["detail"]["since"] for one in told}
    assert since[left.id] == clock.iso(stopped_ns)
    assert left_looks.end_left() == 0, "once"


def test_a_stream_that_came_back_counts(world: World, now: ManualClock) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    stream(grant, 1, stopped=True)
    now.advance_s(1000)
    stream(grant, 3, stopped=True)
    now.advance_s(1000)
    assert left_looks.end_left() == 0
    now.advance_s(800)
    assert left_looks.end_left() == 1


def test_a_killed_recorder_streams_no_more(world: World, now: ManualClock) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    stream(grant, 1, stopped=False)
    now.advance_s(5000)
    assert left_looks.end_left() == 0
    begins = {"kind": "start", "seq": 2, "at_ns": clock.now_ns(), "boot": "b"}
    intake_acts.apply("c" * 32, begins)
    assert LiveViewing.objects.get().stopped_ns is None, "another recorder's start says nothing"
    intake_acts.apply(RECORDER, begins)
    assert LiveViewing.objects.get().stopped_ns == clock.now_ns()
    now.advance_s(1800)
    assert left_looks.end_left() == 1
