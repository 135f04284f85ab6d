"""The parameter sets in force: from the description at first, then whatever comes in band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.bits import Bits, clean_nal
from kuramori.cameras.rtsp.h265 import PPS, SPS, VPS
from kuramori.cameras.rtsp.sps import parse_sps
from kuramori.cameras.rtsp.sps265 import parse_sps265
from kuramori.cameras.rtsp.stream import VideoTrack
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETS_LIMIT = 16
_SET_LIMIT_BYTES = 4096


class ParameterSets:
    """VPS, SPS and PPS of one track. The newest SPS counts; a PPS replaces the one of its number."""

    def __init__(self, codec: str, sets: Sequence[bytes] = ()) -> None:
        """`codec` is "h264" or "h265"; `sets` are NAL units of any of the kinds."""
        self.codec = codec
        self._kinds = (VPS, SPS, PPS) if codec == "h265" else (-1, 7, 8)
        self._vps: list[bytes] = []
        self._sps: list[bytes] = []
        self._pps: list[bytes] = []
        self._heard: list[bytes] = []
        self.learn(sets)

    @property
    def ready(self) -> bool:
        """Enough is known for a decoder to begin."""
        return bool(self._sps and self._pps and (self._vps or self.codec == "h264"))

    def learn(self, sets: Sequence[bytes]) -> None:
        """Sets came in. What no parser understands is passed over."""
        if sets == self._heard:
            return  # nearly always: cameras repeat them before every key frame
        self._heard = list(sets)
        cleaned = [clean_nal(nal) for nal in sets if len(nal) <= _SET_LIMIT_BYTES]
        vps, sps, pps = (self._of_kind(cleaned, kind) for kind in self._kinds)
        sps = [nal for nal in sps if self._readable(nal)]
        if vps:
            self._vps = vps
        if sps and sps != self._sps:
            self._sps = sps
            self._pps = pps or self._pps
        else:
            for nal in pps:
                if nal not in self._pps:
                    number = self._number(nal)
                    self._pps = [kept for kept in self._pps if self._number(kept) != number] + [nal]
        del self._pps[:-_SETS_LIMIT]

    def track(self) -> VideoTrack:
        """What the sink is told of. Only when `ready`."""
        if self.codec == "h265":
            said = parse_sps265(self._sps[0])
            size = said.width, said.height, said.rfc6381, said.reorder_frames
        else:
            shown = parse_sps(self._sps[0])
            size = shown.width, shown.height, shown.rfc6381, shown.reorder_frames
        return VideoTrack(self.codec, tuple(self._sps), tuple(self._pps), *size, vps=tuple(self._vps))

    def fits(self, video: VideoTrack | None) -> bool:
        """Whether `video` was made of the sets that are in force."""
        return video is not None and (video.vps, video.sps, video.pps) == (
            tuple(self._vps),
            tuple(self._sps),
            tuple(self._pps),
        )

    def _of_kind(self, nals: list[bytes], kind: int) -> list[bytes]:
        least = 2 if self.codec == "h265" else 1
        found = [nal for nal in nals if len(nal) > least and self._kind(nal) == kind]
        return list(dict.fromkeys(found))[:_SETS_LIMIT]

    def _kind(self, nal: bytes) -> int:
        return nal[0] >> 1 & 63 if self.codec == "h265" else nal[0] & 31

    def _readable(self, nal: bytes) -> bool:
        try:
            return bool((parse_sps265 if self.codec == "h265" else parse_sps)(nal))
        except CameraError:
            return False

    def _number(self, pps: bytes) -> int:
        """pic_parameter_set_id, the first Exp-Golomb code of a PPS; -1 if it can't be read."""
        try:
            return Bits(pps[:9], 2 if self.codec == "h265" else 1).unsigned()
        except IndexError:
            return -1
