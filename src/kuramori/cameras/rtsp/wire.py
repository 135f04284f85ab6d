"""The socket of one camera: read in large blocks, cut in place into answers and interleaved packets.

A camera's packets are small and many; what costs is reading, waking and allocating for each. So the kernel
fills our own buffer with whatever has arrived, and packets are taken from it where they lie.
"""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.message import Message, cut_message
from kuramori.cameras.rtsp.pace import BeatLoop, Heard
from kuramori.cameras.rtsp.rtcp import sender_reports
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.gathering import Gathering
    from kuramori.cameras.rtsp.rtp import RtpReceiver
    from kuramori.cameras.rtsp.stream import StreamSink
    from kuramori.cameras.rtsp.track import Track
    from kuramori.cameras.rtsp.udp import UdpPorts
    from kuramori.cameras.rtsp.watchdog import Watchdog
    from kuramori.clock import Clock

BUFFER_BYTES = 256 * 1024  # a beat of the loop; a burst is read in several goes
_ROOM_BYTES = 64 * 1024
_GOODBYE_S = 1.0
_GARBAGE_LIMIT_BYTES = 1024 * 1024
_BLANK = re.compile(rb"[\r\n]+")
_MESSAGE = re.compile(rb"RTSP/\d|[A-Z_]{4,20} [^\s]{1,1000} RTSP/\d")
_MAYBE_MESSAGE = re.compile(rb"[A-Z_]{1,20}( [^\s]{0,1000}( (R(T(S(P/?)?)?)?)?)?)?\Z|RTSP/\Z")


def _largest_room_bytes() -> int:
    """What a program without privileges may ask of the kernel for one socket."""
    try:
        return int(Path("/proc/sys/net/core/rmem_max").read_text())
    except (OSError, ValueError):
        return 0


_WANTED_ROOM_BYTES = 2 * 1024 * 1024
_LARGEST_ROOM_BYTES = _largest_room_bytes()


class Media:
    """What the packets of the played track go through; put in place when SETUP has been answered."""

    def __init__(
        self,
        channels: tuple[int, int],
        rtp: RtpReceiver,
        assembler: Gathering,
        track: Track,
        sink: StreamSink,
    ) -> None:
        self.channel, self.control_channel = channels
        self.rtp, self.assembler, self.track = rtp, assembler, track
        self._sink = sink

    def control(self, packet: bytes) -> None:
        for wall_ns, stamp in sender_reports(packet):
            if self.rtp.started:
                self._sink.sender_report(wall_ns, self.rtp.unwrap(stamp))


