"""A camera worker with everything behind it (lane, pen, stores, keeper, journal) and no camera before it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kuramori.clock import ManualClock
from kuramori.recorder.camera_worker import CameraWorker
from kuramori.recorder.fmp4 import TIMESCALE
from kuramori.recorder.parts import RecorderParts
from kuramori.recorder.storage import Storage
from kuramori.recorder.stream_intake import StreamIntake
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.segment_header import FORMAT_VERSION, Flag
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key
from tests.recorder.keeper_rig import RECORDER, KeeperRig, camera_id
from tests.recorder.pictures import VIDEO


class StreamRig(KeeperRig):
    """After `open`: `intake` takes pictures by hand, `settle` makes everything durable and tells the
    worker."""

    async def open(self) -> StreamIntake:
        await self.boot()
        settings = self.loaded()
        self.parts = RecorderParts(
            self.data, RECORDER, "2" * 32, self.clock, self.journal, self.keeper, self.witnesses
        )
        self.parts.settings = settings
        self.storage = Storage(self.data, self.journal, self.keeper, RECORDER)
        self.storage.start()
        assert settings is not None
        self.storage.apply(settings)
        self.began_ns = self.clock.wall_ns()
        self.worker = CameraWorker(self.parts, settings.cameras[0], self.storage)
        return self.connect()

    def connect(self) -> StreamIntake:
        """A connection that has just opened."""
        self.intake = self.worker.attach()
        self.intake.opened(VIDEO)
        return self.intake

    async def settle(self) -> None:
        """Everything handed over is written, synced, journalled and told."""
        await self.worker.drained()
        for store in self.storage.stores:
            await asyncio.to_thread(self.storage.commit(store).sync_now)
        await self.worker.drained()
        for store in self.storage.stores:
            await asyncio.to_thread(self.storage.commit(store).sync_now)
        await asyncio.sleep(0)

    async def end(self) -> None:
        await self.worker.stop()
        await asyncio.to_thread(self.storage.stop)

    def segments(self, store: str = "store/0") -> list[Path]:
        folder = self.data / store / camera_id(1)
        return sorted(folder.glob("*/*.kura"), key=lambda path: int(path.name.split("-")[0]))

    def opened(self, path: Path) -> bytes:
        """A segment as one MP4 file."""
        with SegmentFile(path) as found:
            key = self._key(found)
            return b"".join(found.read(info.seq, key) for info in found.records)

    def _key(self, found: SegmentFile) -> bytes | bytearray:
        head = found.header
        secret = self.keeper._table.hours[head.hour].secret
        sealed = unwrap_sealed_key(secret, head.segment, head.wrapped_key)
        context = SealContext(
            FORMAT_VERSION, head.recorder, head.camera, head.segment, head.start_ns, head.storehouse_key
        )
        return open_segment_key(self.storehouse.private, sealed, context)

    def stored(self, path: Path) -> list[int]:
        """Numbers of the pictures in a segment, every record opened with the storehouse's private key."""
        with SegmentFile(path) as found:
            key = self._key(found)
            numbers = []
            for info in found.records:
                payload = found.read(info.seq, key)
                if not info.flags & (Flag.INIT | Flag.LAST):
                    numbers += _numbers(payload)
            return numbers


def _numbers(payload: bytes) -> list[int]:
    body = payload[payload.index(b"mdat") + 4 :]
    found = []
    while body:
        size = int.from_bytes(body[:4], "big")
        found.append(int.from_bytes(body[6:10], "big"))
        body = body[4 + size :]
    return found


__all__ = ["TIMESCALE", "ManualClock", "StreamRig"]
