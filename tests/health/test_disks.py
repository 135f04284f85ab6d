"""Disks in the browser: how long they suffice, adding, taking out; what happens when they are too small."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kuramori import clock
from kuramori.footage import disks, findings, intake, recorder_socket
from kuramori.footage.models import AddedDisk, ErasedHour, Order, Segment
from kuramori.health import disk_facts, verdict
from kuramori.health.forecast import CameraLoad, forecast
from kuramori.health.models import CameraDay
from kuramori.ledger.models import Entry
from kuramori.recorder.store_watch import MARKER
from kuramori.retention import short_of_space
from kuramori.retention.short_of_space import OldHour, chosen
from tests.retention.test_pages import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

GIB = 1 << 30
DAY_S = 86_400


def load(camera: str = "a", day: int = 10, period: int = 14, kept: int = 0, **dies: int) -> CameraLoad:
    return CameraLoad(camera, day * GIB, period, kept * GIB, {int(d[1:]): b * GIB for d, b in dies.items()})


def test_a_disk_that_holds_every_period_is_never_short() -> None:
    known = forecast([load()], 150 * GIB)
    assert known.short_in_days is None and not known.warns
    assert known.used[13] == known.used[40] == 140 * GIB, "what is new comes, what is old dies"
    assert known.fits_days == {"a": 15}


def test_the_day_on_which_room_runs_out_is_foreseen_and_warned_of_in_time() -> None:
    known = forecast([load()], 95 * GIB)
    assert known.short_in_days == 9 and known.warns, "the tenth day's 10 GiB do not fit"
    assert forecast([load(period=31)], 300 * GIB).short_in_days == 30
    assert not forecast([load(period=31)], 300 * GIB).warns, "a month ahead nobody is woken"


def test_what_dies_makes_room_and_a_camera_that_is_gone_only_gives_room_back() -> None:
    gone = CameraLoad("old", 0, 0, 60 * GIB, {2: 60 * GIB})
    assert forecast([load(), gone], 85 * GIB).short_in_days is None
    assert forecast([load(), load("b")], 200 * GIB).fits_days == {"a": 6, "b": 6}


def test_the_oldest_dies_first_of_the_same_age_the_least_important_and_never_the_last_day() -> None:
    now_s = 100 * DAY_S
    old, older, young = now_s - 2 * DAY_S, now_s - 3 * DAY_S, now_s - DAY_S + 3600
    hours = [
        OldHour("a", old, 5, 1),
        OldHour("b", old, 5, 9),
        OldHour("a", older, 5, 1),
        OldHour("b", young, 50, 9),
    ]
    now_ns = now_s * clock.NS_PER_S
    assert [(one.camera, one.hour_start_s) for one in chosen(hours, 8, now_ns)] == [("a", older), ("b", old)]
    assert len(chosen(hours, 1000, now_ns)) == 3
    assert chosen(hours, 0, now_ns) == []


@pytest.fixture
def plugged(data: Path) -> Iterator[Path]:
    """A disk that somebody mounted as DATA/store/disk2."""
    root = data / "store/disk2"
    root.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(root)], check=True)
    yield root
    subprocess.run(["umount", "-l", str(root)], check=True)


def settings_stores(data: Path) -> list[tuple[str, bool]]:
    said = json.loads((data / "record/settings.json").read_text())
    return [(row["id"], row.get("draining", False)) for row in said["stores"]]


@pytest.mark.django_db(transaction=True)
def test_a_disk_is_added_emptied_and_taken_out_in_the_browser(
    plugged: Path, recorder: RunningRecorder, world: World, data: Path
) -> None:
    page = browser(world.manager)
    assert "disk2" in page.get("/disks/").content.decode()
    assert page.post("/disks/do/", {"act": "add", "name": "nothing"}).status_code == 422
    assert page.post("/disks/do/", {"act": "add", "name": "disk2"}).status_code == 302
    assert json.loads((plugged / MARKER).read_text())["store"] == "disk2"
    assert settings_stores(data) == [("disk2", False), ("0", False)], "filled before the computer's own"
    until_s = time.monotonic() + 20
    while recorder_socket.status()["disk"].get("disk2", {}).get("state") not in ("ok", "reserve"):
        assert time.monotonic() < until_s
        recorder.tick()
    recorder.tick()
    assert (plugged / "table-copy").is_dir(), "the key table is copied there too"
    assert "disk2" in page.get("/media/").content.decode(), "the register asks for it"
    row = AddedDisk.objects.get()
    assert page.post("/disks/do/", {"act": "remove", "name": "disk2"}).status_code == 422, "not emptied"
    page.post("/disks/do/", {"act": "drain", "name": "disk2"})
    assert settings_stores(data)[0] == ("disk2", True)
    segment, path = recorder.segment(world.camera)
    intake.take_in()
    Segment.objects.filter(pk=segment).update(path=f"store/disk2/{path.name}")
    assert page.post("/disks/do/", {"act": "remove", "name": "disk2"}).status_code == 422, "footage is there"
    Segment.objects.filter(pk=segment).update(state="erased")
    assert page.post("/disks/do/", {"act": "remove", "name": "disk2"}).status_code == 302
    row.refresh_from_db()
    assert row.removed_ns and settings_stores(data) == [("0", False)]
    told = list(Entry.objects.filter(act__startswith="disk-").values_list("act", flat=True))
    assert told == ["disk-added", "disk-draining", "disk-removed"]
    operator = browser(world.operator)
    assert operator.get("/disks/").status_code == 200
    assert operator.post("/disks/do/", {"act": "add", "name": "disk2"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_another_recorders_disk_is_not_taken(
    plugged: Path, recorder: RunningRecorder, world: World, data: Path
) -> None:
    (plugged / MARKER).write_text(json.dumps({"recorder": "f" * 32, "store": "disk2"}))
    answer = browser(world.manager).post("/disks/do/", {"act": "add", "name": "disk2"})
    assert answer.status_code == 422 and AddedDisk.objects.count() == 0
    assert json.loads((plugged / MARKER).read_text())["recorder"] == "f" * 32


@pytest.mark.django_db(transaction=True)
def test_too_little_room_kills_the_oldest_early_only_when_the_body_chose_so_and_never_a_hold(
    recorder: RunningRecorder, world: World, now: ManualClock, settings: Any
) -> None:
    kept, _ = recorder.segment(world.camera)
    intake.take_in()
    first_s = Segment.objects.get(pk=kept).hour_start_s
    for _ in range(2):
        now.advance_s(DAY_S)
        recorder.tick()
        recorder.segment(world.camera)
    until_s = time.monotonic() + 20
    while "0" not in recorder_socket.status()["disk"]:
        assert time.monotonic() < until_s
        time.sleep(0.05)
    intake.take_in()
    settings.STORE_RESERVE_BYTES = 1 << 60
    assert short_of_space.look() == 0, "cameras stop instead"
    page = browser(world.manager)
    assert page.post("/disks/do/", {"act": "short", "choice": "erase"}).status_code == 302
    assert disks.when_short() == "erase"
    assert short_of_space.look() == 1, "the one that is older than a day, the other two are not"
    assert short_of_space.look() == 0, "one thing after the other"
    recorder.tick()
    intake.take_in()
    dead = ErasedHour.objects.get()
    assert dead.hour_start_s == first_s
    assert Order.objects.get(kind="erase").reason == short_of_space.REASON
    [finding] = [one for one in findings.standing() if one.code == "erased-for-space"]
    assert finding.detail["hours"] == 1
    facts = verdict.Facts(True, findings=["erased-for-space", "space-short"])
    assert {"erased-for-space", "space-short"} <= {one.code for one in verdict.troubles(facts)}


@pytest.mark.django_db(transaction=True)
def test_the_warning_stands_while_room_runs_out_and_is_on_page_and_weekly_sheet(
    recorder: RunningRecorder, world: World, now: ManualClock, settings: Any
) -> None:
    until_s = time.monotonic() + 20
    while "0" not in recorder_socket.status()["disk"]:
        assert time.monotonic() < until_s
        time.sleep(0.05)
    settings.STORE_RESERVE_BYTES = 0
    free = int(recorder_socket.status()["disk"]["0"]["free_bytes"])
    day = CameraDay.objects.create(
        camera=world.camera.pk, day="2026-11-22", covered_ms=DAY_S * 1000, stored_bytes=free // 5
    )
    disk_facts.look()
    assert [one.code for one in findings.standing()] == ["space-short"]
    shown = browser(world.manager).get("/disks/").content.decode()
    assert "<svg" in shown and "forecast-short" in shown
    assert disk_facts.sentence_now() in shown
    CameraDay.objects.filter(pk=day.pk).update(stored_bytes=1000)
    disk_facts.look()
    assert findings.standing() == []
