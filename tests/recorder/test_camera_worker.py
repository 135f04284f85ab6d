"""A worker before real RTSP servers: what goes wrong gets its state, its gap row, and is over by itself."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import av
import pytest

from kuramori.clock import SystemClock
from kuramori.recorder.camera_worker import CameraWorker
from kuramori.recorder.crew import CameraCrew
from kuramori.recorder.parts import RecorderParts
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import new_storehouse_key
from tests.recorder.keeper_rig import RECORDER, camera_id, settings
from tests.recorder.stream_rig import StreamRig
from tests.rig import packets
from tests.rig.cameras import GstCamera
from tests.rig.fake_camera import camera_of, own_transcript
from tests.rig.fixtures import CAMERA_USER

pytestmark = pytest.mark.process
PATIENCE_S = 15.0


class WorkerRig(StreamRig):
    """One worker run by a real crew on the real clock; the camera is whoever listens at `url`."""

    async def observe(self, url: str, **camera: object) -> CameraWorker:
        self.use(settings(storehouse=self.storehouse, url=url, **camera))
        await self.boot()
        loaded = self.loaded()
        assert loaded is not None
        self.parts = RecorderParts(
            self.data, RECORDER, "2" * 32, self.clock, self.journal, self.keeper, self.witnesses
        )
        self.parts.settings = loaded
        self.crew = CameraCrew(self.parts)
        await self.crew.start()
        self.worker = self.crew(self.parts, loaded.cameras[0])
        self.task = asyncio.create_task(self.worker.run())
        return self.worker

    async def leave(self) -> None:
        await self.worker.stop()
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        await self.crew.stop()
        self.parts.views.close()

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(round(PATIENCE_S / 0.02)):
            if holds():
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(self.worker.status())

    def in_state(self, state: str) -> Callable[[], bool]:
        return lambda: self.worker.status().state == state


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[WorkerRig]:
    made = WorkerRig(tmp_path, SystemClock())  # type: ignore[arg-type]
    yield made
    if hasattr(made, "worker"):
        await made.leave()


async def test_a_real_camera_is_recorded_from_its_first_key_frame(
    rig: WorkerRig, gst_camera: GstCamera
) -> None:
    await rig.observe(gst_camera.url("cam"))
    await rig.until(rig.in_state("recording"))
    await rig.worker.stop()
    with SegmentFile(rig.segments()[0]) as found:
        assert found.state == "closed"
        assert found.records[1].flags & Flag.KEY
        assert (found.header.width, found.header.height) == (640, 360)
        assert found.header.camera == camera_id(1)


async def test_a_camera_that_goes_away_and_comes_back_is_recorded_again(
    rig: WorkerRig, gst_camera: GstCamera
) -> None:
    await rig.observe(gst_camera.url("cam"))
    await rig.until(rig.in_state("recording"))
    gst_camera.order("kick")
    await rig.until(lambda: rig.worker.status().state != "recording")
    assert rig.worker.status().state == "closed-by-camera"
    await rig.until(rig.in_state("recording"))
    assert len(rig.segments()) == 2
    rows = rig.entries("gap-open")
    assert [row["reason"] for row in rows] == ["starting", "closed-by-camera"]
    first, second = rig.entries("segment-closed")[0], rig.entries("segment-open")[1]
    assert rows[1]["since_ns"] == first["end_ns"]
    assert rig.entries("gap-closed")[1]["until_ns"] == second["start_ns"]


async def test_an_approved_view_is_looked_at_and_a_moved_camera_is_recorded_and_shown_to_nobody(
    rig: WorkerRig, gst_camera: GstCamera
) -> None:
    worker = await rig.observe(gst_camera.url("cam"), range_version=1)
    await rig.until(lambda: bool(rig.entries("view-reference")))
    assert worker.status().view_checked_ns is not None
    viewer = worker.live.subscribe()
    assert viewer is not None
    rig.journal.append("view-changed", camera=camera_id(1), version=1, fault="moved")
    worker.view.approved(1)  # as after a restart: what stands comes from the journal
    await rig.until(lambda: viewer.ended == "sealed")
    assert worker.status().state == "recording"


async def test_nobody_there_is_unreachable(rig: WorkerRig) -> None:
    await rig.observe("rtsp://127.0.0.1:9/cam")
    await rig.until(rig.in_state("unreachable"))
    assert rig.entries("gap-open")[-1]["reason"] == "unreachable"


async def test_a_wrong_password_is_told_without_the_password(
    rig: WorkerRig, locked_gst_camera: GstCamera
) -> None:
    wrong = "Persimmon-roof-17"
    rig.use(settings(storehouse=rig.storehouse, url=locked_gst_camera.url("cam")))
    await rig.boot()
    await rig.keeper.put_credentials(camera_id(1), {"user": CAMERA_USER, "password": wrong})
    await rig.observe(locked_gst_camera.url("cam"))
    await rig.until(rig.in_state("refused"))
    said = json.dumps(rig.entries()) + str(rig.worker.status())
    assert wrong not in said and f'"{CAMERA_USER}"' not in said
    assert rig.segments() == []


async def test_h265_is_stored_and_decodes(rig: WorkerRig, gst_camera: GstCamera) -> None:
    await rig.observe(gst_camera.url("h265"))
    await rig.until(rig.in_state("recording"))
    await asyncio.sleep(1.0)
    await rig.worker.stop()
    [path] = rig.segments()
    with SegmentFile(path) as found:
        assert found.header.codec.startswith("hvc1.1.")
    with av.open(io.BytesIO(rig.opened(path))) as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert sum(1 for _ in container.decode(video=0)) >= 10


async def test_another_codec_is_recognised_and_not_stored(rig: WorkerRig) -> None:
    async with camera_of(*own_transcript("motion-jpeg")) as camera:
        await rig.observe(camera.url)
        await rig.until(rig.in_state("unsupported-codec"))
    assert rig.segments() == []


async def test_a_camera_of_long_groups_is_waited_for_longer_each_time(
    rig: WorkerRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key frame comes 1.5 s after PLAY; at first only a fraction of that is waited."""
    monkeypatch.setattr("kuramori.recorder.camera_worker.PATIENCE_S", 0.2)
    cut = packets_of(packets.stream(60, gop=15, channel=6))
    async with camera_of(*own_transcript("bare-minimum"), pictures=0) as camera:
        await rig.observe(camera.url)
        for turn in range(1, 6):
            await camera.asked_for("PLAY", turn)
            for picture in cut[1:]:  # its first key frame is the fifteenth that is sent
                camera.send(picture)
                await asyncio.sleep(0.1)
                if rig.worker.status().state == "recording" or camera.methods().count("PLAY") > turn:
                    break
            if rig.worker.status().state == "recording":
                break
    assert rig.worker.status().state == "recording" and turn > 1
    assert {row["reason"] for row in rig.entries("gap-open")} == {"starting", "no-key-frame"}


