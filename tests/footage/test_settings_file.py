"""The recorder's settings say what the rows say, no more and no less, and the recorder accepts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from kuramori.cameras.models import ApprovedRange
from kuramori.clock import NS_PER_S
from kuramori.footage import settings_file
from kuramori.footage.models import Finding, SealingKey, SettingsSerial
from kuramori.ledger.models import Entry
from kuramori.policy.models import RetentionRule, Verdict
from kuramori.recorder.settings_reading import parse
from tests.footage.world import World, camera, judge

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock

pytestmark = pytest.mark.django_db


def written(data: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((data / "record/settings.json").read_text())
    return said


def test_it_says_what_the_rows_say_and_the_recorder_accepts_it(world: World, data: Path) -> None:
    said = written(data)
    sealing = SealingKey.objects.get()
    assert said["storehouse"] == {"key": sealing.key_id, "public": sealing.public}
    one = said["cameras"][0]
    assert (one["id"], one["retention"], one["purpose_version"]) == (world.camera.id, {"days": 14}, 1)
    read = parse((data / "record/settings.json").read_bytes(), recorder=said["recorder"])
    assert read.serial == said["serial"] and read.recordable(world.camera.id, 0)


def test_the_serial_moves_only_when_the_content_does(world: World, data: Path, now: ManualClock) -> None:
    first = settings_file.write_now()
    before = (data / "record/settings.json").stat().st_mtime_ns
    now.advance_s(60)
    assert settings_file.write_now() == first
    assert (data / "record/settings.json").stat().st_mtime_ns == before
    judge(world.camera, "sealed")
    assert settings_file.write_now() == first + 1 == written(data)["serial"]
    assert Entry.objects.filter(act="settings-written").count() == first + 1


def test_a_lost_file_is_written_again(world: World, data: Path) -> None:
    serial = settings_file.write_now()
    (data / "record/settings.json").unlink()
    assert settings_file.write_now() == serial + 1 == written(data)["serial"]


@pytest.mark.parametrize("changed", ["gates", "storehouse", "url", "junk"])
def test_a_file_that_somebody_changed_is_written_again_and_a_finding(
    world: World, data: Path, changed: str
) -> None:
    """Who can write the file could open a gate, or have footage sealed to a key of their own."""
    judge(world.camera, "sealed")
    serial = settings_file.write_now()
    path, said = data / "record/settings.json", written(data)
    good = {**written(data), "serial": 0, "made_at_ns": 0}
    if changed == "storehouse":
        said["storehouse"]["public"] = "11" * 32
    elif changed == "junk":
        path.write_bytes(b"[" * 100_000)
    else:
        said["cameras"][0][changed] = [] if changed == "gates" else "rtsp://127.0.0.1:1/"
    if changed != "junk":
        path.write_text(json.dumps(said))
    settings_file.keep()
    assert {**written(data), "serial": 0, "made_at_ns": 0} == good
    assert written(data)["serial"] == serial + 1
    assert Finding.objects.get().subject == str(serial) and Entry.objects.filter(act="finding").exists()
    settings_file.keep()
    assert written(data)["serial"] == serial + 1


def gates(data: Path) -> list[tuple[str, int, int | None]]:
    settings_file.write_now()
    return [
        (gate["gate"], gate["from_ns"], gate["until_ns"]) for gate in written(data)["cameras"][0]["gates"]
    ]


def test_a_gate_carries_its_instants(world: World, data: Path, now: ManualClock) -> None:
    later_ns = now.wall_ns() + NS_PER_S
    assert gates(data) == []
    judge(world.camera, "sealed")
    assert gates(data) == [("sealed", 0, None)]
    judge(world.camera, "", turns_at_ns=later_ns, turns_to_gate="sealed")
    assert gates(data) == [("sealed", later_ns, None)]
    judge(world.camera, "sealed", turns_at_ns=later_ns, turns_to_gate="no-record")
    assert gates(data) == [("sealed", 0, later_ns), ("no-record", later_ns, None)]
    judge(world.camera, "no-record", turns_at_ns=later_ns, turns_to_gate="")
    assert gates(data) == [("no-record", 0, later_ns)]
    judge(world.camera, "warn", turns_at_ns=later_ns, turns_to_gate="no-export")
    assert gates(data) == []


@pytest.mark.parametrize("kind", ["site", "body"])
def test_what_closes_the_site_or_the_body_closes_its_cameras(world: World, data: Path, kind: str) -> None:
    Verdict.objects.create(
        subject_kind=kind,
        subject_id=str(world.camera.site_id) if kind == "site" else "1",
        clause="T4a",
        kind="guideline",
        gate="no-record",
        holds=False,
        code="x",
        judged_at_ns=0,
        from_ns=5,
    )
    assert gates(data) == [("no-record", 0, None)]


def test_a_camera_that_nobody_has_judged_is_not_recorded(world: World, data: Path) -> None:
    Verdict.objects.all().delete()
    assert gates(data) == [("no-record", 0, None)]


def test_a_camera_without_purpose_or_period_is_not_in_the_file(world: World, data: Path) -> None:
    RetentionRule.objects.all().delete()
    settings_file.write_now()
    assert written(data)["cameras"] == []


def test_a_mask_reaches_the_recorder_with_version_and_hash(world: World, data: Path) -> None:
    ApprovedRange.objects.create(
        camera=world.camera,
        version=1,
        polygon=[[0, 0], [1, 0], [1, 1]],
        mask_polygons=[[[0, 0], [0.5, 0], [0.5, 0.5]]],
        approved_by=world.manager,
        approved_at_ns=0,
    )
    settings_file.write_now()
    read = parse((data / "record/settings.json").read_bytes())
    mask = read.cameras[0].mask
    assert mask is not None and mask.version == 1
    assert mask.outlines == (((0, 0), (5000, 0), (5000, 5000)),)
    assert read.recordable(world.camera.id, 0)


def test_a_mask_that_cannot_be_told_stops_the_camera(world: World, data: Path) -> None:
    ApprovedRange.objects.create(
        camera=world.camera,
        version=1,
        polygon=[[0, 0], [1, 0], [1, 1]],
        mask_polygons=[[[0, 0], [0.5, 0]]],
        approved_by=world.manager,
        approved_at_ns=0,
    )
    settings_file.write_now()
    read = parse((data / "record/settings.json").read_bytes())
    assert not read.recordable(world.camera.id, 0)


def test_a_camera_taken_down_leaves_the_file(world: World, data: Path, now: ManualClock) -> None:
    second = camera(2, world.camera.site, world.manager)
    settings_file.write_now()
    assert len(written(data)["cameras"]) == 2
    second.retired_ns = now.wall_ns()
    second.save()
    settings_file.write_now()
    assert [one["id"] for one in written(data)["cameras"]] == [world.camera.id]


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_rolled_back_never_reach_the_recorder(world: World, data: Path) -> None:
    before = written(data)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        judge(world.camera, "no-record")
        settings_file.write()
        raise KeyboardInterrupt
    assert written(data) == before and SettingsSerial.objects.get().serial == before["serial"]
    with transaction.atomic():
        judge(world.camera, "no-record")
        settings_file.write()
        assert written(data) == before
    assert written(data)["cameras"][0]["gates"]
