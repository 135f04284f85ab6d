"""A masked camera: what is under the mask is never stored, and when that is not sure, nothing is."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuramori.clock import SystemClock
from kuramori.pictures import starting
from kuramori.pictures.mask_area import checked, fingerprint
from kuramori.recorder import mask_guard, mask_process
from kuramori.vault.segment_reader import SegmentFile
from tests.recorder.keeper_rig import camera_id, settings
from tests.recorder.mask_rig import clear_video, decoded, numbers_seen
from tests.recorder.test_camera_worker import WorkerRig
from tests.rig.cameras import GstCamera

pytestmark = pytest.mark.process
# The frame number of the rig's clips stands in the topmost 16 of 360 rows, left of column 256 of 640.
STRIP = [[[0, 0], [5000, 0], [5000, 600], [0, 600]]]
BELOW = [[[0, 5000], [5000, 5000], [5000, 9000], [0, 9000]]]


def mask(outlines: list[Any], version: int = 2) -> dict[str, Any]:
    sha256 = fingerprint(checked(outlines))
    return {"masked": True, "mask": {"version": version, "outlines": outlines, "sha256": sha256}}


class MaskRig(WorkerRig):
    """The worker of WorkerRig before a camera whose picture is masked."""

    def masked(self, url: str, outlines: list[Any], version: int = 2) -> None:
        self.use(settings(storehouse=self.storehouse, url=url, **mask(outlines, version)))

    async def watch(self, url: str, outlines: list[Any] = STRIP) -> None:
        await self.observe(url, **mask(outlines))

    async def change(self, url: str, outlines: list[Any], version: int) -> None:
        self.masked(url, outlines, version)
        self.parts.settings = self.loaded()
        assert self.parts.settings is not None
        self.worker.apply(self.parts.settings.cameras[0])

    def numbers(self) -> set[int]:
        """Every frame number that can be read out of everything stored."""
        return {one for path in self.segments() for one in numbers_seen(clear_video(self, path))}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[MaskRig]:
    made = MaskRig(tmp_path, SystemClock())  # type: ignore[arg-type]
    yield made
    if hasattr(made, "worker"):
        await made.leave()


async def test_the_code_under_the_mask_is_in_no_stored_and_no_live_picture(
    rig: MaskRig, gst_camera: GstCamera
) -> None:
    await rig.watch(gst_camera.url("cam"))
    await rig.until(rig.in_state("recording"))
    viewer = rig.worker.live.subscribe()
    assert viewer is not None
    live = b"".join([await viewer.next() or b"" for _ in range(40)])
    await rig.worker.stop()
    assert decoded(live) > 20 and not numbers_seen(live)
    assert rig.segments() and not rig.numbers()
    with SegmentFile(rig.segments()[0]) as found:
        assert (found.header.mask_version, found.header.mask_sha256) == (2, fingerprint(checked(STRIP)))


async def test_the_same_camera_without_its_mask_shows_the_code(rig: MaskRig, gst_camera: GstCamera) -> None:
    """So that the test above can fail."""
    await rig.watch(gst_camera.url("cam"), BELOW)
    await rig.until(rig.in_state("recording"))
    await asyncio.sleep(1)
    await rig.worker.stop()
    assert rig.numbers()


async def test_a_new_mask_makes_a_new_segment_and_the_old_pictures_keep_their_own(
    rig: MaskRig, gst_camera: GstCamera
) -> None:
    url = gst_camera.url("cam")
    await rig.watch(url, BELOW)
    await rig.until(rig.in_state("recording"))
    await rig.change(url, STRIP, 3)
    await rig.until(rig.in_state("mask-changed"))
    await rig.until(rig.in_state("recording"))
    await rig.worker.stop()
    seen = {}
    for path in rig.segments():
        with SegmentFile(path) as found:
            seen.setdefault(found.header.mask_version, set()).update(numbers_seen(clear_video(rig, path)))
    assert seen[2] and not seen[3]


async def test_a_killed_worker_costs_a_gap_and_no_unmasked_picture(
    rig: MaskRig, gst_camera: GstCamera
) -> None:
    await rig.watch(gst_camera.url("cam"))
    await rig.until(rig.in_state("recording"))
    assert rig.worker._masking is not None and rig.worker._masking.feed._process is not None
    pid = rig.worker._masking.feed._process.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await rig.until(lambda: any(row["reason"] == "mask-worker" for row in rig.entries("gap-open")))
    await rig.until(rig.in_state("recording"))
    await rig.worker.stop()
    assert rig.segments() and not rig.numbers()
    assert not rig.entries("mask-failed")


async def test_a_worker_that_hangs_is_ended(
    rig: MaskRig, gst_camera: GstCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuramori.recorder.mask_feed.HANG_S", 0.5)
    monkeypatch.setattr(starting, "command", lambda _: ("/bin/sleep", "1000"))
    await rig.watch(gst_camera.url("cam"))
    await rig.until(lambda: any(row["reason"] == "mask-worker" for row in rig.entries("gap-open")))
    assert rig.segments() == []


NOT_MASKING = """
import kuramori.pictures.masking as masking
painted = masking.Fill.paint
count = 0
def sometimes(self, frame):
    global count
    count += 1
    if count <= {good}:
        painted(self, frame)
