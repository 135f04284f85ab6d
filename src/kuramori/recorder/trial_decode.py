"""Now and then one key frame of each camera is decoded, as it is about to be stored: what cannot be decoded
is worth nothing, and nobody would see it before the day it is needed.

One picture of one camera at a time, in a worker that keeps nothing. Where the view is watched, a picture is
decoded every few seconds anyway, and none is tried here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import annexb
from kuramori.errors import BadInput
from kuramori.pictures import asking

if TYPE_CHECKING:
    from kuramori.cameras.rtsp import AccessUnit, VideoTrack

FIRST_S = 20.0
EVERY_S = 4 * 3600.0
AGAIN_S = 60.0
MOST_FAILURES = 3
PATIENCE_S = 8.0
UNDECIDED = frozenset({"picture-timeout", "worker-not-confined"})
"""What a busy machine, or one that locks no worker in, answers: nothing is known of the picture then."""


class TrialDecode:
    """One camera's, over all its connections. On the event loop."""

    def __init__(self, turn: asyncio.Lock) -> None:
        """`turn` is shared by all cameras."""
        self.decoded_ns: int | None = None
        """When a key frame was last decoded, wall clock."""
        self.failures = 0
        """How often in a row that went wrong."""
        self._turn = turn
        self._due_s: float | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def unreadable(self) -> bool:
        """Whether it goes wrong again and again."""
        return self.failures >= MOST_FAILURES

    def key_frame(self, video: VideoTrack, au: AccessUnit) -> None:
        """A key frame: decoded if it is time for one, and nobody else's turn."""
        loop = asyncio.get_running_loop()
        if self._due_s is None:
            self._due_s = loop.time() + FIRST_S
        if loop.time() < self._due_s or self._turn.locked() or (self._task and not self._task.done()):
            return
        if au.damaged:
            return  # the network's doing, and counted as such
        self._due_s = loop.time() + EVERY_S
        self._task = loop.create_task(self.try_one(annexb(video, bytes(au.data)), au.wall_ns))

    def decoded(self, wall_ns: int) -> None:
        """A key frame that arrived at `wall_ns` was decoded, here or by whoever watches the view."""
        self.failures, self.decoded_ns = 0, wall_ns
        self._due_s = asyncio.get_running_loop().time() + EVERY_S

    def doubted(self) -> None:
        """Whoever watches the view could not read a key frame: one is tried soon."""
        soon_s = asyncio.get_running_loop().time() + AGAIN_S
        self._due_s = soon_s if self._due_s is None else min(self._due_s, soon_s)

    async def try_one(self, picture: bytes, wall_ns: int) -> None:
        """Decode one key frame (Annex B) that arrived at `wall_ns`."""
        async with self._turn:
            try:
                await asyncio.to_thread(asking.key_frame_picture, picture, timeout_s=PATIENCE_S)
            except BadInput as why:
                self.failures += why.code not in UNDECIDED
                self._due_s = asyncio.get_running_loop().time() + AGAIN_S
                return
        self.decoded(wall_ns)
