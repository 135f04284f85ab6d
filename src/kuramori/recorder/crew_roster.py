"""Which cameras have a worker, and that each worker runs: started, followed, restarted when it falls over."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from kuramori.recorder.camera_worker import CameraWorker
    from kuramori.recorder.crew import CameraCrew
    from kuramori.recorder.parts import RecorderParts, WorkerStatus
    from kuramori.recorder.settings_rows import CameraSettings, RecorderSettings

log = structlog.get_logger()
AGAIN_S = 1.0


@dataclass
class Post:
    """One camera's worker and the task that keeps it running."""

    worker: CameraWorker
    url: str
    task: asyncio.Task[None]


class CrewRoster:
    """Everything on the event loop. Life: follow (settings, again and again), stop."""

    def __init__(self, crew: CameraCrew, parts: RecorderParts) -> None:
        self._crew = crew
        self._parts = parts
        self._posts: dict[str, Post] = {}
        self._turn = asyncio.Lock()

    def worker(self, camera: str) -> CameraWorker | None:
        post = self._posts.get(camera)
        return None if post is None else post.worker

    def statuses(self) -> dict[str, WorkerStatus]:
        return {camera: post.worker.status() for camera, post in self._posts.items()}

    async def follow(self, settings: RecorderSettings | None) -> None:
        """One worker for each camera of the settings, and none besides."""
        rows = {row.id: row for row in settings.cameras} if settings is not None else {}
        async with self._turn:
            moved = [camera for camera, post in self._posts.items() if not _same(post, rows.get(camera))]
            await self._dismiss(moved)
            for camera, row in rows.items():
                if camera in self._posts:
                    self._posts[camera].worker.apply(row)
                else:
                    self._hire(row)

    async def renew(self, camera: str) -> None:
        """A new connection under the credentials that the keeper has now."""
        async with self._turn:
            if camera in self._posts:
                row = self._posts[camera].worker.camera
                await self._dismiss([camera])
                self._hire(row)

    async def leave_hours(self, hours: frozenset[str]) -> None:
        """Returns when no worker writes under any of these hours any more."""
        if not hours:
            return
        leaving = (post.worker.leave_hours(hours) for post in self._posts.values())
        for failed in await asyncio.gather(*leaving, return_exceptions=True):
            if isinstance(failed, Exception):
                log.error("hour-not-left", why=repr(failed))

    async def stop(self) -> None:
        async with self._turn:
            await self._dismiss(list(self._posts))

    def _hire(self, row: CameraSettings) -> None:
        worker = self._crew(self._parts, row)
        task = asyncio.create_task(self._keep_running(worker), name=f"camera-{row.number}")
        self._posts[row.id] = Post(worker, row.url, task)

    async def _dismiss(self, cameras: list[str]) -> None:
        posts = [self._posts.pop(camera) for camera in cameras]
        await asyncio.gather(*(self._end(post) for post in posts))

    async def _end(self, post: Post) -> None:
        await post.worker.stop()
        post.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await post.task
        self._crew.dismiss(post.worker)

    async def _keep_running(self, worker: CameraWorker) -> None:
        while True:
            try:
                await worker.run()
                return
            except Exception:  # the edge of a worker: one camera's defect must not end the others
                log.exception("camera-worker-fell-over", camera=worker.camera.id)
                await asyncio.sleep(AGAIN_S)


def _same(post: Post, row: CameraSettings | None) -> bool:
    return row is not None and row.url == post.url
