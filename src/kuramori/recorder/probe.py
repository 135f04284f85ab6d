"""Trying a camera once: one key frame, kept in memory and handed on, stored nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import TICKS_PER_S, AccessUnit, Credentials, RtspClient, VideoTrack, annexb
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.clock import Clock

PATIENCE_S = 25.0
MEASURE_S = 1.5
PICTURES_FOR_RATE = 16


@dataclass(frozen=True, slots=True)
class Probed:
    """What a camera showed. `fps` is measured over the first pictures, 0 when there was only one;
    `annexb` is one key frame as a byte stream with its parameter sets."""

    codec: str
    width: int
    height: int
    fps: float
    annexb: bytes
    certificate: str = ""


async def probe(url: str, user: str, password: str, clock: Clock) -> Probed:
    """Connect, take the first key frame and a second of timing, hang up. Raises CameraError."""
    sink = _Taster()
    client = RtspClient(
        url, Credentials(user, password) if user or password else None, sink, clock, pinned=None
    )
    running = asyncio.create_task(client.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await sink.picture.wait()
            if sink.key is not None:
                await _or_enough(sink)
    except TimeoutError:
        raise CameraError("no-key-frame") from None
    finally:
        await client.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    if sink.video is None or sink.key is None:
        raise sink.error or CameraError("closed-by-camera")
    video = sink.video
    return Probed(
        video.rfc6381, video.width, video.height, sink.fps(), annexb(video, sink.key), client.certificate_seen
    )


async def _or_enough(sink: _Taster) -> None:
    try:
        async with asyncio.timeout(MEASURE_S):
            await sink.enough.wait()
    except TimeoutError:
        pass  # a slow camera: the rate is measured over what came


class _Taster:
    """Takes the first key frame and the times of a few pictures."""

    def __init__(self) -> None:
        self.video: VideoTrack | None = None
        self.key: bytes | None = None
        self.error: CameraError | None = None
        self.picture = asyncio.Event()
        self.enough = asyncio.Event()
        self._times_90k: list[int] = []

    def opened(self, video: VideoTrack) -> None:
        if self.key is None:
            self.video = video

    def access_unit(self, au: AccessUnit) -> None:
        if self.key is None and au.key and not au.damaged:
            self.key = bytes(au.data)
            self.picture.set()
        self._times_90k.append(au.dts_90k)
        if len(self._times_90k) >= PICTURES_FOR_RATE:
            self.enough.set()

    def lost(self, packets: int) -> None: ...

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None: ...

    def closed(self, error: CameraError | None) -> None:
        self.error = error
        self.picture.set()
        self.enough.set()

    def fps(self) -> float:
        apart_90k = self._times_90k[-1] - self._times_90k[0] if self._times_90k else 0
        return round((len(self._times_90k) - 1) * TICKS_PER_S / apart_90k, 2) if apart_90k > 0 else 0.0
