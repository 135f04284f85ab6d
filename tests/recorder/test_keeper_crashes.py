"""Killed between any two steps of a rotation: no certificate's row is lost, no dead hour lives, none dies
too soon."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.errors import CannotErase
from kuramori.recorder.journal_reader import verify
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_store import KeyStore
from tests.recorder.hold_rig import hold, opens
from tests.recorder.keeper_rig import KeeperRig, Written, camera_id, settings

DAY_S = 24 * HOUR_S
STEPS = ("write", "fsync", "fdatasync", "unlink", "replace", "rmdir", "posix_fallocate")


class Killed(BaseException):
    """What a kill -9 looks like from inside: nothing catches it."""


@contextmanager
def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The `number`th system call that changes the disk never happens, and nothing after it."""
    seen: list[str] = []

    def instead(name: str) -> Any:
        real = getattr(os, name)

        def call(*args: Any, **more: Any) -> Any:
            seen.append(name)
            if len(seen) >= number:
                raise Killed
            return real(*args, **more)

        return call

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, instead(name))
        yield seen


async def _before(data: Path) -> tuple[KeeperRig, list[Written], list[Written]]:
    """A box on which some hours are due at the next tick, and others are not."""
    rig = KeeperRig(data, ManualClock.at("2027-01-10T09:59:00+09:00"))
    rig.use(settings(2, storehouse=rig.storehouse, retention={"days": 1}))
    await rig.boot()
    dying = [rig.record_segment(1), rig.record_segment(2)]
    rig.clock.advance_s(20 * HOUR_S)
    await rig.tick()
    living = [rig.record_segment(1), rig.record_segment(2)]
    rig.journal.close()
    rig.clock.advance_s(4 * HOUR_S)
    return rig, dying, living


def _moved(rig: KeeperRig, data: Path) -> KeeperRig:
    """The same box in another directory."""
    clock = ManualClock(rig.clock.wall_ns(), rig.clock.boot_ns())
    copy = KeeperRig.__new__(KeeperRig)
    copy.__dict__.update(rig.__dict__)
    copy.data, copy.record, copy.clock = data, data / "record", clock
    return copy


def _at(written: Written, before: Path, after: Path) -> Written:
    path = after / written.path.relative_to(before)
    return Written(written.segment, path, written.hour, written.wrapped, written.sealed)


@pytest.mark.parametrize("order", [False, True], ids=["expiry", "order"])
async def test_killed_at_every_single_step_of_a_start_that_erases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: bool
) -> None:
    first = tmp_path / "first"
    rig, dying, living = await _before(first)
    if order:
        now_s = rig.clock.wall_ns() // NS_PER_S
        rig.order("erase", camera=camera_id(1), from_s=now_s - 5 * HOUR_S, until_s=now_s, reason="court")
        dying.append(living.pop(0))
    number, finished = 0, False
    while not finished:
        number += 1
        data = tmp_path / str(number)
        shutil.copytree(first, data)
        box = _moved(rig, data)
        with killed_at(number, monkeypatch) as seen:
            try:
                await box.boot()
                finished = True
            except Killed:
                pass
        assert finished or len(seen) >= number
        await box.boot()
        told = {row["hour"] for row in box.erased()}
        for written in (_at(one, first, data) for one in dying):
            assert not box.opens(written), f"lives after step {number}"
            assert written.hour in told, f"no certificate after step {number}"
            assert not written.path.exists(), f"file after step {number}"
        for written in (_at(one, first, data) for one in living):
            assert box.opens(written), f"dead after step {number}"
            assert written.hour not in told
        assert not list((data / "record/orders").iterdir())
        verify(data / "record/journal")
        shutil.rmtree(data)
    assert number > 15


@pytest.mark.parametrize("ending", [False, True], ids=["making", "ending"])
async def test_killed_at_every_single_step_of_a_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: bool
) -> None:
    """One segment is held while its hour dies, or its hold ends after that: either wholly, told, once."""
    first = tmp_path / "first"
    rig, dying, living = await _before(first)
    rig.clock.advance_s(-HOUR_S)
    now_s = rig.clock.wall_ns() // NS_PER_S
    order = hold(rig, from_s=now_s - 23 * HOUR_S, until_s=now_s - 23 * HOUR_S + 60)
    rig.clock.advance_s(HOUR_S)
    if ending:
        await rig.boot()
        rig.order("end-hold", hold=order)
    number, finished = 0, False
    while not finished:
        number += 1
        data = tmp_path / str(number)
        shutil.copytree(first, data)
        box = _moved(rig, data)
        with killed_at(number, monkeypatch):
            try:
                await box.boot()
                finished = True
            except Killed:
                pass
        await box.boot()
        held, other = _at(dying[0], first, data), _at(dying[1], first, data)
        assert opens(box, held) == held.path.exists() == (not ending), f"step {number}"
        assert not opens(box, other, 2) and not other.path.exists()
        rotations = box.entries("rotation")
        told = {one["hold"] for entry in rotations for one in entry["held"]}
        over = {one["hold"]: one["erased"] for entry in rotations for one in entry["holds_ended"]}
        assert order in told
        assert over == ({order: [held.segment]} if ending else {}), f"step {number}"
        assert held.hour in {row["hour"] for row in box.erased()}
        assert all(box.opens(_at(one, first, data)) for one in living)
        assert not list((data / "record/orders").iterdir())
        verify(data / "record/journal")
        shutil.rmtree(data)
    assert number > 15


