"""The daily health proof, the weekly sheet and the metrics, from what the index really holds."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kuramori import clock
from kuramori.footage import findings
from kuramori.footage.models import Gap, Segment
from kuramori.health import channels, days, facts, metrics, weekly
from kuramori.health.models import CameraDay, Channel
from tests.footage.world import World
from tests.health.receivers import Mailbox
from tests.retention.test_pages import browser

DAY = date(2026, 11, 23)
HOUR_NS = 3600 * clock.NS_PER_S


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    said = {
        "state": "recording",
        "clock_error_ms": -340,
        "mask_checked_ns": 0,
        "view_checked_ns": clock.now_ns(),
        "lost_packets": 3,
    }
    status = {
        "clock": {"state": "trusted"},
        "cameras": {world.camera.id: said},
        "disk": {"0": {"state": "ok", "free_bytes": 7 << 30}},
        "table": {"failing": ""},
    }
    monkeypatch.setattr(facts, "recorder_status", lambda: status)
    monkeypatch.setattr(days, "recorder_status", lambda: status)
    monkeypatch.setattr(metrics, "recorder_status", lambda: status)
    return status


def segment(world: World, start_ns: int, end_ns: int, size_bytes: int = 1_000_000, **more: Any) -> None:
    said = {
        "id": secrets.token_hex(16),
        "camera": world.camera.id,
        "path": "x",
        "start_ns": start_ns,
        "end_ns": end_ns,
        "hour": "h" * 32,
        "hour_start_s": 0,
        "erase_at_ns": end_ns + 14 * 24 * HOUR_NS,
        "run": "r" * 32,
        "purpose_version": 1,
        "policy_version": 1,
        "storehouse_key": "0" * 16,
        "codec": "avc1",
        "width": 1,
        "height": 1,
        "size_bytes": size_bytes,
        "state": "closed",
    }
    Segment.objects.create(**{**said, **more})


def gap(world: World, since_ns: int, until_ns: int | None, reason: str) -> None:
    Gap.objects.create(
        id=secrets.token_hex(16), camera=world.camera.id, since_ns=since_ns, until_ns=until_ns, reason=reason
    )


def whole_day(world: World) -> tuple[int, int]:
    """The camera stood there the whole day."""
    start_ns, end_ns = days.bounds(DAY)
    type(world.camera).objects.update(created_ns=start_ns - HOUR_NS)
    world.camera.refresh_from_db()
    return start_ns, end_ns


def test_a_day_says_what_was_stored_and_why_the_rest_is_missing(
    world: World, told: dict[str, Any], now: clock.ManualClock
) -> None:
    start_ns, end_ns = whole_day(world)
    days.fill()
    segment(world, start_ns - HOUR_NS, start_ns + 10 * HOUR_NS, 11_000_000)
    gap(world, start_ns + 10 * HOUR_NS, start_ns + 12 * HOUR_NS, "unreachable")
    gap(world, start_ns + 11 * HOUR_NS, start_ns + 13 * HOUR_NS, "unreachable")
    segment(world, start_ns + 13 * HOUR_NS, start_ns + 22 * HOUR_NS, 9_000_000, lost_packets=5)
    now.step_wall_s((end_ns - now.wall_ns()) / clock.NS_PER_S + 700)
    assert days.fill() == 1
    row = CameraDay.objects.get(day=DAY)
    assert row.expected_ms == 24 * 3_600_000
    assert row.covered_ms == 19 * 3_600_000
    assert row.gaps_ms == {"unreachable": 3 * 3_600_000, "unexplained": 2 * 3_600_000}
    assert row.stored_bytes == 19_000_000
    assert (row.lost_packets, row.clock_error_ms) == (5, -340)
    assert days.percent(row) == 79.16
    assert row.view_checked_ns and row.mask_checked_ns is None
    assert row.disk_free_bytes == 7 << 30
    assert row.final_ns == now.wall_ns()


def test_a_final_day_stays_when_its_footage_is_gone(
    world: World, told: dict[str, Any], now: clock.ManualClock
) -> None:
    start_ns, end_ns = whole_day(world)
    segment(world, start_ns, end_ns)
    days.fill()
    now.step_wall_s((end_ns - now.wall_ns()) / clock.NS_PER_S + 700)
    days.fill()
    Segment.objects.all().delete()
    now.advance_s(86_400)
    days.fill()
    assert days.percent(CameraDay.objects.get(day=DAY)) == 100.0


def test_one_overdue_erasure_marks_its_day(
    world: World, told: dict[str, Any], now: clock.ManualClock
) -> None:
    findings.stand("erasure-overdue", world.camera.id)
    now.advance_s(60)
    days.fill()
    findings.clear("erasure-overdue", world.camera.id)
    now.advance_s(60)
    days.fill()
    assert CameraDay.objects.get().erasure_on_time is False


def test_the_weekly_sheet_prints_and_goes_out_by_mail_once_a_week(
    world: World, told: dict[str, Any], now: clock.ManualClock
) -> None:
    start_ns, end_ns = whole_day(world)
    segment(world, start_ns, start_ns + 23 * HOUR_NS)
    gap(world, start_ns + 23 * HOUR_NS, end_ns, "box-off")
    now.step_wall_s((end_ns - now.wall_ns()) / clock.NS_PER_S + 700)
    days.fill()
    said: dict[str, Any] = weekly.sheet(DAY, now.wall_ns())
    assert said["cameras"][0][1] == "95.83 %" or said["cameras"][0][1].startswith("95.")
    assert (
        said["gaps"][0][2:] == ["1:00:00", "録画機の電源が切れていました"] or said["gaps"][0][2] == "1:00:00"
    )
    with Mailbox() as mailbox:
        given = {
            "recipients": ["a@b.jp"],
            "sender": "k@b.jp",
            "host": "127.0.0.1",
            "security": "none",
            "user": "",
        }
        channels.save(Channel.MAIL, {**given, "port": mailbox.port}, "", world.manager)
        assert weekly.send_when_due() == 1
        assert weekly.send_when_due() == 0
        [sheet] = list(mailbox.letters[0].iter_attachments())
        assert sheet.get_content().startswith(b"%PDF")  # type: ignore[attr-defined]
        now.advance_s(7 * 86_400)
        assert weekly.send_when_due() == 1


def test_pages_and_metrics(world: World, told: dict[str, Any], client: Client) -> None:
    days.fill()
    client = browser(world.operator)
    assert client.get("/health/").status_code == 200
    assert world.camera.id in client.get("/health/days.json").json()
    assert client.get("/health/weekly.pdf").content.startswith(b"%PDF")
    assert client.get("/health/weekly.pdf?from=yesterday").status_code == 400
    client.logout()
    said = client.get("/metrics").content.decode()
    assert 'kuramori_camera_recording{camera="1"} 1.0' in said
    assert 'kuramori_camera_lost_packets{camera="1"} 3.0' in said
    assert world.camera.name not in said
    assert world.camera.id not in said
    assert client.get("/metrics", REMOTE_ADDR="192.168.1.9").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="::ffff:127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404


def test_the_hours_in_which_a_camera_may_not_film_are_told_and_not_missing(
    world: World, told: dict[str, Any], now: clock.ManualClock
) -> None:
    start_ns, end_ns = whole_day(world)
    segment(world, start_ns, start_ns + 8 * HOUR_NS)
    gap(world, start_ns + 8 * HOUR_NS, end_ns, "schedule")
    now.step_wall_s((end_ns - now.wall_ns()) / clock.NS_PER_S + 700)
    days.fill()
    row = CameraDay.objects.get(day=DAY)
    assert row.gaps_ms == {"schedule": 16 * 3_600_000}
    assert days.percent(row) == 100
    sheet = weekly.sheet(DAY, now.wall_ns())
    assert "撮影する時間の外" in str(sheet["gaps"])
