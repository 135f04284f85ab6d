"""What a camera must be like on the network, as a rule, as rows, and as a closed gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kuramori import clock
from kuramori.access import taking_over
from kuramori.cameras import devices, hardening
from kuramori.cameras.models import Camera, Device, DeviceAttestation, DeviceCheck, SealedCredentials
from kuramori.errors import BadInput, Refusal
from kuramori.guideline import judging, t6g_password
from kuramori.guideline.ageing import DAY_NS
from kuramori.guideline.facts import CameraFacts, DeviceFacts
from kuramori.ledger.models import Entry
from kuramori.people import second_factor
from kuramori.people.models import Account
from kuramori.policy.models import Verdict
from tests.footage.fixtures import data, now
from tests.guideline.set_up import SetUpBody, set_up

__all__ = ["data", "now"]
pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {check.name: "off" for check in hardening.CHECKS}
SILENT = {**GOOD, "card-recording": "unknown", "cloud": "unknown", "plain-http": "on"}
T0 = 1_000 * DAY_NS


def test_each_thing_that_must_be_off_closes_when_it_is_on() -> None:
    for check in hardening.CHECKS:
        assert hardening.is_open({**GOOD, check.name: "on"}) is not check.excused
    assert not hardening.is_open(GOOD)
    assert not hardening.is_open(SILENT)


def test_nobodys_word_makes_an_open_door_good() -> None:
    forever = {check.name: T0 * 9 for check in hardening.CHECKS}
    for name in ("anonymous-rtsp", "factory-password", "telnet", "card-recording"):
        rows = hardening.standing({**GOOD, name: "on"}, forever, T0)
        assert [row.check.name for row in rows if row.state == "open"] == [name]


def test_what_a_camera_does_not_say_is_owed_and_a_word_runs_out() -> None:
    assert hardening.owed_from_ns(GOOD, {}, T0) is None
    assert hardening.owed_from_ns(SILENT, {}, T0) == T0
    said = {"card-recording": T0 + 365 * DAY_NS, "cloud": T0 + 400 * DAY_NS, "plain-http": T0 + 365 * DAY_NS}
    assert hardening.owed_from_ns(SILENT, said, T0) == T0 + 365 * DAY_NS
    states = {row.check.name: row.state for row in hardening.standing(SILENT, said, T0 + 380 * DAY_NS)}
    assert (states["card-recording"], states["cloud"]) == ("unsaid", "attested")


@pytest.mark.parametrize(
    ("device", "age_days", "gate", "code"),
    [
        (DeviceFacts(open=True, checked_ns=T0), 0, "sealed", "device-open"),
        (DeviceFacts(), 0, "warn", "device-check-due"),
        (DeviceFacts(), 14, "sealed", "device-check-late"),
        (DeviceFacts(checked_ns=T0), 30, "", ""),
        (DeviceFacts(checked_ns=T0), 45, "sealed", "device-check-late"),
        (DeviceFacts(checked_ns=T0, unsaid_ns=T0), 13, "warn", "device-unsaid-due"),
        (DeviceFacts(checked_ns=T0, unsaid_ns=T0), 14, "sealed", "device-unsaid-late"),
        (DeviceFacts(checked_ns=T0, support_until_ns=T0 + DAY_NS), 1, "sealed", "device-support-late"),
    ],
)
def test_the_gate_closes_at_the_very_instant(
    device: DeviceFacts, age_days: int, gate: str, code: str
) -> None:
    camera = CameraFacts(password_checked_ns=T0, registered_ns=T0, device=device)
    at_ns = T0 + age_days * DAY_NS
    found = t6g_password.judge(camera, at_ns)
    assert (found.gate, found.code) == (gate, code)
    if gate == "sealed" and code != "device-open":
        before = t6g_password.judge(camera, at_ns - 1)
        assert (before.gate, before.turns_at_ns, before.turns_to) == ("warn", at_ns, "sealed")


@pytest.fixture
def body(data: Path, now: clock.ManualClock) -> SetUpBody:
    return set_up()


@pytest.fixture
def browser(body: SetUpBody) -> Client:
    second_factor.new_card(body.manager)
    client = Client(headers={"host": "localhost"})
    client.force_login(body.manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def found(**more: str) -> Device:
    row = {"endpoint": "urn:uuid:1", "xaddr": "http://127.0.0.1:1/x", "host": "127.0.0.1", "name": "Momiji"}
    (device,) = devices.take_in([{**row, "hardware": "MJ-3", **more}])
    return device


def verdict(camera: Camera) -> tuple[str, str]:
    judging.judge_all()
    row = Verdict.objects.get(clause="T6g", subject_id=camera.pk)
    return row.gate, row.code


def test_an_open_camera_is_closed_to_everybody_until_it_is_mended(body: SetUpBody) -> None:
    assert verdict(body.camera) == ("warn", "device-check-due")
    devices.checked(body.camera, {**GOOD, "anonymous-rtsp": "on"})
    assert verdict(body.camera) == ("sealed", "device-open")
    devices.checked(body.camera, GOOD)
    assert verdict(body.camera) == ("", "")
    assert Entry.objects.filter(act="camera-checked", outcome="failed").count() == 1


def test_a_persons_word_is_asked_for_and_counts(body: SetUpBody, browser: Client) -> None:
    devices.checked(body.camera, SILENT)
    assert verdict(body.camera) == ("warn", "device-unsaid-due")
    page = reverse("setup_hardening", args=[body.camera.pk])
    assert "カメラが自分では答えません" in browser.get(page).content.decode()
    browser.post(page, {"telnet-words": "it is fine"})
    browser.post(page, {"cloud-words": " "})
    assert not DeviceAttestation.objects.exists()
    browser.post(
        page, {f"{name}-words": "設定画面で切にした" for name in ("card-recording", "cloud", "plain-http")}
    )
    assert verdict(body.camera) == ("", "")
    assert Entry.objects.filter(act="camera-attested").count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        DeviceAttestation.objects.update(words="")


def test_a_device_that_nobody_decided_about_is_listed_until_somebody_does(
    body: SetUpBody, browser: Client
) -> None:
    device = found()
    listed = browser.get(reverse("devices")).content.decode()
    assert "Momiji" in listed
    browser.post(reverse("device_out", args=[device.pk]), {"reason": ""})
    assert Device.objects.get().state == "found"
    browser.post(reverse("device_out", args=[device.pk]), {"reason": "二階の呼び鈴"})
    assert "二階の呼び鈴" in browser.get(reverse("devices")).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.update(reason="")
    device.refresh_from_db()
    devices.registered(device, body.manager)
    device.refresh_from_db()
    with pytest.raises(BadInput):
        devices.decide_out(device, "no", body.manager)


def test_it_may_move_to_another_address_but_not_bring_a_password(body: SetUpBody) -> None:
    device = found()
    row = {"endpoint": device.endpoint, "host": "127.0.0.2", "name": "", "hardware": ""}
    assert devices.take_in([{**row, "xaddr": "http://127.0.0.2/x"}]) == []
    assert Device.objects.get().host == "127.0.0.2"
    assert devices.take_in([{**row, "xaddr": "http://a:b@127.0.0.2/x"}]) == []
    assert Device.objects.get().xaddr == "http://127.0.0.2/x"


def test_other_firmware_is_an_entry(body: SetUpBody) -> None:
    device = found()
    devices.learn(device, {"firmware": "1.0"})
    devices.learn(device, {"firmware": "1.1"})
    assert '"before":"1.0"' in Entry.objects.get(act="device-firmware").text


def test_without_the_open_storehouse_nobody_takes_cameras_over(body: SetUpBody) -> None:
    SealedCredentials.objects.create(
        camera=body.camera, recorder="a" * 32, storehouse_key="0" * 16, sealed="00", made_ns=1
    )
    assert taking_over.waiting() == 1
    with pytest.raises(Refusal):
        taking_over.take_over(body.manager)
    assert SealedCredentials.objects.exists()


def test_operators_decide_nothing_about_devices(body: SetUpBody, browser: Client) -> None:
    stranger = Account.objects.create(username="tanaka", full_name="田中")
    browser.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    device = found()
    browser.post(reverse("device_out", args=[device.pk]), {"reason": "mine"})
    browser.post(reverse("setup_hardening", args=[body.camera.pk]), {"cloud-words": "off"})
    assert Device.objects.get().state == "found"
    assert not DeviceAttestation.objects.exists()
    assert not DeviceCheck.objects.exists()
