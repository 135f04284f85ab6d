"""A disk that hangs when the recorder starts, or when it erases, keeps neither from being done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from proofs.faulty_disk import FaultyDisk

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.errors import CannotErase
from kuramori.recorder import dead_files, key_keeper, storage, store_watch
from kuramori.recorder.process import Recorder
from kuramori.recorder.time_witnesses import FixedWitnesses
from kuramori.vault import key_store
from tests.recorder.keeper_rig import RECORDER, SURE, KeeperRig, camera_id, settings

DAY_S = 24 * HOUR_S
PATIENCE_S = 90


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    """An added disk of ours at store/1, and a recorder that does not wait long for it."""
    monkeypatch.setattr(store_watch, "HERE_S", 1.0)
    monkeypatch.setattr(store_watch, "LOOK_S", 0.02)
    monkeypatch.setattr(storage, "SILENT_S", 3.0)
    monkeypatch.setattr(key_store, "COPY_S", 1.0)
    monkeypatch.setattr(key_keeper, "LOOK_S", 2.0)
    monkeypatch.setattr(dead_files, "HOUR_S", 1.0)
    monkeypatch.setattr(dead_files, "SWEEP_S", 1.0)
    made = FaultyDisk(tmp_path / "backing", tmp_path / "store/1")
    made.start()
    mark = json.dumps({"recorder": RECORDER, "store": "1"})
    (made.mount_point / store_watch.MARKER).write_text(mark)
    yield made
    made.stop()


def _rig(data: Path) -> KeeperRig:
    rig = KeeperRig(data, ManualClock.at("2027-01-10T09:59:00+09:00"))
    document = settings(
        storehouse=rig.storehouse, gates=[{"gate": "no-record", "rule": "T3", "from_ns": 0, "until_ns": None}]
    )
    document["stores"].append({"id": "1", "path": "store/1", "reserve_bytes": 0, "marked": True})
    rig.use(document)
    identity = {"recorder_id": RECORDER, "created_ns": 0, "demo": False}
    (data / "instance.json").write_text(json.dumps(identity))
    return rig


async def _start(rig: KeeperRig) -> Recorder:
    async with asyncio.timeout(PATIENCE_S):
        recorder = await asyncio.to_thread(Recorder, rig.data, rig.clock, FixedWitnesses(*SURE))
        await recorder.start()
    return recorder


async def _until(recorder: Recorder, seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not seen():
            await recorder.look_around()
            recorder.crew.disks()
            recorder.crew.storage.beat()
            _watch(recorder)
            await asyncio.sleep(0.02)


def _watch(recorder: Recorder) -> None:
    assert recorder.parts.settings is not None
    recorder.crew.storage.watch_space(recorder.parts.settings.cameras)


@pytest.mark.parametrize("fault", ["read", "write", "statfs"])
async def test_a_recorder_starts_without_a_disk_that_hangs_and_takes_it_up_when_it_answers(
    tmp_path: Path, disk: FaultyDisk, fault: str
) -> None:
    rig = _rig(tmp_path)
    disk.set(**{fault: "hang"})
    recorder = await _start(rig)
    try:
        silent = tmp_path / "store/1"
        assert not recorder.parts.keeper.failing
        assert recorder.parts.keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is not None
        assert silent not in recorder.parts.keeper.stores
        await recorder.look_around()
        assert silent not in recorder.parts.keeper.stores
        disk.set()
        await _until(recorder, lambda: silent in recorder.parts.keeper.stores)
        await _until(recorder, lambda: (silent / "table-copy").is_dir())
    finally:
        disk.set()
        await recorder.stop()


@pytest.mark.parametrize("fault", ["read", "write", "fsync"])
async def test_an_hour_dies_on_its_day_while_a_disk_hangs(
    tmp_path: Path, disk: FaultyDisk, fault: str
) -> None:
    rig = _rig(tmp_path)
    recorder = await _start(rig)
    try:
        silent = tmp_path / "store/1"
        await _until(recorder, lambda: silent in recorder.parts.keeper.stores)
        hours = set(recorder.parts.keeper._table.hours)
        assert hours
        disk.set(**{fault: "hang"})
        rig.clock.advance_s(16 * DAY_S)
        await _until(recorder, lambda: hours <= set(recorder.parts.keeper._table.tombstones))
        assert hours.isdisjoint(recorder.parts.keeper._table.hours)
    finally:
        disk.set()
        await recorder.stop()


async def test_files_of_dead_hours_on_a_disk_that_hung_go_when_it_is_back(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    written = rig.record_segment()
    rig.journal.close()
    there = tmp_path / "store/1" / written.path.relative_to(tmp_path / "store/0")
    there.parent.mkdir(parents=True)
    there.write_bytes(written.path.read_bytes())
    rig.clock.advance_s(16 * DAY_S)
    disk.set(read="hang")
    recorder = await _start(rig)
    try:
        assert not written.path.exists()
        assert written.hour not in recorder.parts.keeper._table.hours
        disk.set()
        await _until(recorder, lambda: not there.exists())
    finally:
        disk.set()
        await recorder.stop()


async def test_orders_that_need_a_silent_disk_wait_and_say_so(
    tmp_path: Path, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = _rig(tmp_path)
    await rig.boot()
    keeper = rig.keeper

    def hang(*_: object) -> None:
        (disk.mount_point / store_watch.MARKER).read_bytes()

    monkeypatch.setattr(key_keeper, "judge_holds", hang)
    disk.set(read="hang")
    try:
        with pytest.raises(CannotErase) as refused:
            await asyncio.wait_for(keeper.rotate("order"), PATIENCE_S)
        assert refused.value.code == "disk-silent"
        assert str(refused.value)
        assert keeper.failing == "disk-silent"
        rig.clock.advance_s(key_keeper.RETRY_NS / NS_PER_S + 1)
        rig.guard.tick()
        assert keeper.due(rig.guard.view()) == "retry"
    finally:
        disk.set()
