"""Real disks that fill, turn read-only, fail, hang and are pulled: recording goes on as far as it can."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from proofs.faulty_disk import FaultyDisk

from kuramori.clock import NS_PER_S, ManualClock
from kuramori.recorder import segment_lane, storage, store_watch
from kuramori.recorder.dead_files import DeadFiles
from kuramori.vault.segment_header import SUFFIX
from tests.recorder.keeper_rig import RECORDER, camera_id, settings
from tests.recorder.pictures import picture
from tests.recorder.stream_rig import StreamRig

MARK = json.dumps({"recorder": RECORDER, "store": "1"})


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StreamRig]:
    """One added disk at store/1 (see the fixtures below) and no other place for segments."""
    monkeypatch.setattr(segment_lane, "HOLD_NS", 4 * NS_PER_S)
    monkeypatch.setattr(store_watch, "LOOK_S", 0.02)
    made = StreamRig(tmp_path, ManualClock.at("2026-11-23T09:00:00+09:00"))
    yield made
    await made.end()


def run(*command: str, check: bool = True) -> None:
    subprocess.run(command, check=check, capture_output=True)


@contextmanager
def mounted(root: Path, *command: str) -> Iterator[Path]:
    root.mkdir(parents=True, exist_ok=True)
    run("mount", *command, str(root))
    try:
        yield root
    finally:
        run("umount", "-l", str(root), check=False)


@contextmanager
def small_disk(root: Path) -> Iterator[Path]:
    """A disk of 8 MiB with our marker on it."""
    with mounted(root, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        (root / store_watch.MARKER).write_text(MARK)
        yield root


class Sender:
    """Sends pictures of 20 kB, the clock moving with them, and has everything settled."""

    def __init__(self, rig: StreamRig) -> None:
        self.rig = rig
        self.next = 0

    async def pictures(self, count: int, size: int = 20_000) -> None:
        for number in range(self.next, self.next + count):
            au = picture(number, self.rig.began_ns, size=size)
            self.rig.clock.advance_s(max(0, au.wall_ns - self.rig.clock.wall_ns()) / NS_PER_S)
            self.rig.intake.access_unit(au)
        self.next += count
        await self.rig.worker.drained()

    async def settle(self) -> None:
        await self.rig.settle()
        loaded = self.rig.loaded()
        assert loaded is not None
        self.rig.storage.watch_space(loaded.cameras)
        await self.rig.worker.drained()
        await self.rig.settle()

    async def until(self, seen: Callable[[], bool]) -> None:
        """It is seen, and everything handed over before has been written."""
        await self.settle()
        async with asyncio.timeout(90):
            while not seen():
                await asyncio.sleep(0.02)
                await self.settle()

    def state(self, store: str = "1") -> str:
        loaded = self.rig.loaded()
        assert loaded is not None
        return self.rig.storage.watch_space(loaded.cameras)[store].state


async def start(rig: StreamRig, *stores: dict[str, object]) -> Sender:
    document = settings(storehouse=rig.storehouse)
    added = {"id": "1", "path": "store/1", "reserve_bytes": 0, "marked": True, "draining": False}
    document["stores"] = [added, *stores]
    rig.use(document)
    await rig.open()
    sender = Sender(rig)
    await sender.until(lambda: sender.state() in ("ok", "reserve"))
    return sender


def stored(rig: StreamRig, *stores: str) -> list[int]:
    """Numbers of all pictures on these disks that the journal has, in order."""
    told = {Path(row["path"]).name for row in rig.entries("segment-open")}
    numbers: set[int] = set()
    for store in stores or ("store/1",):
        for path in (rig.data / store / camera_id(1)).glob(f"*/*{SUFFIX}"):
            if path.name in told:
                numbers |= set(rig.stored(path))
    return sorted(numbers)


def explained(rig: StreamRig, count: int, *stores: str) -> None:
    """Every picture that is missing lies in a gap row, and no stored one of the end does."""
    there = set(stored(rig, *stores))
    ends = {row["gap"]: row["until_ns"] for row in rig.entries("gap-closed")}
    gaps = [
        (row["since_ns"], ends.get(row["gap"], 1 << 62), row["reason"]) for row in rig.entries("gap-open")
    ]
    for number in range(count):
        at_ns = picture(number, rig.began_ns).wall_ns
        if number not in there:
            assert any(since - 1000 <= at_ns <= until for since, until, _ in gaps), number


async def test_a_full_disk_holds_in_memory_then_says_so_and_goes_on_when_there_is_room(
    rig: StreamRig, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "store/1") as disk:
        sender = await start(rig)
        await sender.pictures(60)
        await sender.settle()
        ballast = disk / "ballast"
        run("dd", "if=/dev/zero", f"of={ballast}", "bs=64k", check=False)
        await sender.pictures(60)
        await sender.settle()
        assert sender.state() == "full"
        assert rig.worker.status().state == "recording"  # in memory, so far
        await sender.pictures(120)
        await sender.settle()
        assert rig.worker.status().state == "disk-full"
        assert rig.entries("gap-open")[-1]["reason"] == "disk-full"
        ballast.unlink()
        await sender.until(lambda: sender.state() in ("ok", "reserve"))
        rig.connect()  # below its reserve the disk had stopped the camera
        await sender.pictures(60, size=2000)
        await sender.until(lambda: rig.worker.status().state == "recording")
        rig.intake.closed(None)
        await sender.settle()
        there = stored(rig)
        assert there[:60] == list(range(60)) and there[-1] == 299
        assert set(range(60, 110)) <= set(there)  # what had waited in memory
        explained(rig, 300)
        assert not list(disk.glob(f"{camera_id(1)}/*/*-{'?' * 32}{SUFFIX}.new"))


async def test_a_disk_that_was_made_read_only_is_trusted_again_when_it_is_not(
    rig: StreamRig, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "store/1") as disk:
        sender = await start(rig)
        await sender.pictures(45)
        rig.intake.closed(None)
        await sender.settle()
        run("mount", "-o", "remount,ro", str(disk))
        first = rig.storage.stores[0]
        rig.connect()
        await sender.pictures(120)
        await sender.settle()
        assert first.why == "disk-read-only"
        assert rig.entries("gap-open")[-1]["reason"] == "disk-read-only"
        run("mount", "-o", "remount,rw", str(disk))
        await sender.until(lambda: sender.state() in ("ok", "reserve"))
        assert rig.storage.stores[0] is not first and first.failed
        await sender.pictures(60)
        await sender.until(lambda: rig.worker.status().state == "recording")
        explained(rig, sender.next)


async def test_a_pulled_disk_is_not_written_past_and_comes_back_under_new_files(
    rig: StreamRig, tmp_path: Path
) -> None:
    image, root = tmp_path / "disk.img", tmp_path / "store/1"
    run("truncate", "-s", "24M", str(image))
    run("mkfs.ext4", "-q", str(image))
    with mounted(root, "-o", "loop", str(image)):
        (root / store_watch.MARKER).write_text(MARK)
        sender = await start(rig)
        await sender.pictures(60)
        await sender.settle()
        run("xfs_io", "-x", "-c", "shutdown", str(root))
        run("umount", "-l", str(root))
        await sender.pictures(30)
        await sender.until(lambda: sender.state() != "ok")
        assert sender.state() in ("gone", "failed")
        await sender.pictures(120)
        await sender.settle()
        assert not list(root.rglob("*")), "written into the folder below the mount"
        before = {row["path"] for row in rig.entries("segment-open")}
        rig.storage.stores[0].disk.close()  # the last to hold the old mount
        run("mount", "-o", "loop", str(image), str(root))
        await sender.until(lambda: sender.state() == "ok")
        await sender.pictures(60)
        await sender.until(lambda: rig.worker.status().state == "recording")
        fresh = {row["path"] for row in rig.entries("segment-open")} - before
        assert fresh
        explained(rig, sender.next)


async def test_another_disk_in_its_place_is_not_ours(rig: StreamRig, tmp_path: Path) -> None:
    with small_disk(tmp_path / "store/1") as disk:
        (disk / store_watch.MARKER).write_text(MARK.replace('"1"', '"2"'))
        document = settings(storehouse=rig.storehouse)
        document["stores"] = [{"id": "1", "path": "store/1", "reserve_bytes": 0, "marked": True}]
        rig.use(document)
        await rig.open()
        sender = Sender(rig)
        await sender.pictures(90)
        await sender.settle()
        assert sender.state() == "gone"
        assert rig.segments("store/1") == []


@pytest.mark.parametrize("fault", ["write", "fsync"])
async def test_a_disk_that_hangs_is_given_up_and_another_takes_over(
    rig: StreamRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(storage, "SLOW_S", 1.5)
    disk = FaultyDisk(tmp_path / "backing", tmp_path / "store/1")
    disk.start()
    try:
        (disk.mount_point / store_watch.MARKER).write_text(MARK)
        sender = await start(rig, {"id": "2", "path": "store/2", "reserve_bytes": 0})
        await sender.pictures(45)
        await sender.settle()
        disk.set(**{fault: "hang"})
        hung = asyncio.create_task(sender.pictures(45))
        async with asyncio.timeout(90):
            while sender.state() != "slow" or not hung.done():
                await asyncio.sleep(0.05)
                rig.storage.beat()
        await sender.pictures(45)
        async with asyncio.timeout(90):
            while rig.segments("store/2") == [] or len(rig.entries("segment-open")) < 2:
                await asyncio.sleep(0.05)
                rig.storage.beat()
        disk.set()
        rig.intake.closed(None)
        await sender.until(lambda: sender.state() == "ok")
        assert stored(rig, "store/1", "store/2") == list(range(135))
        assert [row["reason"] for row in rig.entries("gap-open")] == ["starting"]
    finally:
        disk.stop()


async def test_a_failing_disk_without_another_one_is_a_gap_and_it_recovers(
    rig: StreamRig, tmp_path: Path
) -> None:
    disk = FaultyDisk(tmp_path / "backing", tmp_path / "store/1")
    disk.start()
    try:
        (disk.mount_point / store_watch.MARKER).write_text(MARK)
        sender = await start(rig)
        await sender.pictures(45)
        await sender.settle()
        disk.set(fsync="EIO")
        await sender.pictures(30)
        await sender.until(lambda: sender.state() == "failed")
        await sender.pictures(120)
        await sender.settle()
        assert rig.entries("gap-open")[-1]["reason"] == "disk-failed"
        disk.set()
        await sender.until(lambda: sender.state() == "ok")
        await sender.pictures(60)
        await sender.until(lambda: rig.worker.status().state == "recording")
        explained(rig, sender.next)
        assert stored(rig)[:45] == list(range(45))
    finally:
        disk.stop()


async def test_what_died_while_a_disk_was_away_is_unlinked_when_it_is_back(tmp_path: Path) -> None:
    made = StreamRig(tmp_path, ManualClock.at("2026-11-23T09:00:00+09:00"))
    await made.boot()
    keeper = made.keeper
    written = made.record_segment()
    elsewhere = tmp_path / "store/1" / written.path.relative_to(tmp_path / "store/0")
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(written.path.read_bytes())
    keeper._dead = DeadFiles(RECORDER)
    await made.run_s(16 * 86_400, 86_400.0)
    assert not written.path.exists() and elsewhere.exists()
    keeper.use_stores([tmp_path / "store/0", tmp_path / "store/1"], [tmp_path / "store/1"])
    assert keeper.due(made.guard.view()) == "disk"
    await made.tick()
    assert not elsewhere.exists()
    assert (tmp_path / "store/1/table-copy").is_dir()
    assert keeper.due(made.guard.view()) is None
