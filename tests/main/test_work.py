"""The work loop: a step that fails is tried again and holds up no other."""

from __future__ import annotations

import pytest

from kuramori.errors import CameraError
from kuramori.footage import device_checks, device_socket
from kuramori.health import channels
from kuramori.health.models import Alarm, Channel
from kuramori.main.work import Step, checking, steps, telling
from kuramori.people.models import Account
from kuramori.places.models import Site
from tests.footage.world import camera as make_camera

pytestmark = pytest.mark.django_db


def test_a_failing_step_neither_ends_the_loop_nor_gives_up() -> None:
    tried: list[int] = []

    def fails() -> None:
        tried.append(1)
        raise ValueError("broken on purpose")

    step = Step(fails, "broken", 0)
    step.run_if_due(1e12)
    step.run_if_due(1e12)
    assert len(tried) == 2


def test_a_step_waits_its_time() -> None:
    done: list[int] = []
    step = Step(lambda: done.append(1), "counted", 3600)
    step.run_if_due(0.0)
    step.run_if_due(step.due_at_s - 1)
    assert len(done) == 1
    step.run_if_due(step.due_at_s)
    assert len(done) == 2


def test_every_step_runs_on_an_empty_box() -> None:
    for step in [*steps(), *telling(), *checking()]:
        step.run()


def test_no_step_of_the_main_round_waits_for_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead server holds a sender for up to 15 s; intake and certificates go on meanwhile."""
    asked: list[str] = []
    monkeypatch.setitem(channels.SENDERS, Channel.MAIL, lambda channel, _said: asked.append(channel.kind))
    Channel.objects.create(kind=Channel.MAIL, said={})
    Alarm.objects.create(code="work-silent", subject="", light="red", since_ns=1)
    for step in steps():
        step.run()
    assert asked == []
    for step in telling():
        step.run()
    assert Channel.MAIL in asked


def test_no_step_of_the_main_round_waits_for_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that takes the connection and says nothing holds its check for more than a minute."""
    asked: list[str] = []

    def probes(camera: str, *_said: object) -> object:
        asked.append(camera)
        raise CameraError("unreachable")

    by = Account.objects.create_user("manager", full_name="Manager")
    camera = make_camera(1, Site.objects.create(name="入口", address="鳥取", created_ns=1), by)
    monkeypatch.setattr(device_socket, "check", probes)
    monkeypatch.setattr(device_socket, "discover", list)
    device_checks._tried_ns.clear()
    for step in steps():
        step.run()
    assert asked == []
    for step in checking():
        step.run()
    assert asked == [camera.pk]
