"""The way of a masked camera's pictures: through a worker that paints over what is hidden, or nowhere.

Takes the place of the StreamIntake before the RtspClient and hands the intake only what the worker made and a
check has passed. The pictures as the camera sent them are written to the worker's pipe and kept nowhere.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import AccessUnit, VideoTrack, annexb
from kuramori.errors import BadInput
from kuramori.pictures import stream_frames
from kuramori.pictures.stream_frames import Cutter, Message
from kuramori.recorder.mask_process import MaskProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.errors import CameraError
    from kuramori.recorder.mask_guard import MaskGuard
    from kuramori.recorder.settings_rows import Mask
    from kuramori.recorder.stream_intake import StreamIntake

HANG_S = 8.0
BACKLOG_BYTES = 16 * 1024 * 1024


class MaskFeed:
    """A StreamSink for one connection. `tick` at each beat; `failed` says that the worker let us down."""

    def __init__(self, mask: Mask, intake: StreamIntake, guard: MaskGuard, broke: Callable[[], None]) -> None:
        """`broke()` is called once when the worker crashed, hung or talked nonsense."""
        self.failed = False
        self._mask = mask
        self._intake = intake
        self._guard = guard
        self._broke = broke
        self._cutter = Cutter()
        self._process: MaskProcess | None = None
        self._video: VideoTrack | None = None
        self._changed = False
        self._unanswered = 0
        self._progress_s = 0.0
        self._loop = asyncio.get_running_loop()

    def opened(self, video: VideoTrack) -> None:
        if not self._intake.taking or self.failed:
            return
        if self._process is None:
            self._process = MaskProcess(self._answered, self._gone)
        said = {
            "codec": {"h265": "hevc"}.get(video.codec, video.codec),
            "parameter_sets": annexb(video, b"").hex(),
            "outlines": [[list(point) for point in one] for one in self._mask.outlines],
        }
        self._write(Message(stream_frames.SETUP, json.dumps(said).encode()))

    def access_unit(self, au: AccessUnit) -> None:
        if not self._intake.taking or self.failed or self._process is None:
            return
        if not self._unanswered:
            self._progress_s = self._loop.time()
        self._unanswered += 1
        flags = (stream_frames.KEY if au.key else 0) | (
            stream_frames.DISCONTINUITY if au.discontinuity else 0
        )
        self._write(Message(stream_frames.UNIT, bytes(au.data), flags, au.pts_90k, au.dts_90k, au.wall_ns))
        if self._process.waiting_bytes > BACKLOG_BYTES:
            self._fail()

    def lost(self, packets: int) -> None:
        self._intake.lost(packets)

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None:
        self._intake.sender_report(ntp_ns, rtp_90k)

    def closed(self, error: CameraError | None) -> None:
        self._intake.closed(error)
        self.end()

    def tick(self) -> None:
        """End a worker that has answered nothing for too long."""
        if self._unanswered and self._loop.time() - self._progress_s > HANG_S:
            self._fail()
        self._guard.tick()

    def end(self) -> None:
        """The connection is over: the worker goes, and the last pictures are checked."""
        if self._process is not None:
            self._process.kill()
            self._process = None
            self._guard.finish()

    def _write(self, message: Message) -> None:
        assert self._process is not None
        self._process.write(stream_frames.pack(message))

    def _answered(self, data: bytes) -> None:
        """From the worker: believed only so far, and looked at by the guard before anybody sees it."""
        if self.failed or not self._intake.taking:
            return
        self._progress_s = self._loop.time()
        try:
            for message in self._cutter.feed(data):
                self._made(message)
        except (BadInput, ValueError, KeyError, TypeError, IndexError):
            self._fail()

    def _made(self, message: Message) -> None:
        if message.kind == stream_frames.DONE:
            self._unanswered = max(0, self._unanswered - 1)
        elif message.kind == stream_frames.TRACK:
            self._video, self._changed = _track(message.data), True
        elif message.kind == stream_frames.UNIT and self._video is not None:
            au = AccessUnit(
                message.data,
                message.pts_90k,
                message.dts_90k,
                bool(message.flags & stream_frames.KEY),
                message.wall_ns,
                changed=self._changed,
                discontinuity=bool(message.flags & stream_frames.DISCONTINUITY),
            )
            self._changed = False
            self._guard.take(self._video, au)
        else:
            raise BadInput("worker-answer")

    def _gone(self) -> None:
        """The worker ended, and nobody had told it to."""
        if self._intake.taking:
            self._fail()

    def _fail(self) -> None:
        if not self.failed:
            self.failed = True
            self.end()
            self._broke()


def _track(data: bytes) -> VideoTrack:
    said = json.loads(data)
    sps = tuple(bytes.fromhex(one) for one in said["sps"])
    pps = tuple(bytes.fromhex(one) for one in said["pps"])
    width, height = said["width"], said["height"]
    if not (type(width) is int and type(height) is int and 0 < width < 1 << 16 and 0 < height < 1 << 16):
        raise BadInput("worker-answer")
    if not pps or len(sps[0]) < 4:
        raise BadInput("worker-answer")
    return VideoTrack("h264", sps, pps, width, height, f"avc1.{sps[0][1:4].hex()}")
