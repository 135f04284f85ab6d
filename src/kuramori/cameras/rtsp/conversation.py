"""What is said to a camera, from OPTIONS to TEARDOWN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import h264, h265
from kuramori.cameras.rtsp.address import Address, join_control, parse_address, without_user
from kuramori.cameras.rtsp.message import Message, channels_of, server_ports_of, session_of, wants_udp
from kuramori.cameras.rtsp.parameter_sets import ParameterSets
from kuramori.cameras.rtsp.rtp import RtpReceiver
from kuramori.cameras.rtsp.sdp import choose_video, codec_of, numbers_packets, parameter_sets, parse_sdp
from kuramori.cameras.rtsp.track import Track
from kuramori.cameras.rtsp.udp import UdpPorts
from kuramori.cameras.rtsp.wire import Media, Wire
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.exchange import Exchange
    from kuramori.cameras.rtsp.gathering import Gathering
    from kuramori.cameras.rtsp.stream import StreamSink
    from kuramori.cameras.rtsp.watchdog import Watchdog

_STATES = {401: "refused", 403: "refused", 404: "not-found", 410: "not-found", 454: "closed-by-camera"}
_UNKNOWN_METHOD = (400, 405, 451, 501)


class Conversation:
    """The methods of RTSP in the order in which a player uses them."""

    def __init__(
        self, exchange: Exchange, wire: Wire, url: str, sink: StreamSink, watchdog: Watchdog
    ) -> None:
        self._exchange = exchange
        self._wire = wire
        self._url = url
        self._sink = sink
        self._watchdog = watchdog
        self._keep_alive = "OPTIONS"
        self._said_again = False
        self.timeout_s = 60.0

    async def begin(self) -> Address | None:
        """OPTIONS to PLAY. Only the video track is ever set up: audio and metadata are never asked for."""
        options = await self._exchange.ask("OPTIONS", self._url)
        if "GET_PARAMETER" in ",".join(options.all("public")).upper():
            self._keep_alive = "GET_PARAMETER"
        answer = await self._exchange.ask("DESCRIBE", self._url, {"Accept": "application/sdp"})
        if answer.status in (301, 302, 303, 305, 307, 308):
            return parse_address(answer.get("location"))
        _require_ok(answer, "DESCRIBE")
        described = parse_sdp(answer.body)
        video = choose_video(described)
        base = without_user(answer.get("content-base") or answer.get("content-location") or self._url)
        if not re.match(r"rtsps?://", base, re.IGNORECASE):
            base = self._url
        codec = codec_of(video)
        track = Track(self._sink, self._watchdog, ParameterSets(codec, parameter_sets(video)))
        assembler = (h265 if codec == "h265" else h264).Assembler(track)
        if codec == "h265" and numbers_packets(video):
            raise CameraError("protocol", why="interleaved-packets")
        await self._set_up(join_control(base, video.control), track, assembler, video.payload)
        self._url = join_control(base, described.control)
        played = await self._exchange.ask("PLAY", self._url, {"Range": "npt=0.000-"})
        _require_ok(played, "PLAY")
        if played.get("session"):
            self.timeout_s = min(self.timeout_s, session_of(played)[1])
        return None

    async def _set_up(self, url: str, track: Track, assembler: Gathering, payload: int) -> None:
        """In this connection if the camera can, else over UDP: cameras lose no packet in TCP."""
        asked = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        answer = await self._exchange.ask("SETUP", url, asked)
        udp = answer.status == 461 or (answer.status == 200 and wants_udp(answer))
        if udp:
            answer = await self._ask_for_udp(url)
        _require_ok(answer, "SETUP")
        self._exchange.session, self.timeout_s = session_of(answer)
        receiver = RtpReceiver(payload, assembler, self._sink.lost)
        # before PLAY is sent: cameras send packets ahead of their answer
        channels = (-1, -1) if udp else channels_of(answer)
        media = self._wire.media = Media(channels, receiver, assembler, track, self._sink)
        if self._wire.udp is not None:
            self._wire.udp.begin(self._wire, media, server_ports_of(answer))

    async def _ask_for_udp(self, url: str) -> Message:
        """CameraError when the camera can't, or when the connection is secret and UDP would not be."""
        if self._wire.secure:
            raise CameraError("protocol", why="transport")
        ports = self._wire.udp = UdpPorts(self._wire.transport.get_extra_info("peername")[0])
        asked = {"Transport": f"RTP/AVP;unicast;client_port={ports.port}-{ports.port + 1}"}
        answer = await self._exchange.ask("SETUP", url, asked)
        if answer.status == 461:
            raise CameraError("protocol", why="transport")
        return answer

    def keep_alive(self) -> None:
        self._said_again = False
        self._exchange.send(self._keep_alive, self._url)
        if self._wire.udp is not None:
            self._wire.udp.report()

    def hear_answers(self) -> None:
        """Nobody waits for answers while playing; a camera that refuses our keep-alive gets the other.

        One that wants a newer sign-in gets it, once per keep-alive.
        """
        statuses = {answer.status for answer in self._exchange.unasked()}
        if statuses.intersection(_UNKNOWN_METHOD):
            self._keep_alive = "OPTIONS"
        if 401 in statuses and not self._said_again:
            self.keep_alive()
            self._said_again = True

    def leave(self) -> None:
        if self._exchange.session:
            self._exchange.send("TEARDOWN", self._url)


def _require_ok(answer: Message, method: str) -> None:
    if not 200 <= answer.status < 300:
        state = _STATES.get(answer.status, "protocol")
        raise CameraError(state, status=answer.status, method=method)