masking.Fill.paint = sometimes
from kuramori.pictures import mask_worker, stream_worker
stream_worker.run(mask_worker.work)
"""


def broken_worker(monkeypatch: pytest.MonkeyPatch, good: int) -> None:
    """A worker that stops painting after `good` pictures."""
    real = starting.command

    def command(module: str) -> tuple[str, ...]:
        if module != mask_process.MODULE:
            return real(module)
        return *real(module)[:2], "-c", NOT_MASKING.format(good=good)

    monkeypatch.setattr(starting, "command", command)


async def test_when_the_first_picture_is_not_masked_nothing_is_stored(
    rig: MaskRig, gst_camera: GstCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_worker(monkeypatch, 0)
    await rig.watch(gst_camera.url("cam"))
    await rig.until(rig.in_state("mask-failed"))
    assert rig.segments() == []
    assert rig.entries("mask-failed")[0]["latched"]


async def test_a_mask_that_is_lost_stops_the_camera_and_erases_what_came_since_the_last_good_check(
    rig: MaskRig, gst_camera: GstCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mask_guard, "EVERY_S", 0.0)
    broken_worker(monkeypatch, 110)
    await rig.watch(gst_camera.url("cam"))
    await rig.until(rig.in_state("mask-failed"))
    assert len(rig.entries("mask-checked")) > 1
    assert await rig.tick() == "mask"
    kept = rig.segments()
    assert kept and not rig.numbers()
    for path in kept:
        with SegmentFile(path) as found:
            assert rig.keeper.sealed_key(
                camera_id(1), found.header.hour, found.header.segment, found.header.wrapped_key
            )
    assert [row["reason"] for row in rig.erased()] == ["mask-check"]
    assert rig.entries("mask-erased") and not rig.journal.things.doubts
    await asyncio.sleep(1.2)
    assert rig.worker.status().state == "mask-failed"  # until somebody approves another mask
    monkeypatch.undo()
    await rig.change(gst_camera.url("cam"), STRIP, 3)
    await rig.until(rig.in_state("recording"))


async def test_a_doubt_outlives_the_recorder(rig: MaskRig, gst_camera: GstCamera) -> None:
    """Killed between the failed check and the erasing: the next start erases before anything else."""
    await rig.watch(gst_camera.url("cam"))
    await rig.until(rig.in_state("recording"))
    await rig.worker.stop()
    now_ns = rig.clock.wall_ns()
    since_ns = rig.entries("mask-checked")[0]["until_ns"]
    rig.journal.append_durable(
        "mask-failed",
        camera=camera_id(1),
        version=2,
        sha256="",
        since_ns=since_ns,
        until_ns=now_ns,
        why="unmasked",
        latched=True,
    )
    rig.journal.close()
    await rig.boot()
    assert rig.segments() == []
    assert rig.journal.things.failed_masks == {camera_id(1): 2}
