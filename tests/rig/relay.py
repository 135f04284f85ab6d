"""A relay between recorder and camera that spoils what passes: delays, doubles, reorders, forges, is silent.

    python -m tests.rig.relay --to 8554 --to 8555 …

Prints `PORTS p q …`: line n listens at the nth port and passes on to the nth --to. Then it obeys words on
stdin, one a line, `n word`, each answered by `OK`:

    pass       nothing is spoilt (from now on)
    freeze     the connection stands and nothing passes, nor does anybody hear that it is over (half open)
    blind      RTCP and answers pass, pictures do not
    garbage    two megabytes of noise, then no pictures any more
    short      the connection ends in the middle of a packet
    lie        one packet says that it is longer than it is
    describe   descriptions name no video; the connection ends
    delay      each packet comes up to 20 ms late, in order
    shuffle    datagrams (UDP) come up to 0.15 s late, out of order, one in five twice

A camera that offers UDP only is played through the relay too: it puts ports of its own into SETUP and the
answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import sys
from contextlib import suppress

DELAY_S = 0.02
SHUFFLE_S = 0.15
TWICE = 0.2
NOISE_BYTES = 2 * 1024 * 1024
CHUNK_BYTES = 65536
WRONG = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=\xff\xfe\r\nt=x\r\nm=\r\nm=application 0 RTP/AVP 107\r\na=\r\n"


class Line:
    """One listening port: what is done to it now, and its connections."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.mode = "pass"
        self.port = 0
        self.once = ""
        self.thawed = asyncio.Event()
        self._near: set[asyncio.StreamWriter] = set()
        self._ways: list[asyncio.DatagramTransport] = []

    def order(self, word: str) -> None:
        """Take up another way of spoiling."""
        if word in ("lie", "short", "garbage"):
            self.once = word
        self.mode = {"lie": "pass", "short": "pass"}.get(word, word)
        if word == "freeze":
            self.thawed.clear()
        else:
            self.thawed.set()
        if word == "describe":
            self.hang_up()

    def hang_up(self) -> None:
        for writer in list(self._near):
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until either side hangs up."""
        self._near.add(writer)
        far = None
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.to)
            there = asyncio.create_task(self._requests(reader, far))
            back = asyncio.create_task(self._answers(far_reader, writer))
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            if self.mode == "freeze":
                await self.thawed.wait()
            there.cancel()
            back.cancel()
        except OSError:
            pass
        finally:
            self._near.discard(writer)
            writer.close()
            if far is not None:
                far.close()

    async def _requests(self, reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK_BYTES):
                if self.mode != "freeze":
                    far.write(await self._own_ports(data, far))

    async def _answers(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            held, on_the_way = b"", asyncio.Queue[tuple[float, bytes]]()
            late = asyncio.create_task(self._late(on_the_way, near))
            try:
                while data := await reader.read(CHUNK_BYTES):
                    held += data
                    while (size := unit_size(held)) and len(held) >= size:
                        unit, held = held[:size], held[size:]
                        if self.mode == "delay" or not on_the_way.empty():
                            due_s = asyncio.get_running_loop().time() + random.uniform(0, DELAY_S)
                            on_the_way.put_nowait((due_s, unit))
                        else:
                            await self._pass(unit, near)
            finally:
                late.cancel()

    async def _late(self, on_the_way: asyncio.Queue[tuple[float, bytes]], near: asyncio.StreamWriter) -> None:
        """Each unit when it is due and those before it have passed: the line is long, not narrow."""
        with suppress(ConnectionError):
            while True:
                due_s, unit = await on_the_way.get()
                await asyncio.sleep(due_s - asyncio.get_running_loop().time())
                await self._pass(unit, near)

    async def _pass(self, unit: bytes, near: asyncio.StreamWriter) -> None:
        media = unit[:1] == b"$" and unit[1] % 2 == 0
        if self.mode == "freeze" or (media and self.mode in ("blind", "garbage") and not self.once):
            return
        if media and self.once:
            unit = self._spoilt_once(unit, near)
        if self.mode == "describe" and b"application/sdp" in unit:
            head = re.sub(
                rb"(?i)(content-length:) *\d+", rb"\1 %d" % len(WRONG), unit.partition(b"\r\n\r\n")[0]
            )
            unit = head + b"\r\n\r\n" + WRONG
        near.write(self._their_ports(unit))
        await near.drain()

    def _spoilt_once(self, unit: bytes, near: asyncio.StreamWriter) -> bytes:
        once, self.once = self.once, ""
        if once == "garbage":
            return os.urandom(NOISE_BYTES)
        if once == "lie":
            return unit[:2] + (len(unit) + 700).to_bytes(2, "big") + unit[4:]
        near.write(unit[: len(unit) // 2])
        near.close()
        return b""

    async def _own_ports(self, data: bytes, far: asyncio.StreamWriter) -> bytes:
        """In SETUP: datagrams are to come to us."""
        found = re.search(rb"client_port=(\d+)-(\d+)", data)
        if found is None:
            return data
        loop = asyncio.get_running_loop()
        far_side, near_side = udp_pair(), udp_pair()
        for number in (0, 1):
            way = Way(self, int(found[1 + number]))
            near, _ = await loop.create_datagram_endpoint(lambda w=way: Near(w), sock=near_side[number])
            far_end, _ = await loop.create_datagram_endpoint(lambda w=way: Far(w), sock=far_side[number])
            way.near, way.far = near, far_end
            self._ways += [near, far_end]
        asked = far_side[0].getsockname()[1]
        self._told = (found[0], b"server_port=%d-%d" % tuple(one.getsockname()[1] for one in near_side))
        return data.replace(found[0], b"client_port=%d-%d" % (asked, asked + 1))

    def _their_ports(self, unit: bytes) -> bytes:
        """In SETUP's answer: the datagrams come from us."""
        if b"server_port=" not in unit or not hasattr(self, "_told"):
            return unit
        unit = re.sub(rb"client_port=\d+-\d+", self._told[0], unit)
        return re.sub(rb"server_port=\d+-\d+", self._told[1], unit)


