"""From pictures to the sink: parameter sets, decoding times, jumps. The first handed on is a key frame."""

from __future__ import annotations

from dataclasses import replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.sps import clean_nal, parse_sps
from kuramori.cameras.rtsp.stream import TICKS_PER_S, AccessUnit, VideoTrack
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.stream import StreamSink
    from kuramori.cameras.rtsp.watchdog import Watchdog

_SETS_LIMIT = 16
_SET_LIMIT_BYTES = 4096
_JUMP_FORWARD = 10 * TICKS_PER_S
_JUMP_BACK = TICKS_PER_S  # pictures are reordered by less
_REORDER_LIMIT = 16
_GUESSED_FRAME = 3000  # ticks; only before the first few pictures of a reordering camera


class Track:
    """The video of one connection. `arrival_ns` (wall clock) is set by the connection once per read."""

    def __init__(self, sink: StreamSink, watchdog: Watchdog, sps: list[bytes], pps: list[bytes]) -> None:
        self.arrival_ns = 0
        self._sink = sink
        self._watchdog = watchdog
        self._sps = [nal for nal in sps if len(nal) <= _SET_LIMIT_BYTES and _width(nal)]
        self._pps = [nal for nal in pps if len(nal) <= _SET_LIMIT_BYTES]
        self._video: VideoTrack | None = None
        self._waiting: list[int] = []
        self._depth = 0
        self._last_pts = -1
        self._last_dts = -1

    def picture(self, data: bytes, pts: int, key: bool, damaged: bool, sets: list[bytes]) -> None:
        """One access unit, complete as far as it came."""
        self._watchdog.picture(key)
        if sets:
            self._learn(sets)
        changed = False
        if key and self._sps and self._pps:
            changed = self._open()
        if self._video is None:
            return
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

    def _learn(self, sets: list[bytes]) -> None:
        """Parameter sets came in band: the newest SPS counts; PPS of an older SPS are forgotten with it."""
        cleaned = [clean_nal(nal) for nal in sets if len(nal) <= _SET_LIMIT_BYTES]
        sps = _distinct([nal for nal in cleaned if nal and nal[0] & 31 == 7 and _width(nal)])
        pps = _distinct([nal for nal in cleaned if len(nal) > 1 and nal[0] & 31 == 8])
        if sps and sps != self._sps:
            self._sps = sps
            self._pps = pps or self._pps
        else:
            for nal in pps:
                if nal not in self._pps:
                    self._pps = [kept for kept in self._pps if _number(kept) != _number(nal)] + [nal]
        del self._pps[:-_SETS_LIMIT]

    def _open(self) -> bool:
        """Tell the sink of the parameter sets in force, if they are not those it knows."""
        if self._video is not None and (*self._sps, *self._pps) == (*self._video.sps, *self._video.pps):
            return False
        shown = parse_sps(self._sps[0])
        video = VideoTrack(
            "h264", tuple(self._sps), tuple(self._pps), shown.width, shown.height, shown.rfc6381
        )
        self._depth = max(self._depth, shown.reorder_frames)
        self._video = replace(video, reorder_frames=self._depth)
        self._sink.opened(self._video)
        return True


def _width(nal: bytes) -> int:
    try:
        return parse_sps(nal).width
    except CameraError:
        return 0


def _number(pps: bytes) -> int:
    """pic_parameter_set_id, the first Exp-Golomb code of a PPS; -1 if it can't be read."""
    bits = int.from_bytes(pps[1:5].ljust(4, b"\0"), "big")
    zeros = 32 - bits.bit_length()
    return (bits >> 31 - 2 * zeros) - 1 if zeros <= 8 else -1


def _distinct(nals: list[bytes]) -> list[bytes]:
    return list(dict.fromkeys(nals))[:_SETS_LIMIT]