def packets_of(media: bytes) -> list[bytes]:
    """Interleaved media, picture by picture."""
    found, at, stamp = [], 0, b""
    while at < len(media):
        end = at + 4 + int.from_bytes(media[at + 2 : at + 4], "big")
        if media[at + 8 : at + 12] != stamp:
            found.append(b"")
        stamp = media[at + 8 : at + 12]
        found[-1] += media[at:end]
        at = end
    return found


async def test_the_sound_of_a_camera_is_never_stored(rig: WorkerRig, gst_camera: GstCamera) -> None:
    await rig.observe(gst_camera.url("sound"))
    await rig.until(rig.in_state("recording"))
    await rig.worker.stop()
    rig.clock = SystemClock()  # type: ignore[assignment]
    [path] = rig.segments()
    with SegmentFile(path) as found:
        assert found.header.codec.startswith("avc1.")
        assert sum(bool(r.flags & Flag.INIT) for r in found.records) == 1


async def test_a_disk_below_its_reserve_stops_the_camera_and_it_comes_back(
    rig: WorkerRig, gst_camera: GstCamera
) -> None:
    worker = await rig.observe(gst_camera.url("cam"))
    await rig.until(rig.in_state("recording"))
    document = settings(storehouse=rig.storehouse, url=gst_camera.url("cam"))
    document["stores"][0]["reserve_bytes"] = 1 << 60
    rig.use(document)
    obey(rig, worker)
    await rig.until(rig.in_state("disk-reserve"))
    assert rig.entries("gap-open")[-1]["reason"] == "disk-reserve"
    document["stores"][0]["reserve_bytes"] = 0
    rig.use(document)
    obey(rig, worker)
    await rig.until(rig.in_state("recording"))
    assert [row["state"] for row in rig.entries("disk")] == ["ok", "reserve", "ok"]


async def test_a_new_storehouse_key_begins_a_new_segment_without_a_gap(
    rig: WorkerRig, gst_camera: GstCamera
) -> None:
    """What happens when a key-holder has been removed."""
    worker = await rig.observe(gst_camera.url("cam"))
    await rig.until(lambda: len(rig.entries("segment-open")) == 1)
    gaps = len(rig.entries("gap-open"))
    fresh = new_storehouse_key()
    rig.use(settings(storehouse=fresh, url=gst_camera.url("cam")))
    obey(rig, worker)
    await rig.until(lambda: len(rig.entries("segment-closed")) == 1)
    opened = rig.entries("segment-open")
    assert [row["storehouse_key"] for row in opened] == [rig.storehouse.id, fresh.id]
    assert abs(opened[1]["start_ns"] - rig.entries("segment-closed")[0]["end_ns"]) < 200_000_000
    assert len(rig.entries("gap-open")) == gaps


def obey(rig: WorkerRig, worker: CameraWorker) -> None:
    loaded = rig.loaded()
    assert loaded is not None
    rig.parts.settings = loaded
    worker.apply(loaded.cameras[0])
