"""Retiring a store: afterwards nothing that is left, with every passphrase, opens anything that lay on it."""

from __future__ import annotations

import shutil
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kuramori import local_time
from kuramori.errors import BadInput, Refusal
from kuramori.footage import intake
from kuramori.footage.models import Segment
from kuramori.main import retire_command
from kuramori.main.demo_erase_attack import hours_that_fit
from kuramori.retention import certify, media_destruction, media_register, protecting, retiring
from kuramori.retention.media_models import Act, MediumAct
from kuramori.retention.models import Certificate
from tests.footage import world as rows

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from kuramori.retention.media_models import Medium
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = 3


def entered(world: World) -> Medium:
    today = local_time.today()
    return media_register.register(
        world.manager, kind="store", make="disk", serial="1", since=today, place="棚", store="0"
    )


def recorded(recorder: RunningRecorder, world: World, now: ManualClock, kept: Path) -> list[Path]:
    """Some hours of two cameras; copies of all their files in `kept`, as a thief would have them."""
    kept.mkdir()
    copies = []
    for _ in range(HOURS):
        _, path = recorder.segment(world.camera)
        copies.append(Path(shutil.copy(path, kept)))
        now.advance_s(3600)
        recorder.tick()
    _, running = recorder.segment(world.camera, close=False)
    copies.append(Path(shutil.copy(running, kept)))
    intake.take_in()
    return copies


def test_nothing_of_a_retired_store_opens_and_each_hour_has_its_certificate(
    recorder: RunningRecorder, world: World, now: ManualClock, data: Path, tmp_path: Path
) -> None:
    kept = recorded(recorder, world, now, tmp_path / "kept")
    assert [hours_that_fit(data, one)[1] for one in kept] == [1] * len(kept), "the attack is a real one"
    medium = entered(world)
    Segment.objects.filter(id=kept[0].stem.rpartition("-")[2]).delete()  # the index may have lost one
    act = retiring.retire("0", "交換", manager=world.manager)
    recorder.tick()
    intake.take_in()
    certify.certify()
    assert [hours_that_fit(data, one)[1] for one in kept] == [0] * len(kept)
    assert not list((data / "store/0").glob("*/*/*.kura")), "files are gone"
    progress = retiring.progress(act)
    assert progress.finished and progress.hours == HOURS + 1
    assert Certificate.objects.filter(hour__in=act.erasing["hours"], verified=True).count() == HOURS + 1
    assert MediumAct.objects.filter(medium=medium, act=Act.RETIRED).count() == 1


def test_a_store_is_not_destroyed_before_all_of_it_is_certified_dead(
    recorder: RunningRecorder, world: World, now: ManualClock, tmp_path: Path
) -> None:
    recorded(recorder, world, now, tmp_path / "kept")
    medium = entered(world)
    today = local_time.today()
    said = {"person": "山田", "second": "鈴木", "method": "crushed", "reason": "故障"}
    for step in ("living", "ordered"):
        with pytest.raises(BadInput, match="not-retired"):
            media_destruction.destroy(world.manager, medium, today, b"photo", **said)
        if step == "living":
            retiring.retire("0", "交換", manager=world.manager)
    recorder.tick()
    intake.take_in()
    certify.certify()
    media_destruction.destroy(world.manager, medium, today, b"photo", **said)
    assert media_register.standing(medium).destroyed


def test_only_the_manager_retires_a_store_that_is_known(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    _, path = recorder.segment(world.camera)
    intake.take_in()
    with pytest.raises(BadInput, match="medium-unregistered"):
        retiring.retire("0", "交換", manager=world.manager)
    entered(world)
    with pytest.raises(Refusal):
        retiring.retire("0", "交換", manager=world.operator)
    with pytest.raises(BadInput, match="no-such-store"):
        retiring.retire("7", "交換", manager=world.manager)
    with pytest.raises(BadInput, match="reason-missing"):
        retiring.retire("0", " ", manager=world.manager)
    recorder.tick()
    assert path.exists()


def test_hours_side_by_side_are_one_order_and_a_hole_is_not_bridged() -> None:
    spans = {("a", 0), ("a", 3600), ("a", 10_800), ("b", 3600)}
    assert retiring.intervals(spans) == [("a", 0, 7200), ("a", 10_800, 14_400), ("b", 3600, 7200)]


def test_hours_that_lie_only_on_another_store_live_on(
    recorder: RunningRecorder, world: World, now: ManualClock, data: Path
) -> None:
    other = rows.camera(2, world.camera.site, world.manager)
    recorder.segment(world.camera)
    intake.take_in()
    Segment.objects.create(
        **{
            **Segment.objects.values().get(),
            "id": "f" * 32,
            "camera": other.id,
            "hour": "e" * 32,
            "path": "store/1/x.kura",
        }
    )
    assert {camera for camera, _ in retiring.content("0").spans} == {world.camera.id}


def test_the_command_waits_until_all_is_certified(
    recorder: RunningRecorder, world: World, now: ManualClock, tmp_path: Path, capsys: Any
) -> None:
    recorded(recorder, world, now, tmp_path / "kept")
    chosen = Namespace(store="0", manager="nobody", reason="交換", yes=True, held_too=False)
    assert retire_command.main(chosen) == 1, "no such account"
    chosen.manager = "operator"
    assert retire_command.main(chosen) == 1, "not the manager"
    chosen.manager = "manager"
    assert retire_command.main(chosen) == 1, "not in the register"
    entered(world)
    assert retire_command.main(chosen) == 0
    assert str(HOURS + 1) in capsys.readouterr().out
    assert not Segment.objects.exclude(state="erased").exists()


def test_a_store_with_held_footage_is_retired_only_when_that_is_said(
    recorder: RunningRecorder, world: World, now: ManualClock, tmp_path: Path
) -> None:
    entered(world)
    _, path = recorder.segment(world.camera)
    now.advance_s(100)
    intake.take_in()
    now_ns = now.wall_ns()
    protecting.protect(
        world.camera, (now_ns - 600 * 10**9, now_ns), "第9号", asked_by="鳥取警察署", by=world.manager
    )
    intake.take_in()
    with pytest.raises(BadInput, match="store-holds-footage"):
        retiring.retire("0", "交換", manager=world.manager)
    assert path.exists()
    retiring.retire("0", "交換", manager=world.manager, held_too=True)
    intake.take_in()
    assert not path.exists()
