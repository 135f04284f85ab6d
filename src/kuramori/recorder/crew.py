"""The camera workers together: one storage for all, one beat for all. This is the recorder's
WorkerFactory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.pace import BEAT_S, BeatLoop
from kuramori.recorder.camera_worker import CameraWorker
from kuramori.recorder.recovery import recover
from kuramori.recorder.storage import Storage

if TYPE_CHECKING:
    from kuramori.recorder.parts import RecorderParts
    from kuramori.recorder.settings_rows import CameraSettings
    from kuramori.recorder.storage import StoreFact

SPACE_EVERY_BEATS = 6


class CameraCrew:
    """Life: `start` (settles what the last run left open), workers are made by calling it, `stop` after
    theirs."""

    def __init__(self, parts: RecorderParts) -> None:
        """To be made before this run's `start` is in the journal: until then it knows the last run's boot."""
        self._previous_boot = parts.journal.things.boot
        self._died = parts.journal.things.running
        self.storage = Storage(parts.data, parts.journal, parts.keeper, parts.recorder)
        self._parts = parts
        self._workers: list[CameraWorker] = []
        self._beats = 0
        self._next: asyncio.TimerHandle | None = None
        self._space: dict[str, StoreFact] = {}
        self._serial_seen: object = None

    async def start(self) -> None:
        """Settle the past, then be ready to make workers."""
        await asyncio.to_thread(recover, self._parts, self._previous_boot, died=self._died)
        self.storage.start()
        self._settings()
        loop = asyncio.get_running_loop()
        if isinstance(loop, BeatLoop):
            loop.at_each_beat(self._beat)
        else:
            self._by_timer(loop)

    def __call__(self, parts: RecorderParts, camera: CameraSettings) -> CameraWorker:
        """A worker for `camera`; the caller runs and stops it."""
        self._settings()
        worker = CameraWorker(parts, camera, self.storage)
        self._workers.append(worker)
        return worker

    async def stop(self) -> None:
        """After all workers have stopped: everything written becomes durable and journalled."""
        loop = asyncio.get_running_loop()
        if isinstance(loop, BeatLoop):
            loop.no_more_beats()
        if self._next is not None:
            self._next.cancel()
        await asyncio.to_thread(self.storage.stop)

    def dismiss(self, worker: CameraWorker) -> None:
        """A stopped worker needs no tick any more."""
        self._workers.remove(worker)

    def disks(self) -> dict[str, dict[str, object]]:
        """store → {"state", "free_bytes", "total_bytes"} for the status screen (`storage.StoreFact`)."""
        return {name: fact._asdict() for name, fact in self._space.items()}

    def _beat(self) -> None:
        """All cameras have been read: cut everybody's fragments, have them written and synced in one go."""
        if self._beats % SPACE_EVERY_BEATS == 0:
            self._settings()
            self._look_at_space()
        self._beats += 1
        now_ns = self._parts.clock.wall_ns()
        for worker in self._workers:
            worker.tick(now_ns)
        self.storage.beat()

    def _by_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        """On a loop without a beat."""
        self._next = loop.call_later(BEAT_S, self._by_timer, loop)
        self._beat()

    def _settings(self) -> None:
        settings = self._parts.settings
        if settings is not None and settings is not self._serial_seen:
            self.storage.apply(settings)
            self._serial_seen = settings

    def _look_at_space(self) -> None:
        settings = self._parts.settings
        if settings is None:
            return
        before = {name: fact.state for name, fact in self._space.items()}
        self._space = self.storage.watch_space(settings.cameras)
        for name, fact in self._space.items():
            if before.get(name) != fact.state:
                self._parts.journal.append("disk", store=name, state=fact.state, free_bytes=fact.free_bytes)
