"""Alarms arrive: through a real mail server and a real HTTP endpoint, again and again until acknowledged."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.errors import ChannelFailed
from kuramori.footage import findings
from kuramori.footage.models import CameraState
from kuramori.health import alarms, beats, channels, facts, verdict, watching, words
from kuramori.health.alarm_forms import MailForm, WebhookForm
from kuramori.health.models import Alarm, Beat, Channel
from kuramori.ledger.models import Entry
from tests.footage.world import World
from tests.health import alarm_list
from tests.health.receivers import Endpoint, Mailbox
from tests.retention.test_pages import browser

Status = dict[str, Any]
GUIDE = Path(__file__).parents[2] / "docs/guide/alarms.md"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    alarms._first_seen.clear()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as made:
        yield made


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as made:
        yield made


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Status:
    """What the recorder says of itself, for the test to spoil."""
    status: Status = {
        "clock": {"state": "trusted"},
        "cameras": {world.camera.id: {"state": "recording", "since_ns": 0}},
        "disk": {"0": {"state": "ok", "free_bytes": 1}},
        "table": {"failing": ""},
    }
    monkeypatch.setattr(facts, "recorder_status", lambda: status)
    return status


def mail_said(mailbox: Mailbox) -> dict[str, object]:
    return {
        "recipients": ["manager@example.jp"],
        "sender": "kuramori@example.jp",
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": "none",
        "user": "",
    }


def work_looks() -> None:
    """One round of what `work` does for alarms, in both its threads."""
    watching.watch()
    channels.tell()


def pass_time(now: clock.ManualClock, seconds: float) -> None:
    """Let `work` look, time pass, and `work` look again."""
    work_looks()
    now.advance_s(seconds)
    work_looks()


def acts() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("act", flat=True))


def stopped(state: str) -> Callable[[World, Status], None]:
    def provoke(world: World, status: Status) -> None:
        status["cameras"][world.camera.id]["state"] = state

    return provoke


def stands(code: str) -> Callable[[World, Status], None]:
    return lambda world, status: findings.stand(code, "x") and None


def told_of(part: str, name: str, value: object) -> Callable[[World, Status], None]:
    return lambda world, status: status[part].__setitem__(name, value)


def clock_off(world: World, status: Status) -> None:
    status["cameras"][world.camera.id]["clock_error_ms"] = -2400


def unreadable(world: World, status: Status) -> None:
    status["cameras"][world.camera.id]["unreadable"] = True


def silent(world: World, status: Status) -> None:
    """The recorder does not answer at all."""
    CameraState.objects.update_or_create(
        camera=world.camera.id, defaults={"state": "recording", "since_ns": 0}
    )
    status.clear()


def none_left(world: World, status: Status) -> None:
    Camera.objects.update(retired_ns=1)
    status["cameras"].clear()


def over_and_unseen(world: World, status: Status) -> None:
    Alarm.objects.create(code="camera-stalled", subject="x", light="red", since_ns=1, over_ns=2)


# Alarm kind → how it is provoked, and its colour. Each is looked for where it arrived: mail and webhook.
TABLE: dict[str, tuple[Callable[[World, Status], None], str]] = {
    **{
        f"camera-{state}": (stopped(state), "red")
        for state in (
            "unreachable",
            "refused",
            "not-found",
            "no-video",
            "unsupported-codec",
            "no-key-frame",
            "stalled",
            "closed-by-camera",
            "protocol",
            "disk-reserve",
            "disk-full",
            "disk-read-only",
            "disk-slow",
            "disk-gone",
            "disk-failed",
            "no-hour-key",
            "certificate-changed",
            "certificate-unknown",
            "mask-failed",
            "mask-worker",
            "mask-changed",
        )
    },
    "camera-waiting-gate": (stopped("waiting-gate"), "yellow"),
    "camera-masked": (stopped("masked"), "yellow"),
    "camera-clock": (clock_off, "yellow"),
    "camera-unreadable": (unreadable, "red"),
    "clock-alone": (told_of("clock", "alone_s", 3601), "yellow"),
    "recorder-silent": (silent, "red"),
    "disk-reserve": (told_of("disk", "0", {"state": "reserve"}), "yellow"),
    **{
        f"disk-{state}": (told_of("disk", "0", {"state": state}), "red")
        for state in ("full", "read-only", "slow", "gone", "failed")
    },
    "clock-provisional": (told_of("clock", "state", "provisional"), "yellow"),
    "clock-sealed": (told_of("clock", "state", "sealed"), "red"),
    "erasing-fails": (told_of("table", "failing", "cannot-erase"), "red"),
    **{
        code: (stands(code), "red")
        for code in (
            "erasure-overdue",
            "ledger-broken",
            "mask-failed",
            "view-moved",
            "view-covered",
        )
    },
    "finding": (stands("swap-in-the-clear"), "yellow"),
    **{code: (stands(code), "yellow") for code in ("space-short", "erased-for-space")},
}
ON_THE_SCREEN = {"work-silent", "no-alarm-channel"} | alarms.QUIET
"""Nothing can send these, or nobody is woken for them: they are looked for on the status screen, below."""
BY_THE_OTHER_WAY = {"channel-broken"}


@pytest.mark.parametrize("code", sorted(TABLE))
def test_each_kind_of_alarm_arrives_by_mail_and_by_webhook(
    code: str, world: World, told: Status, now: clock.ManualClock, mailbox: Mailbox, endpoint: Endpoint
) -> None:
    channels.save(Channel.MAIL, mail_said(mailbox), "", world.manager)
    channels.save(Channel.WEBHOOK, {"url": endpoint.url}, "", world.manager)
    for row in Channel.objects.all():
        channels.test(row, world.manager)
    pass_time(now, 11)
    assert Alarm.objects.count() == 0, "all is well, and nobody is told so"
    provoke, light = TABLE[code]
    provoke(world, told)
    pass_time(now, 11)
    alarm = Alarm.objects.get(code=code)
    assert (alarm.light, alarm.told_ns) == (light, now.wall_ns())
    letter = mailbox.letters[-1]
    assert letter["To"] == "manager@example.jp"
    text = letter.get_content()
    assert ("●" if light == "red" else "▲") in text
    assert len(text.splitlines()[1]) > 3, "what to do"
    said = endpoint.told()[-1]
    assert said["kind"] == "alarm"
    assert code in {one["code"] for one in said["alarms"]}


def test_every_alarm_that_there_is_has_been_seen_arriving_and_stands_in_the_guide() -> None:
    assert set(TABLE) | ON_THE_SCREEN | BY_THE_OTHER_WAY == set(alarm_list.codes())
    missing = [row for row in alarm_list.rows() if row not in GUIDE.read_text()]
    assert not missing, "docs/guide/alarms.md lacks:\n" + "\n".join(missing)


def test_the_status_screen_that_nobody_opens_and_nothing_else_is_itself_an_alarm(
    world: World, told: Status, now: clock.ManualClock, client: Client, mailbox: Mailbox
) -> None:
    pass_time(now, 601)
    alarm = Alarm.objects.get(code="no-alarm-channel")
    assert (alarm.light, alarm.told_ns) == ("red", None)
    assert "●" not in client.get("/status/").content.decode(), "an open status screen is a channel"
    work_looks()
    assert Alarm.objects.get(pk=alarm.pk).over_ns is not None
    now.advance_s(700)
    pass_time(now, 601)
    channels.save(Channel.MAIL, mail_said(mailbox), "", world.manager)
    work_looks()
    assert "だれにも届きません" in mailbox.letters[-1].get_content()
    pass_time(now, 5)
    assert not Alarm.objects.filter(code="no-alarm-channel", over_ns=None).exists()


@pytest.mark.parametrize(
    ("code", "provoke"),
    [
        ("camera-starting", stopped("starting")),
        ("no-camera", none_left),
        ("unacknowledged", over_and_unseen),
    ],
)
def test_what_wakes_nobody_stands_on_the_screen(
    code: str, provoke: Callable[[World, Status], None], world: World, told: Status, client: Client
) -> None:
    provoke(world, told)
    work_looks()
    page = client.get("/status/").content.decode()
    with translation.override("ja"):
        assert str(words.of(verdict.Trouble("yellow", code)).name) in page
    assert "light-yellow" in page


def test_the_stopped_watcher_itself_is_seen_on_the_screen(
    world: World, told: Status, now: clock.ManualClock, client: Client
) -> None:
    work_looks()
    assert "light-green" in client.get("/status/").content.decode()
    now.advance_s(121)
    page = client.get("/status/").content.decode()
    assert "light-red" in page
    assert "見張り" in page


def test_an_alarm_is_repeated_until_a_person_acknowledges_it(
    world: World, told: Status, now: clock.ManualClock, mailbox: Mailbox
) -> None:
    channels.save(Channel.MAIL, mail_said(mailbox), "", world.manager)
    stopped("unreachable")(world, told)
    pass_time(now, 11)
    assert len(mailbox.letters) == 1
    pass_time(now, 1800)
    assert len(mailbox.letters) == 1
    pass_time(now, 1800)
    assert len(mailbox.letters) == 2
    told["cameras"][world.camera.id]["state"] = "recording"
    pass_time(now, 3600)
    assert "まで" in mailbox.letters[2].get_content() or len(mailbox.letters) == 3, (
        "over, but nobody has seen it"
    )
    alarm = Alarm.objects.get(code="camera-unreachable")
    assert alarms.acknowledge(alarm, world.operator)
    assert not alarms.acknowledge(alarm, world.operator)
    pass_time(now, 100_000)
    assert len(mailbox.letters) == 3
    assert acts().count("alarm-acknowledged") == 1
    assert acts().count("alarm-told") == 3


def test_a_loose_plug_makes_one_alarm_that_counts(
    world: World, told: Status, now: clock.ManualClock, mailbox: Mailbox
) -> None:
    channels.save(Channel.MAIL, mail_said(mailbox), "", world.manager)
    for _ in range(20):
        stopped("unreachable")(world, told)
        pass_time(now, 11)
        stopped("recording")(world, told)
        pass_time(now, 11)
    assert Alarm.objects.get(code="camera-unreachable").times == 20
    assert len(mailbox.letters) == 1


def test_three_seconds_without_a_camera_wake_nobody(
    world: World, told: Status, now: clock.ManualClock
) -> None:
    stopped("unreachable")(world, told)
    pass_time(now, 5)
    stopped("recording")(world, told)
    pass_time(now, 60)
    assert not Alarm.objects.filter(code="camera-unreachable").exists()


def test_a_channel_that_fails_is_named_and_the_other_one_still_tells(
    world: World, told: Status, now: clock.ManualClock, mailbox: Mailbox, endpoint: Endpoint
) -> None:
    mailbox.refuse = "550 no such user"
    channels.save(Channel.MAIL, mail_said(mailbox), "", world.manager)
    channels.save(Channel.WEBHOOK, {"url": endpoint.url}, "", world.manager)
    stopped("stalled")(world, told)
    pass_time(now, 11)
    assert Channel.objects.get(kind="mail").failed_why == "channel-recipient"
    assert {one["code"] for one in endpoint.told()[-1]["alarms"]} == {
        "camera-stalled",
        "no-alarm-channel",
    } or ("camera-stalled" in {one["code"] for one in endpoint.told()[-1]["alarms"]})
    pass_time(now, 11)
    assert Alarm.objects.filter(code="channel-broken", subject="mail").exists()
    assert "channel-broken" in {one["code"] for said in endpoint.told() for one in said.get("alarms", [])}


def test_an_alarm_that_no_channel_took_is_tried_again_within_minutes(
    world: World, told: Status, now: clock.ManualClock, endpoint: Endpoint
) -> None:
    endpoint.answer = 503
    channels.save(Channel.WEBHOOK, {"url": endpoint.url}, "", world.manager)
    stopped("stalled")(world, told)
    pass_time(now, 11)
    assert Alarm.objects.get(code="camera-stalled").told_ns is None
    endpoint.answer = 204
    pass_time(now, 61)
    assert Alarm.objects.get(code="camera-stalled").told_ns is not None


def test_a_redirect_is_no_arrival_and_is_not_followed(world: World, endpoint: Endpoint) -> None:
    endpoint.answer = 302
    row = channels.save(Channel.WEBHOOK, {"url": endpoint.url}, "", world.manager)
    with pytest.raises(ChannelFailed):
        channels.test(row, world.manager)
    assert len(endpoint.got) == 1


def test_the_webhook_is_signed_with_a_key_that_lies_locked(world: World, endpoint: Endpoint) -> None:
    key = "shiro-uma-ga-hashiru"
    row = channels.save(Channel.WEBHOOK, {"url": endpoint.url}, key, world.manager)
    assert key not in str(list(Channel.objects.values()))
    channels.test(row, world.manager)
    headers, body = endpoint.got[0]
    expected = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Kuramori-Signature"] == f"sha256={expected}"


def test_mail_with_a_password(world: World) -> None:
    with Mailbox(user="shop", password="ten-kara-ame") as mailbox:
        said = {**mail_said(mailbox), "user": "shop"}
        row = channels.save(Channel.MAIL, said, "ten-kara-ame", world.manager)
        assert "ten-kara-ame" not in str(list(Channel.objects.values()))
        channels.test(row, world.manager)
        assert len(mailbox.letters) == 1
        row = channels.save(Channel.MAIL, said, "wrong", world.manager)
        with pytest.raises(ChannelFailed, match="channel-sign-in"):
            channels.test(row, world.manager)
        assert "alarm-channel-tested" in acts()


def test_protection_that_the_server_does_not_offer_sends_nothing(world: World, mailbox: Mailbox) -> None:
    row = channels.save(Channel.MAIL, {**mail_said(mailbox), "security": "starttls"}, "", world.manager)
    with pytest.raises(ChannelFailed):
        channels.test(row, world.manager)
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("form", "given"),
    [
        (
            MailForm,
            {"recipients": "a@b.jp", "sender": "a@b.jp", "host": "smtp.example.jp", "security": "none"},
        ),
        (MailForm, {"recipients": "a@b.jp\nBcc: x@y.jp", "sender": "a@b.jp", "host": "h", "security": "tls"}),
        (MailForm, {"recipients": ",", "sender": "a@b.jp", "host": "h", "security": "tls"}),
        (WebhookForm, {"url": "http://hooks.example.jp/x"}),
        (WebhookForm, {"url": "https://user:pass@hooks.example.jp/x"}),
        (WebhookForm, {"url": "file:///etc/passwd"}),
    ],
)
def test_what_would_leave_unprotected_is_not_accepted(form: Any, given: dict[str, str]) -> None:
    assert not form(given).is_valid()


def test_the_pages(
    world: World, told: Status, now: clock.ManualClock, client: Client, mailbox: Mailbox
) -> None:
    assert client.get("/alarms/").status_code in (302, 403)
    client = browser(world.manager)
    given = {
        "recipients": "manager@example.jp",
        "sender": "kuramori@example.jp",
        "host": "127.0.0.1",
        "port": str(mailbox.port),
        "security": "none",
    }
    assert client.post("/alarms/channel/mail/", given).status_code == 302
    client.post("/alarms/channel/mail/test/")
    assert len(mailbox.letters) == 1
    client.post("/alarms/contact/", {"name": "鳥取電器", "telephone": "0857-00-1111"})
    stopped("unreachable")(world, told)
    pass_time(now, 11)
    shown = client.get("/status/").content.decode()
    assert "data-sounds" in shown
    assert "0857-00-1111" in shown
    alarm = Alarm.objects.get(code="camera-unreachable")
    client = browser(world.operator)
    assert client.post(f"/alarms/{alarm.pk}/seen/").status_code == 302
    assert "data-sounds" not in client.get("/status/").content.decode()
    assert client.post("/alarms/channel/mail/", given).status_code == 403
    assert client.get("/alarms/").status_code == 200


def test_sound_counts_as_heard_while_its_page_asks(
    world: World, now: clock.ManualClock, client: Client
) -> None:
    client.get("/status/?sound=1")
    assert Beat.objects.get().name == beats.SOUND
    assert channels.one_works(now.wall_ns())
    now.advance_s(121)
    assert not channels.one_works(now.wall_ns())
