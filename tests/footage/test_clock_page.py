"""The manager vouches for the time; nobody else can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from kuramori.footage import intake
from kuramori.footage.models import Finding, Order
from kuramori.people import second_factor
from tests.footage.world import SURE

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from kuramori.people.models import Account
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)


def browser(account: Account) -> Client:
    second_factor.new_card(account)
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client


def test_an_unsure_clock_is_a_finding_until_the_manager_confirms_it(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    assert recorder.recorder.parts.witnesses.now == list(SURE)
    recorder.recorder.parts.witnesses.now = []
    now.step_wall_s(86_400)
    recorder.tick()
    intake.take_in()
    assert Finding.objects.filter(code="clock-not-trusted", cleared_ns=None).exists()
    assert browser(world.operator).post("/recorder/clock/").status_code == 403
    assert not Order.objects.exists()
    page = browser(world.manager)
    assert b"<button" in page.get("/recorder/clock/").content
    assert page.post("/recorder/clock/").status_code == 302
    recorder.tick()
    intake.take_in()
    assert Order.objects.get().state == "done"
    assert not Finding.objects.filter(code="clock-not-trusted", cleared_ns=None).exists()
