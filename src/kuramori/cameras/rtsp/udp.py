"""RTP over UDP, for cameras that offer nothing else: put back in order, losses counted, one sender believed.

Packets are laid into one buffer as if they had come interleaved, so that they take the same way from there.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.pace import BeatLoop, Heard
from kuramori.clock import NS_PER_S
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.wire import Media, Wire

BUFFER_BYTES = 512 * 1024
_DATAGRAM_BYTES = 65_536
_WANTED_ROOM_BYTES = 2 * 1024 * 1024
HELD_PACKETS = 256  # so many wait for one that is missing …
HELD_NS = 3 * NS_PER_S // 10  # … and for so long
_LATE = 3000  # a number so far behind at most is an old packet; farther, the camera counts anew
_RECEIVER_REPORT = struct.pack(">BBHI", 0x80, 201, 1, 0x6B757261)


class Order:
    """Hands packets on by their sequence number. Holds what came early, drops what came twice or too late."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._held: dict[int, bytes] = {}
        self._since_ns = 0

    def take(self, buffer: bytearray, view: memoryview, start: int, end: int, now_ns: int) -> int:
        """Packets lie from `start` to `end`, each behind four bytes as in TCP; takes one or more of them.

        Returns where the next one begins.
        """
        stop = start + 4 + (buffer[start + 2] << 8 | buffer[start + 3])
        rtp = self._media.rtp
        if stop - start < 17 or buffer[start + 5] & 0x7F != rtp.kind:
            return stop
        number, expected = buffer[start + 6] << 8 | buffer[start + 7], rtp.expected
        ahead = number - expected & 0xFFFF if expected >= 0 else 0
        if ahead == 0 or _LATE <= 0x10000 - ahead < 0x8000:
            rtp.packet(buffer, view, start + 4, stop)
            stop = rtp.fragments(buffer, view, stop, end, 0)
            if self._held:
                self._release()
                self._since_ns = now_ns  # the next missing one is waited for afresh
        elif ahead < 0x8000:
            if not self._held:
                self._since_ns = now_ns
            self._held[number] = bytes(view[start + 4 : stop])
            if len(self._held) > HELD_PACKETS:
                self.give_up()
        return stop

    def overdue(self, now_ns: int) -> None:
        """Who waits too long for a missing packet goes on without it."""
        if self._held and now_ns - self._since_ns >= HELD_NS:
            self.give_up()
            self._since_ns = now_ns

    def give_up(self) -> None:
        """The missing packets are lost; go on with the first that is here."""
        expected = self._media.rtp.expected
        if self._held:
            self._feed(min(self._held, key=lambda number: number - expected & 0xFFFF))
            self._release()

    def _release(self) -> None:
        while (number := self._media.rtp.expected) in self._held:
            self._feed(number)
        expected = self._media.rtp.expected
        for number in [one for one in self._held if one - expected & 0xFFFF >= 0x8000]:
            del self._held[number]

    def _feed(self, number: int) -> None:
        packet = bytearray(self._held.pop(number))
        self._media.rtp.packet(packet, memoryview(packet), 0, len(packet))


class UdpPorts:
    """A pair of ports, for RTP and RTCP. Life: made, `begin` once, `close`."""

    def __init__(self, host: str) -> None:
        """Bind two neighbouring ports; `host` is the camera's address, for its family."""
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._host = host
        self._rtp, self._rtcp = self._pair()
        self.port = self._rtp.getsockname()[1]
        self._buffer = bytearray(BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._at = 0
        self._loop = asyncio.get_running_loop()
        self._wire: Wire | None = None
        self._order: Order | None = None

    def begin(self, wire: Wire, media: Media, ports: tuple[int, int] | None) -> None:
        """Take packets for `media`; with `ports` (the camera's) from these only, else from its address."""
        self._wire, self._order = wire, Order(media)
        if ports is not None:
            try:
                self._rtp.connect((self._host, ports[0]))
                self._rtcp.connect((self._host, ports[1]))
            except OSError as error:
                raise CameraError("unreachable", why="network", errno=error.errno) from None
            self.report()
        self._loop.add_reader(self._rtp.fileno(), self._read)
        self._loop.add_reader(self._rtcp.fileno(), self._read_control)

    def report(self) -> None:
        """An empty receiver report (RFC 3550, 6.4.2): opens the way, and says that we are still here."""
        for line in (self._rtp, self._rtcp):
            try:
                line.send(_RECEIVER_REPORT if line is self._rtcp else b"\x80\x00\x00\x00" + bytes(8))
            except OSError:
                pass  # not connected yet, or the camera's port is not open: media will tell

    def listen(self, way: Heard) -> None:
        """Nothing waits for us on UDP: never more than a short beat may gather in the kernel."""
        if isinstance(self._loop, BeatLoop):
            self._loop.listen(self._rtp.fileno(), Heard.SHORT_BEAT if way is Heard.BEAT else way)

    def tick(self, now_ns: int) -> None:
        """Once a second: nobody waits for ever."""
        if self._order is not None:
            self._order.overdue(now_ns)

    def close(self) -> None:
        for line in (self._rtp, self._rtcp):
            if line.fileno() >= 0:
                self._loop.remove_reader(line.fileno())
                line.close()
        self._order = None

    def _read(self) -> None:
        wire, order = self._wire, self._order
        if wire is None or order is None or wire.media is None:
            return
        now_ns = wire.heard()
        assembler = wire.media.assembler
        while True:
            if assembler.empty:
                self._at = 0
            elif BUFFER_BYTES - self._at < _DATAGRAM_BYTES + 4:
                assembler.settle()
                self._at = 0
            end = self._gather()
            if end == self._at:
                break
            while self._at < end:
                self._at = order.take(self._buffer, self._view, self._at, end, now_ns)
        order.overdue(now_ns)

    def _gather(self) -> int:
        """Datagrams into the buffer until none is left or it is full; where they end."""
        end, view = self._at, self._view
        while BUFFER_BYTES - end >= _DATAGRAM_BYTES + 4:
            size = self._receive(self._rtp, view[end + 4 :])
            if size < 0:
                break
            self._buffer[end : end + 4] = b"$\0" + size.to_bytes(2, "big")
            end += 4 + size
        return end

    def _receive(self, line: socket.socket, room: memoryview) -> int:
        """The size of one datagram of the camera's; -1 when there is none."""
        while True:
            try:
                size, sender = line.recvfrom_into(room)
            except BlockingIOError:
                return -1
            except OSError:
                continue  # an ICMP answer to something we sent
            if sender[0] == self._host:
                return size

    def _read_control(self) -> None:
        room = memoryview(bytearray(2048))
        for _ in range(16):
            size = self._receive(self._rtcp, room)
            if size < 0:
                return
            if self._wire is not None and self._wire.media is not None:
                self._wire.heard()
                self._wire.media.control(bytes(room[:size]))

    def _pair(self) -> tuple[socket.socket, socket.socket]:
        for _ in range(50):
            first, second = (socket.socket(self._family, socket.SOCK_DGRAM) for _ in range(2))
            try:
                first.bind(("", 0))
                port = first.getsockname()[1]
                if port % 2 == 0:
                    second.bind(("", port + 1))
                    for line in (first, second):
                        line.setblocking(False)
                    first.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WANTED_ROOM_BYTES)
                    return first, second
            except OSError:
                pass  # the neighbour is taken: another pair
            first.close()
            second.close()
        raise CameraError("protocol", why="no-ports")