class Way:
    """One kind of datagram of one client, both directions."""

    def __init__(self, line: Line, client_port: int) -> None:
        self.line, self.client = line, ("127.0.0.1", client_port)
        self.camera: tuple[str, int] | None = None
        self.near: asyncio.DatagramTransport
        self.far: asyncio.DatagramTransport

    def to_client(self, data: bytes) -> None:
        mode, loop = self.line.mode, asyncio.get_running_loop()
        if mode in ("freeze", "blind"):
            return
        if mode != "shuffle":
            self.near.sendto(data, self.client)
            return
        for _ in range(1 + (random.random() < TWICE)):
            loop.call_later(random.uniform(0, SHUFFLE_S), self._late, data)

    def _late(self, data: bytes) -> None:
        if not self.near.is_closing():
            self.near.sendto(data, self.client)


class Far(asyncio.DatagramProtocol):
    """Where the camera sends to."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._way.camera = addr
        self._way.to_client(data)


class Near(asyncio.DatagramProtocol):
    """Where the client sends to."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._way.camera is not None:
            self._way.far.sendto(data, self._way.camera)


def udp_pair() -> tuple[socket.socket, socket.socket]:
    """Two neighbouring ports, the first one even."""
    while True:
        first, second = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
        try:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port % 2 == 0:
                second.bind(("127.0.0.1", port + 1))
                return first, second
        except OSError:
            pass
        first.close()
        second.close()


def unit_size(data: bytes) -> int:
    """How long the packet or answer at the beginning of `data` is; 0 while that cannot be said."""
    if data[:1] == b"$":
        return 4 + int.from_bytes(data[2:4], "big") if len(data) >= 4 else 0
    head, mark, _ = data.partition(b"\r\n\r\n")
    if not mark:
        return 0
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return len(head) + 4 + (int(length[1]) if length else 0)


async def main(targets: list[int]) -> None:
    lines = [Line(to) for to in targets]
    for line in lines:
        server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
    print("PORTS", *(line.port for line in lines), flush=True)
    while order := await asyncio.to_thread(sys.stdin.readline):
        number, word = order.split()
        lines[int(number)].order(word)
        print("OK", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=int, action="append", required=True)
    asyncio.run(main(parser.parse_args().to))
