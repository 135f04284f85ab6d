"""A sink that remembers what it was given."""

from __future__ import annotations

import asyncio

from kuramori.cameras.rtsp import AccessUnit, VideoTrack
from kuramori.errors import CameraError


class RecordingSink:
    """Keeps everything; `wait_units` waits until so many access units have come or the stream is over."""

    def __init__(self) -> None:
        self.tracks: list[VideoTrack] = []
        self.units: list[AccessUnit] = []
        self.lost_packets = 0
        self.reports: list[tuple[int, int]] = []
        self.endings: list[CameraError | None] = []
        self._changed = asyncio.Event()

    def opened(self, video: VideoTrack) -> None:
        self.tracks.append(video)

    def access_unit(self, au: AccessUnit) -> None:
        assert self.tracks, "a unit before the track was opened"
        self.units.append(au)
        self._changed.set()

    def lost(self, packets: int) -> None:
        self.lost_packets += packets

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None:
        self.reports.append((ntp_ns, rtp_90k))
        self._changed.set()

    def closed(self, error: CameraError | None) -> None:
        self.endings.append(error)
        self._changed.set()

    @property
    def state(self) -> str:
        """The code of the ending, "" while it runs or when we ended it."""
        return self.endings[-1].code if self.endings and self.endings[-1] else ""

    async def wait_units(self, count: int, within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while len(self.units) < count and not self.endings:
                self._changed.clear()
                await self._changed.wait()
