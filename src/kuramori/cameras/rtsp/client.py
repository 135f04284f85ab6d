"""One connection to one camera, from the first OPTIONS to TEARDOWN."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.address import Address, join_control, parse_address, without_user
from kuramori.cameras.rtsp.exchange import Exchange
from kuramori.cameras.rtsp.h264 import Assembler
from kuramori.cameras.rtsp.message import Message, channels_of, session_of
from kuramori.cameras.rtsp.rtp import RtpReceiver
from kuramori.cameras.rtsp.sdp import choose_video, parameter_sets, parse_sdp
from kuramori.cameras.rtsp.track import Track
from kuramori.cameras.rtsp.watchdog import PATIENCE_S, Watchdog
from kuramori.cameras.rtsp.wire import Media, Wire
from kuramori.clock import NS_PER_S
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.stream import Credentials, StreamSink
    from kuramori.clock import Clock

_REDIRECTS = 3
_CHECK_EVERY_S = 1.0
_STATES = {401: "refused", 403: "refused", 404: "not-found", 410: "not-found", 454: "closed-by-camera"}


class RtspClient:
    """One connection: `run` plays until it ends and then calls `sink.closed` once; it does not retry.

    `key_frame_patience_s` is how long to wait for the first key frame; raise it for cameras whose groups
    of pictures are longer.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        sink: StreamSink,
        clock: Clock,
        *,
        answer_patience_s: float = PATIENCE_S,
        stall_patience_s: float = PATIENCE_S,
        key_frame_patience_s: float = PATIENCE_S,
    ) -> None:
        self._url = url
        self._credentials = credentials
        self._sink = sink
        self._clock = clock
        self._answer_patience_s = answer_patience_s
        self._watchdog = Watchdog(
            clock.boot_ns(), stall_patience_s=stall_patience_s, key_frame_patience_s=key_frame_patience_s
        )
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Play until the camera, an error or `stop` ends it. Never raises CameraError: the sink gets it."""
        self._task = asyncio.current_task()
        error: CameraError | None = None
        try:
            if not self._stopping:
                await self._play()
        except CameraError as failure:
            error = failure
        except asyncio.CancelledError:
            if not self._stopping or self._task is None or self._task.uncancel() > 0:
                raise
        finally:
            self._task = None
            self._ended.set()
            self._sink.closed(error)

    async def stop(self) -> None:
        """End politely: TEARDOWN is sent, `run` returns."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await self._ended.wait()

    async def _play(self) -> None:
        address = parse_address(self._url)
        if self._credentials is not None:
            address = replace(address, credentials=self._credentials)
        for _ in range(_REDIRECTS + 1):
            moved = await self._visit(address)
            if moved is None:
                return
            # what was told to one machine is not told to another
            keep = address.credentials if moved.host == address.host else moved.credentials
            address = replace(moved, credentials=keep)
        raise CameraError("protocol", why="redirects")

    async def _visit(self, address: Address) -> Address | None:
        """One TCP connection. The address that the camera sends us to instead, if it does."""
        wire = await self._connect(address)
        exchange = Exchange(wire, address.credentials, self._answer_patience_s)
        talk = _Conversation(exchange, wire, address.url, self._sink, self._watchdog)
        try:
            moved = await talk.begin()
            if moved is not None:
                return moved
            self._watchdog.begin(self._clock.boot_ns())
            await self._stay(wire, talk)
        finally:
            talk.leave()
            wire.close()
            if wire.defect is not None:
                raise wire.defect
        return None

    async def _connect(self, address: Address) -> Wire:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._answer_patience_s):
                _, wire = await loop.create_connection(
                    lambda: Wire(self._clock, self._watchdog), address.host, address.port
                )
                return wire
        except TimeoutError:
            raise CameraError("unreachable", why="timeout") from None
        except socket.gaierror:
            raise CameraError("unreachable", why="name") from None
        except ConnectionRefusedError:
            raise CameraError("unreachable", why="connection-refused") from None
        except OSError as error:
            raise CameraError("unreachable", why="network", errno=error.errno) from None

    async def _stay(self, wire: Wire, talk: _Conversation) -> None:
        """Playing: watch, and keep the session alive, until the connection ends."""
        alive_ns = self._clock.boot_ns()
        while True:
            await asyncio.wait({wire.over}, timeout=_CHECK_EVERY_S)
            if wire.over.done():
                raise wire.over.result()
            now_ns = self._clock.boot_ns()
            error = self._watchdog.check(now_ns)
            if error is not None:
                raise error
            if now_ns - alive_ns >= talk.timeout_s / 2 * NS_PER_S:
                alive_ns = now_ns
                talk.keep_alive()
            talk.hear_answers()


class _Conversation:
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
        track = Track(self._sink, self._watchdog, *parameter_sets(video))
        assembler = Assembler(track)
        await self._set_up(join_control(base, video.control), track, assembler, video.payload)
        self._url = join_control(base, described.control)
        played = await self._exchange.ask("PLAY", self._url, {"Range": "npt=0.000-"})
        _require_ok(played, "PLAY")
        if played.get("session"):
            self.timeout_s = min(self.timeout_s, session_of(played)[1])
        return None

    async def _set_up(self, url: str, track: Track, assembler: Assembler, payload: int) -> None:
        asked = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        answer = await self._exchange.ask("SETUP", url, asked)
        if answer.status == 461:
            raise CameraError("protocol", why="transport")
        _require_ok(answer, "SETUP")
        self._exchange.session, self.timeout_s = session_of(answer)
        receiver = RtpReceiver(payload, assembler, self._sink.lost)
        # before PLAY is sent: cameras send packets ahead of their answer
        self._wire.media = Media(channels_of(answer), receiver, assembler, track, self._sink)

    def keep_alive(self) -> None:
        self._exchange.send(self._keep_alive, self._url)

    def hear_answers(self) -> None:
        """Nobody waits for answers while playing; a camera that refuses our keep-alive gets the other."""
        if any(answer.status in (400, 405, 451, 501) for answer in self._exchange.unasked()):
            self._keep_alive = "OPTIONS"

    def leave(self) -> None:
        if self._exchange.session:
            self._exchange.send("TEARDOWN", self._url)


def _require_ok(answer: Message, method: str) -> None:
    if not 200 <= answer.status < 300:
        state = _STATES.get(answer.status, "protocol")
        raise CameraError(state, status=answer.status, method=method)