async def test_tombstones_are_told_again_after_a_restart_until_acknowledged(tmp_path: Path) -> None:
    rig, dying, _ = await _before(tmp_path)
    await rig.boot()
    await rig.boot()
    told = [row["hour"] for row in rig.erased()]
    assert told.count(dying[0].hour) == 2
    rig.order("ack", through_seq=rig.entries("rotation")[-1]["seq"])
    await rig.keeper.rotate("hour")
    await rig.boot()
    assert [row["hour"] for row in rig.erased()] == told


class _NoOverwriting(RealFiles):
    """A disk on which nothing under slot/ can be overwritten any more."""

    broken = True

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        if self.broken and path.parent.name == "slot":
            raise OSError(5, "input/output error")
        super().write(path, data, offset)


async def test_a_key_that_cannot_be_destroyed_is_told_and_tried_again_each_minute(tmp_path: Path) -> None:
    rig, dying, _ = await _before(tmp_path)
    rig.files = files = _NoOverwriting()
    await rig.boot()
    assert rig.keeper.failing
    assert not rig.erased()
    assert [rig.opens(one) for one in dying] == [False, False]  # refused at once, even if not yet destroyed
    assert [entry["kind"] for entry in rig.entries()].count("rotation-failed") == 1
    rig.clock.advance_s(30)
    assert await rig.tick() is None
    rig.clock.advance_s(31)
    assert await rig.tick() == "failed:retry"
    assert [entry["kind"] for entry in rig.entries()].count("rotation-failed") == 1
    files.broken = False
    rig.clock.advance_s(61)
    assert await rig.tick() == "retry"
    assert {one.hour for one in dying} <= {row["hour"] for row in rig.erased()}
    assert not rig.keeper.failing


async def test_nothing_is_written_under_an_hour_that_is_not_durable(tmp_path: Path) -> None:
    rig = KeeperRig(tmp_path, ManualClock.at("2027-01-10T09:59:00+09:00"))
    rig.files = _NoOverwriting()
    await rig.boot()
    assert rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is None


async def test_a_refused_rotation_does_not_lose_the_hours_that_live(tmp_path: Path) -> None:
    rig, _, living = await _before(tmp_path)
    rig.files = _NoOverwriting()
    await rig.boot()
    with pytest.raises(CannotErase):
        await rig.keeper.rotate("hour")
    assert all(rig.opens(one) for one in living)


async def test_everything_left_on_the_box_opens_nothing_that_is_dead(tmp_path: Path) -> None:
    """The attacker has the disk after the day, and the storehouse's private key: every secret the box holds
    is tried on the wrapped key that was copied before."""
    from kuramori.errors import StorehouseError
    from kuramori.vault.hour_wrap import unwrap_sealed_key

    rig, dying, living = await _before(tmp_path)
    await rig.boot()
    table = KeyStore(rig.record).open()
    assert table is not None

    def fits(written: Written) -> int:
        found = 0
        for row in table.hours.values():
            try:
                found += unwrap_sealed_key(row.secret, written.segment, written.wrapped) == written.sealed
            except StorehouseError:
                continue
        return found

    assert [fits(one) for one in living] == [1, 1]
    assert [fits(one) for one in dying] == [0, 0]


async def test_a_running_box_without_the_storehouse_key_opens_no_closed_segment(tmp_path: Path) -> None:
    """Root on the running box: every byte string the keeper holds, and every sealed key it gives, is no
    key."""
    from kuramori.errors import Damaged
    from kuramori.vault.segment_reader import SegmentFile

    rig, _, living = await _before(tmp_path)
    await rig.boot()
    written = living[0]
    sealed = rig.keeper.unwrap(written.hour, written.segment, written.wrapped)
    held = [bytes(row.secret) for row in rig.keeper._table.hours.values()]
    candidates = [*held, *(sealed[at : at + 32] for at in range(len(sealed) - 31)), rig.storehouse.public]
    with SegmentFile(written.path) as file:
        for key in candidates:
            with pytest.raises(Damaged):
                file.read(1, key)
        assert file.read(1, bytes(range(32))) == b"picture"  # the test's own key does: the attack can succeed


async def test_a_wiped_hour_that_somebody_still_holds_seals_nothing(tmp_path: Path) -> None:
    from kuramori.errors import KeyGone
    from kuramori.vault.hour_wrap import wrap_sealed_key

    rig = KeeperRig(tmp_path, ManualClock.at("2027-01-10T09:59:00+09:00"))
    await rig.boot()
    row = rig.keeper.hour_for(camera_id(1), rig.clock.wall_ns())
    assert row is not None
    rig.order("erase", camera=camera_id(1), from_s=0, until_s=2**40, reason="x")
    await rig.tick()
    assert not any(row.secret)
    with pytest.raises(KeyGone):
        wrap_sealed_key(row.secret, "a" * 32, bytes(80))
