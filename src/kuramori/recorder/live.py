"""The live window: the running group of pictures of one camera, in memory only.

A viewer begins at the newest key frame and gets one moof + mdat per access unit, made once for all viewers
and only while somebody watches. A viewer who cannot keep up skips to the next key frame; the recorder never
waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from kuramori.recorder.fmp4 import TIMESCALE, Unit, fragment, init_segment

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.cameras.rtsp import AccessUnit, VideoTrack

WINDOW_90K = 12 * TIMESCALE
WINDOW_BYTES = 8 * 1024 * 1024
QUEUE_BYTES = WINDOW_BYTES + 4 * 1024 * 1024  # a whole window for who has just joined, and some slack
USUAL_PICTURE_90K = TIMESCALE // 15


class Viewer:
    """One subscription. `next` until it gives None; then `ended` says why. `close` at any time."""

    def __init__(self, window: LiveWindow, video: VideoTrack) -> None:
        self.video = video
        self.ended: str | None = None
        self.skipped_units = 0
        self._window = window
        self._init: bytes | None = init_segment(video.sps, video.pps, video.width, video.height, video.vps)
        self._chunks: deque[bytes] = deque()
        self._queued_bytes = 0
        self.needs_key = False
        self._ready = asyncio.Event()

    async def next(self) -> bytes | None:
        """The next bytes to send: the init segment first, then one access unit at a time; None at the end."""
        while not self._chunks and self.ended is None and self._init is None:
            self._ready.clear()
            await self._ready.wait()
        if self.ended is not None:
            return None  # a gate that turned takes effect at once: what is queued is not sent any more
        if self._init is not None:
            init, self._init = self._init, None
            return init
        chunk = self._chunks.popleft()
        self._queued_bytes -= len(chunk)
        return chunk

    def close(self) -> None:
        """The viewer has gone."""
        self.end("closed")
        self._window.leave(self)

    def give(self, chunk: bytes, *, key: bool) -> None:
        """Queue one access unit, or let it pass if this viewer is too slow or has no key frame yet."""
        if self._queued_bytes + len(chunk) > QUEUE_BYTES:
            self.skipped_units += len(self._chunks)
            self._chunks.clear()
            self._queued_bytes = 0
            self.needs_key = True
        if self.needs_key and not key:
            self.skipped_units += 1
            return
        self.needs_key = False
        self._chunks.append(chunk)
        self._queued_bytes += len(chunk)
        self._ready.set()

    def end(self, reason: str) -> None:
        """No further byte. `reason` is a code: `sealed`, `gate`, `camera-lost`, `changed`, `stopped`,
        `closed`."""
        if self.ended is None:
            self.ended = reason
            self._chunks.clear()
            self._ready.set()


class LiveWindow:
    """The ring and the viewers of one camera. Everything happens on the event loop."""

    def __init__(self, joined: Callable[[], None] = lambda: None) -> None:
        """`joined()` is called when somebody has begun to watch."""
        self._joined = joined
        self.video: VideoTrack | None = None
        self.viewers: set[Viewer] = set()
        self._group: list[AccessUnit] = []
        self._group_bytes = 0
        self._sequence = 0
        self._last_90k = 0
        self._interval_90k = USUAL_PICTURE_90K

    def opened(self, video: VideoTrack) -> None:
        """Parameter sets are known or have changed; who watched the old stream begins anew."""
        self.end_all("changed")
        self._forget()
        self.video = video

    def add(self, au: AccessUnit) -> None:
        """Take the newest picture."""
        apart_90k = au.dts_90k - self._last_90k
        self._last_90k = au.dts_90k
        if 0 < apart_90k < WINDOW_90K:
            self._interval_90k = apart_90k
        if au.key:
            self._forget()
        elif not self._group:
            return self._show(au)
        self._group.append(au)
        self._group_bytes += len(au.data)
        if self._group_bytes > WINDOW_BYTES or au.dts_90k - self._group[0].dts_90k > WINDOW_90K:
            self._forget()  # too long a group to hold: a joiner waits for the next key frame
        return self._show(au)

    def subscribe(self) -> Viewer | None:
        """A new viewer, already holding what leads up to now; None while there is no stream."""
        video = self.video
        if video is None:
            return None
        viewer = Viewer(self, video)
        viewer.needs_key = not self._group
        for at, au in enumerate(self._group):
            later = (
                self._group[at + 1].dts_90k - au.dts_90k if at + 1 < len(self._group) else self._interval_90k
            )
            viewer.give(self._chunk(au, later), key=au.key)
        self.viewers.add(viewer)
        self._joined()
        return viewer

    def end_all(self, reason: str) -> None:
        """Everybody's view ends now, for `reason` (a code)."""
        for viewer in list(self.viewers):
            viewer.end(reason)
        self.viewers.clear()

    def closed(self, reason: str) -> None:
        """The stream is over: nothing may be seen of it any more."""
        self.end_all(reason)
        self._forget()
        self.video = None

    def leave(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)

    def _show(self, au: AccessUnit) -> None:
        if not self.viewers:
            return
        chunk = self._chunk(au, self._interval_90k)
        for viewer in self.viewers:
            viewer.give(chunk, key=au.key)

    def _chunk(self, au: AccessUnit, duration_90k: int) -> bytes:
        self._sequence += 1
        unit = Unit(au.data, duration_90k, au.key, au.pts_90k - au.dts_90k)
        return fragment(self._sequence, au.dts_90k, [unit])

    def _forget(self) -> None:
        self._group = []
        self._group_bytes = 0
