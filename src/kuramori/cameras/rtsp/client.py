"""One connection to one camera, from the first OPTIONS to TEARDOWN."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import certificate
from kuramori.cameras.rtsp.address import Address, is_loopback, parse_address
from kuramori.cameras.rtsp.conversation import Conversation
from kuramori.cameras.rtsp.exchange import Exchange
from kuramori.cameras.rtsp.pace import Heard
from kuramori.cameras.rtsp.watchdog import PATIENCE_S, STALL_S, Watchdog
from kuramori.cameras.rtsp.wire import Wire
from kuramori.clock import NS_PER_S
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.stream import Credentials, StreamSink
    from kuramori.clock import Clock

_REDIRECTS = 3
_CHECK_EVERY_S = 1.0


class RtspClient:
    """One connection: `run` plays until it ends and then calls `sink.closed` once; it does not retry.

    `key_frame_patience_s` is how long to wait for the first key frame; raise it for cameras whose groups
    of pictures are longer. `pinned` is the certificate of an RTSPS camera (SHA-256, 64 hex digits); None
    takes any and keeps it in `certificate_seen`, for enrolment only.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        sink: StreamSink,
        clock: Clock,
        *,
        pinned: str | None = "",
        answer_patience_s: float = PATIENCE_S,
        stall_patience_s: float = STALL_S,
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
        self._pinned = pinned
        self.certificate_seen = ""
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._stopping = False
        self._wire: Wire | None = None

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

    def listen(self, way: Heard) -> None:
        """How soon pictures are read from now on; each connection begins with being heard at once."""
        if self._wire is not None:
            self._wire.listen(way)

    async def _play(self) -> None:
        address = parse_address(self._url)
        if self._credentials is not None:
            address = replace(address, credentials=self._credentials)
        for _ in range(_REDIRECTS + 1):
            moved = await self._visit(address)
            if moved is None:
                return
            if is_loopback(address.host) and not is_loopback(moved.host):
                # a demonstration admits only this machine's cameras: none of them may send us elsewhere
                raise CameraError("protocol", why="redirect")
            if address.secure and not moved.secure:
                raise CameraError("protocol", why="redirect")  # nobody leads us out of a secret connection
            # what was told to one machine is not told to another
            keep = address.credentials if moved.host == address.host else moved.credentials
            address = replace(moved, credentials=keep)
        raise CameraError("protocol", why="redirects")

    async def _visit(self, address: Address) -> Address | None:
        """One TCP connection. The address that the camera sends us to instead, if it does."""
        wire = await self._connect(address)
        try:
            self._check_certificate(wire)
        except CameraError:
            wire.close()
            raise
        exchange = Exchange(wire, address.credentials, self._answer_patience_s)
        talk = Conversation(exchange, wire, address.url, self._sink, self._watchdog)
        try:
            moved = await talk.begin()
            if moved is not None:
                return moved
            self._watchdog.begin(self._clock.boot_ns())
            self._wire = wire
            await self._stay(wire, talk)
        finally:
            self._wire = None
            wire.listen(Heard.AT_ONCE)
            talk.leave()
            wire.close()
            if wire.defect is not None:
                raise wire.defect
        return None

    def _check_certificate(self, wire: Wire) -> None:
        """Before anything is said: the other side of a secret connection is the camera that was enrolled."""
        if wire.secure:
            self.certificate_seen = certificate.fingerprint(wire.transport)
            if self._pinned is not None:
                certificate.require(self.certificate_seen, self._pinned)

    async def _connect(self, address: Address) -> Wire:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._answer_patience_s):
                _, wire = await loop.create_connection(
                    lambda: Wire(self._clock, self._watchdog),
                    address.host,
                    address.port,
                    ssl=certificate.context() if address.secure else None,
                )
                return wire
        except TimeoutError:
            raise CameraError("unreachable", why="timeout") from None
        except ssl.SSLError:
            raise CameraError("protocol", why="tls") from None
        except socket.gaierror:
            raise CameraError("unreachable", why="name") from None
        except ConnectionRefusedError:
            raise CameraError("unreachable", why="connection-refused") from None
        except OSError as error:
            raise CameraError("unreachable", why="network", errno=error.errno) from None

    async def _stay(self, wire: Wire, talk: Conversation) -> None:
        """Playing: watch, and keep the session alive, until the connection ends."""
        loop = asyncio.get_running_loop()
        alive_ns = self._clock.boot_ns()
        timer: asyncio.TimerHandle | None = None

        def check() -> None:
            nonlocal alive_ns, timer
            timer = loop.call_later(_CHECK_EVERY_S, check)
            now_ns = self._clock.boot_ns()
            error = self._watchdog.check(now_ns)
            if error is not None:
                wire.give_up(error)
                return
            talk.hear_answers()
            if wire.udp is not None:
                wire.udp.tick(now_ns)
            if now_ns - alive_ns >= talk.timeout_s / 2 * NS_PER_S:
                alive_ns = now_ns
                talk.keep_alive()

        timer = loop.call_later(_CHECK_EVERY_S, check)
        try:
            raise await wire.over
        finally:
            if timer is not None:
                timer.cancel()
