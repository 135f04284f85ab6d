"""Cameras that can be turned: one approved place, never moved by us, closed when they leave it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuramori import clock
from kuramori.cameras import devices, enrolment, position
from kuramori.cameras.models import Camera
from kuramori.cameras.position import Place, Position, Stand
from kuramori.desk import test_pictures
from kuramori.errors import CameraError
from kuramori.footage import device_checks, device_socket
from kuramori.guideline import judging
from kuramori.ledger.models import Entry
from kuramori.policy.models import Verdict
from tests.cameras.test_hardening import body, browser, found
from tests.cameras.test_onvif import as_admin, work
from tests.desk import drawn
from tests.footage.fixtures import data, now
from tests.guideline.set_up import WHOLE, SetUpBody
from tests.rig.onvif_device import Character, OnvifDevice

__all__ = ["body", "browser", "data", "now"]
GATE: Position = {"pan": 0.25, "tilt": -0.5, "zoom": 0.0}
YARD: Position = {"pan": -0.75, "tilt": 0.0, "zoom": 0.5}
PLACES = (Place("1", "gate", GATE), Place("2", "yard", YARD))


def test_a_place_is_the_same_only_within_what_such_cameras_return_to() -> None:
    assert position.same(GATE, {**GATE, "pan": 0.255})
    assert not position.same(GATE, {**GATE, "pan": 0.27})
    assert not position.same(GATE, {**GATE, "zoom": 0.02})
    assert not position.same(GATE, {"pan": 0.25, "tilt": -0.5})
    assert position.same({"pan": 182.0}, {"pan": 182.5})
    assert position.parsed({"pan": float("nan"), "tilt": "1"}) is None
    assert position.parsed({"pan": 1, "more": 2}) == {"pan": 1.0}


def test_a_real_device_tells_where_it_points_and_is_asked_for_nothing_that_moves_it(
    _gst: None, clip: Path
) -> None:
    with OnvifDevice(clip, character=Character(moves=True), discoverable=False) as device:
        (channel,) = work(do="look", **as_admin(device))["channels"]
        told = work(do="stand", profile=channel["ptz"], **as_admin(device))
        assert told["position"] == GATE
        assert [(one["name"], one["position"]) for one in told["places"]] == [("gate", GATE), ("yard", YARD)]
        assert not [one for one in device.asked if "Move" in one or "Goto" in one or "Set" in one]
        device.character.tells_position = False
        assert work(do="stand", profile=channel["ptz"], **as_admin(device))["position"] is None
    with OnvifDevice(clip, discoverable=False) as fixed:
        assert work(do="look", **as_admin(fixed))["channels"][0]["ptz"] == ""


@pytest.fixture
def dome(body: SetUpBody) -> Camera:
    device = found()
    devices.registered(device, body.manager)
    Camera.objects.filter(pk=body.camera.pk).update(device=device, ptz_profile="main1")
    return Camera.objects.get(pk=body.camera.pk)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Stand | None]:
    """What the device answers; None: nothing."""
    said: dict[str, Stand | None] = {"stand": Stand(GATE, PLACES)}

    def stand(*_: object) -> Stand:
        answer = said["stand"]
        if answer is None:
            raise CameraError("unreachable")
        return answer

    monkeypatch.setattr(device_socket, "stand", stand)
    return said


def approve(browser: Client, body: SetUpBody, place: str, *, fresh: bool = True) -> int:
    if fresh:
        test_pictures.hold(body.manager.pk, body.camera.pk, drawn.test_picture())
    said = {"polygon": str(WHOLE), "masks": "[]", "only_needed": "on", "when": "always", "place": place}
    said["compared"] = "on"
    return browser.post(reverse("setup_range", args=[body.camera.pk]), said).status_code


def verdict(camera: Camera) -> tuple[str, str]:
    judging.judge_all()
    row = Verdict.objects.get(clause="T2b", subject_id=camera.pk)
    return row.gate, row.code


@pytest.mark.django_db(transaction=True)
def test_the_place_is_approved_with_the_range_and_leaving_it_closes_the_camera_until_approved_anew(
    body: SetUpBody, browser: Client, dome: Camera, told: dict[str, Stand | None], now: clock.ManualClock
) -> None:
    key = drawn.OwnKey()
    test_pictures.hold(body.manager.pk, dome.pk, drawn.test_picture())
    page = browser.get(reverse("setup_range", args=[dome.pk])).content.decode()
    assert "gate" in page
    assert approve(browser, body, "1", fresh=False) == 302
    approved = enrolment.current_range(dome)
    assert approved is not None
    assert (approved.preset, approved.position) == ("gate", GATE)
    assert verdict(dome) == ("", "")

    device_checks.watch_places()
    told["stand"] = None
    device_checks.watch_places()
    assert verdict(dome) == ("", ""), "a camera that does not answer now has not left"
    told["stand"] = Stand({**GATE, "tilt": -0.4}, PLACES)
    device_checks.watch_places()
    assert verdict(dome) == ("sealed", "place-left")
    told["stand"] = Stand(GATE, PLACES)
    device_checks.watch_places()
    assert verdict(dome) == ("sealed", "place-left"), "it has been elsewhere: its return cures nothing"
    assert Entry.objects.filter(act="camera-left").count() == 1
    assert approve(browser, body, "1") == 422, "the picture approved before is under lock"
    assert verdict(dome) == ("sealed", "place-left")
    key.open(body.manager)
    assert approve(browser, body, "1", fresh=False) == 422, "nobody has looked at the two pictures"
    for name in ("setup_picture", "setup_approved_picture"):
        assert browser.get(reverse(name, args=[dome.pk])).status_code == 200
    assert approve(browser, body, "1", fresh=False) == 302
    assert verdict(dome) == ("", "")


@pytest.mark.django_db(transaction=True)
def test_a_place_where_it_is_not_or_where_the_picture_was_not_taken_is_not_approved(
    body: SetUpBody, browser: Client, dome: Camera, told: dict[str, Stand | None]
) -> None:
    assert approve(browser, body, "2") == 422
    assert approve(browser, body, "9") == 422
    told["stand"] = Stand(YARD, PLACES)
    assert approve(browser, body, "2", fresh=False) == 422, "the picture shows the gate"
    told["stand"] = None
    assert approve(browser, body, "1") == 422
    assert dome.ranges.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_does_not_tell_where_it_points_needs_a_persons_word(
    dome: Camera, told: dict[str, Stand | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_socket, "check", lambda *_: {"telnet": "off"})
    monkeypatch.setattr(device_socket, "look", lambda *_, **__: {})
    enrolment.approve_range(dome, WHOLE, [], dome.ranges.get().approved_by, place=Place("1", "gate", GATE))
    assert device_checks.check(dome).findings["movement"] == "off"
    told["stand"] = Stand(None, PLACES)
    assert device_checks.check(dome).findings["movement"] == "unknown"
    Camera.objects.update(ptz_profile="")
    assert device_checks.check(Camera.objects.get()).findings["movement"] == "off"
