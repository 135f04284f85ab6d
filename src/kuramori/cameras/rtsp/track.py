"""From pictures to the sink: parameter sets, decoding times, jumps. The first handed on is a key frame."""

from __future__ import annotations

from dataclasses import replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.stamps import Stamps
from kuramori.cameras.rtsp.stream import TICKS_PER_S, AccessUnit

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.parameter_sets import ParameterSets
    from kuramori.cameras.rtsp.stream import StreamSink, VideoTrack
    from kuramori.cameras.rtsp.watchdog import Watchdog

_JUMP_FORWARD = 10 * TICKS_PER_S
_JUMP_BACK = TICKS_PER_S  # pictures are reordered by less
_REORDER_LIMIT = 16
_GUESSED_FRAME = 3000  # ticks; only before the first few pictures of a reordering camera


class Track:
    """The video of one connection. `arrival_ns` (wall clock) is set by the connection once per read."""

    def __init__(self, sink: StreamSink, watchdog: Watchdog, sets: ParameterSets) -> None:
        self.arrival_ns = 0
        self._sink = sink
        self._watchdog = watchdog
        self._sets = sets
        self._video: VideoTrack | None = None
        self._stamps = Stamps()
        self._waiting: list[int] = []
        self._depth = 0
        self._last_pts = -1
        self._last_dts = -1

    def picture(self, data: bytes, pts: int, key: bool, damaged: bool, sets: list[bytes]) -> None:
        """One access unit, complete as far as it came."""
        self._watchdog.picture(key)
        if sets:
            self._sets.learn(sets)
        changed = False
        if key and self._sets.ready:
            changed = self._open()
        if self._video is None:
            return
        pts = self._stamps.time(pts, self.arrival_ns)
        jumped = self._last_pts >= 0 and not -_JUMP_BACK < pts - self._last_pts < _JUMP_FORWARD
        if jumped:
            self._waiting.clear()
            self._last_dts = -1
        dts = self._decode_time(pts)
        self._last_pts = pts
        self._last_dts = dts
        if self._depth == 0:
            pts = dts
        self._sink.access_unit(AccessUnit(data, pts, dts, key, self.arrival_ns, changed, damaged, jumped))

    def _decode_time(self, pts: int) -> int:
        """Times that only grow: `pts` itself, or for a reordering camera the sorted times, delayed."""
        if self._last_dts >= 0 and pts < self._last_dts and self._depth < _REORDER_LIMIT:
            self._depth += 1  # it reorders more than it said
            heappush(self._waiting, self._last_dts)
        if self._depth == 0:
            return max(pts, self._last_dts + 1)
        heappush(self._waiting, pts)
        missing = self._depth + 1 - len(self._waiting)
        if missing > 0:
            return max(self._waiting[0] - missing * _GUESSED_FRAME, self._last_dts + 1)
        return max(heappop(self._waiting), self._last_dts + 1)

    def _open(self) -> bool:
        """Tell the sink of the parameter sets in force, if they are not those it knows."""
        if self._sets.fits(self._video):
            return False
        video = self._sets.track()
        self._depth = max(self._depth, video.reorder_frames)
        self._video = replace(video, reorder_frames=self._depth)
        self._sink.opened(self._video)
        return True
