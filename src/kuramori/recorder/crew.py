"""The camera workers together: one storage for all, one tick for all. This is the recorder's
WorkerFactory."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from kuramori.recorder.camera_worker import CameraWorker
from kuramori.recorder.recovery import recover
from kuramori.recorder.storage import Storage

if TYPE_CHECKING:
    from kuramori.recorder.parts import RecorderParts
    from kuramori.recorder.settings_rows import CameraSettings

TICK_S = 0.1
SPACE_EVERY_TICKS = 20


class CameraCrew:
    """Life: `start` (settles what the last run left open), workers are made by calling it, `stop` after
    theirs."""

    def __init__(self, parts: RecorderParts) -> None:
        """To be made before this run's `start` is in the journal: until then it knows the last run's boot."""
        self._previous_boot = parts.journal.things.boot
        self.storage = Storage(parts.data, parts.journal, parts.keeper)
        self._parts = parts
        self._workers: list[CameraWorker] = []
        self._ticking: asyncio.Task[None] | None = None
        self._space: dict[str, tuple[str, int]] = {}
        self._serial_seen: object = None

    async def start(self) -> None:
        """Settle the past, then be ready to make workers."""
        await asyncio.to_thread(recover, self._parts, self._previous_boot)
        self.storage.start()
        self._settings()
        self._ticking = asyncio.get_running_loop().create_task(self._tick())

    def __call__(self, parts: RecorderParts, camera: CameraSettings) -> CameraWorker:
        """A worker for `camera`; the caller runs and stops it."""
        self._settings()
        worker = CameraWorker(parts, camera, self.storage)
        self._workers.append(worker)
        return worker

    async def stop(self) -> None:
        """After all workers have stopped: everything written becomes durable and journalled."""
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
        await asyncio.to_thread(self.storage.stop)

    def dismiss(self, worker: CameraWorker) -> None:
        """A stopped worker needs no tick any more."""
        self._workers.remove(worker)

    def disks(self) -> dict[str, dict[str, object]]:
        """store → {"state": ok | reserve | failed, "free_bytes"} for the status screen."""
        return {name: {"state": state, "free_bytes": free} for name, (state, free) in self._space.items()}

    async def _tick(self) -> None:
        count = 0
        while True:
            if count % SPACE_EVERY_TICKS == 0:
                self._settings()
                self._look_at_space()
            count += 1
            now_ns = self._parts.clock.wall_ns()
            for worker in self._workers:
                worker.tick(now_ns)
            await asyncio.sleep(TICK_S)

    def _settings(self) -> None:
        settings = self._parts.settings
        if settings is not None and settings is not self._serial_seen:
            self.storage.apply(settings)
            self._serial_seen = settings

    def _look_at_space(self) -> None:
        settings = self._parts.settings
        if settings is None:
            return
        before = {name: state for name, (state, _) in self._space.items()}
        self._space = self.storage.watch_space(settings.cameras)
        for name, (state, free) in self._space.items():
            if before.get(name) != state:
                self._parts.journal.append("disk", store=name, state=state, free_bytes=free)