class Wire(asyncio.BufferedProtocol):
    """Reads. `answers` gets each RTSP message; `over` is set with the reason when nothing more will come."""

    def __init__(self, clock: Clock, watchdog: Watchdog) -> None:
        self.media: Media | None = None
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.over: asyncio.Future[CameraError] = asyncio.get_running_loop().create_future()
        self.defect: BaseException | None = None
        self._clock = clock
        self._watchdog = watchdog
        self._buffer = bytearray(BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        self._garbage = 0
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._room_bytes = self._most_bytes = self._since_bytes = 0
        self.udp: UdpPorts | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if _LARGEST_ROOM_BYTES >= _WANTED_ROOM_BYTES:  # else the kernel's own choice may grow larger
            line = transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WANTED_ROOM_BYTES)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        self._end += nbytes
        self._since_bytes += nbytes
        if self._end == BUFFER_BYTES and isinstance(self._loop, BeatLoop):
            self._loop.look_again()
        self.heard()
        try:
            self._cut()
            self._make_room()
        except CameraError as error:
            self.end(error)

    def heard(self) -> int:
        """Something came. Boot time, ns."""
        now_ns = self._watchdog.heard_ns = self._clock.boot_ns()
        if self.media is not None:
            self.media.track.arrival_ns = self._clock.wall_ns()
        return now_ns

    @property
    def secure(self) -> bool:
        """Whether the connection is RTSPS."""
        return self.transport.get_extra_info("ssl_object") is not None

    @property
    def transport(self) -> asyncio.Transport:
        """Of a connection that stands."""
        assert self._transport is not None
        return self._transport

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and not isinstance(exc, OSError):
            self.defect = exc
        self._finish(CameraError("closed-by-camera"))
        self._buffer = bytearray()  # a connection is found to be garbage only much later
        self._view = memoryview(self._buffer)
        self._start = self._end = 0

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def listen(self, way: Heard) -> None:
        """How soon what comes is read, where the loop has a beat; at once until this is called.

        Asked for the beat again and again, it gives the short one while the kernel's buffer could not hold
        twice what came at the busiest (half of it is bookkeeping): a camera must never wait for us to read.
        """
        if self._transport is None or not isinstance(self._loop, BeatLoop):
            return
        if self.udp is not None:
            self.udp.listen(way)
        line = self._transport.get_extra_info("socket")
        if way is Heard.BEAT and self._transport.get_extra_info("ssl_object") is not None:
            way = Heard.SHORT_BEAT  # TLS takes at most 256 KiB at a waking
        self._most_bytes = max(self._since_bytes, self._most_bytes - self._most_bytes // 64)
        self._since_bytes = 0
        if way is Heard.BEAT and self._room_bytes < 4 * self._most_bytes:
            self._room_bytes = line.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            if self._room_bytes < 4 * self._most_bytes:
                way = Heard.SHORT_BEAT
        self._loop.listen(line.fileno(), way)

    def close(self) -> None:
        """Stop reading; what was written is still sent, for a second at most."""
        self._finish(CameraError("closed-by-camera"))
        if self._transport is not None:
            self._transport.close()
            asyncio.get_running_loop().call_later(_GOODBYE_S, self._transport.abort)

    def give_up(self, error: CameraError) -> None:
        """Take nothing more, for this reason; goodbye can still be said."""
        self._finish(error)

    def end(self, error: CameraError) -> None:
        """Stop reading at once; `error` is the reason unless there was one before."""
        self._finish(error)
        if self._transport is not None:
            self._transport.abort()

    def _finish(self, error: CameraError) -> None:
        self.media = None
        if self.udp is not None:
            self.udp.close()
            self.udp = None
        if not self.over.done():
            self.over.set_result(error)

    def _cut(self) -> None:
        buffer, view, at, end = self._buffer, self._view, self._start, self._end
        while end - at >= 4:
            if buffer[at] != 0x24:  # "$" begins an interleaved packet
                after = self._text(at, end)
                if after == at:
                    break
                at = after
                continue
            stop = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
            if stop > end:
                break
            media = self.media
            if media is not None:
                channel = buffer[at + 1]
                if channel == media.channel:
                    media.rtp.packet(buffer, view, at + 4, stop)
                    stop = media.rtp.fragments(buffer, view, stop, end, channel)
                elif channel == media.control_channel:
                    media.control(bytes(view[at + 4 : stop]))
            at = stop
        self._start = at

    def _text(self, at: int, end: int) -> int:
        """No packet begins at `at`, but a message or something to be passed over. Where it ends."""
        buffer = self._buffer
        blank = _BLANK.match(buffer, at, end)
        if blank is not None:
            return self._count_garbage(at, blank.end())
        if _MESSAGE.match(buffer, at, end):
            cut = cut_message(buffer, at, end)
            if cut is None:
                return at
            self.answers.put_nowait(cut[0])
            if self.answers.qsize() > 64:
                raise CameraError("protocol", why="flood")
            return cut[1]
        if _MAYBE_MESSAGE.match(buffer, at, end):
            return at
        return self._pass_over(at, end)

    def _pass_over(self, at: int, end: int) -> int:
        """Garbage, or the rest of a packet whose length was wrong: go on at what looks like a beginning."""
        found = re.compile(rb"\$[%b]..[\x80-\xbf]|RTSP/\d" % self._channels(), re.DOTALL).search(
            self._buffer, at + 1, end
        )
        after = found.start() if found else max(at + 1, end - 5)
        return self._count_garbage(at, after)

    def _count_garbage(self, at: int, after: int) -> int:
        self._garbage += after - at
        if self._garbage > _GARBAGE_LIMIT_BYTES:
            raise CameraError("protocol", why="garbage")
        return after

    def _channels(self) -> bytes:
        media = self.media
        pair = (media.channel, media.control_channel) if media else (0, 1)
        return re.escape(bytes(pair))

    def _make_room(self) -> None:
        media = self.media
        if self._start == self._end and (media is None or media.assembler.empty):
            self._start = self._end = 0
        elif BUFFER_BYTES - self._end < _ROOM_BYTES:
            if media is not None:
                media.assembler.settle()
            left = self._end - self._start
            self._buffer[:left] = self._buffer[self._start : self._end]
            self._start, self._end = 0, left
            if left > BUFFER_BYTES - 1024:
                raise CameraError("protocol", why="message-too-long")
