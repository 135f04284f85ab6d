"""Many cameras in one cheap process: a correct RTSP server over TCP that sends one clip, already packetised.

    python -m bench.load_camera --streams 32

Prints `PORT n` when it listens, and `PLAY k t` when it begins stream k for a client with RTP time t. Stream k
is rtsp://127.0.0.1:PORT/cam/k; each starts at its own key frame and its own part of the frame time, as
cameras do. One send per RTP packet, and no faster than a camera's 100 Mbit/s port lets them out (in steps of
a millisecond); RTCP sender reports every 5 s.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import struct
import sys
import time
from collections import deque
from typing import Any

from bench.clip import BITS_PER_S, FPS, GROUP, Clip, load

MTU_BYTES = 1400
TICKS = 90_000 // FPS
OVERRUN_BYTES = 16 * 1024 * 1024
NTP_1970_S = 2_208_988_800
REPORT_EVERY = 5 * FPS
STEP_S = 0.001
STEP_BYTES = 12_500


class Packets:
    """The clip as interleaved RTP, sequence numbers and times left open."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.blobs: list[bytes] = []
        self.heads: list[list[int]] = []
        self.before: list[int] = [0]
        for nals in clip.units:
            blob, heads = _packetise(nals)
            self.blobs.append(blob)
            self.heads.append(heads)
            self.before.append(self.before[-1] + len(heads))

    def numbers(self, index: int) -> tuple[int, int]:
        """First RTP sequence number and the RTP time of picture `index`."""
        turn, at = divmod(index, len(self.blobs))
        return (turn * self.before[-1] + self.before[at]) & 0xFFFF, index * TICKS & 0xFFFFFFFF

    def picture(self, index: int, ssrc: int) -> bytearray:
        """Picture number `index` since the beginning of time, ready to send."""
        at = index % len(self.blobs)
        blob = bytearray(self.blobs[at])
        seq, stamp = self.numbers(index)
        for head in self.heads[at]:  # behind "$", channel, length and two bytes of RTP
            struct.pack_into(">HII", blob, head, seq & 0xFFFF, stamp, ssrc)
            seq += 1
        return blob


def _packetise(nals: list[bytes]) -> tuple[bytes, list[int]]:
    payloads: list[bytes] = []
    for nal in nals:
        if len(nal) <= MTU_BYTES:
            payloads.append(nal)
            continue
        indicator, kind, body = nal[0] & 0xE0 | 28, nal[0] & 31, nal[1:]
        for at in range(0, len(body), MTU_BYTES):
            piece = body[at : at + MTU_BYTES]
            edge = (0x80 if at == 0 else 0) | (0x40 if at + MTU_BYTES >= len(body) else 0)
            payloads.append(bytes((indicator, edge | kind)) + piece)
    blob = bytearray()
    heads = []
    for number, payload in enumerate(payloads):
        marker = 0x80 if number == len(payloads) - 1 else 0
        blob += struct.pack(">cBHBB", b"$", 0, 12 + len(payload), 0x80, marker | 96)
        heads.append(len(blob))
        blob += bytes(10) + payload
    return bytes(blob), heads


class Session(asyncio.Protocol):
    """One client."""

    def __init__(self, packets: Packets, streams: int, began: float) -> None:
        self._packets = packets
        self._streams = streams
        self._began = began
        self._data = b""
        self._stream = 0
        self._index = 0
        self._shift = 0.0
        self._report_due = 0
        self._leaving: deque[tuple[memoryview, list[int]]] = deque()
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.set_write_buffer_limits(high=OVERRUN_BYTES)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        print("OVERRUN", self._stream, file=sys.stderr, flush=True)
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._data += data
        while self._data:
            if self._data[:1] == b"$":
                size = 4 + int.from_bytes(self._data[2:4], "big")
                if len(self._data) < max(size, 4):
                    return
                self._data = self._data[size:]
                continue
            head, mark, rest = self._data.partition(b"\r\n\r\n")
            if not mark:
                return
            self._data = rest
            self._answer(head.decode("latin-1"))

    def _answer(self, request: str) -> None:
        first, *lines = request.split("\r\n")
        method, url, _ = (*first.split(" "), "", "")[:3]
        fields = {
            key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)
        }
        status, extra, body = "200 OK", "", ""
        if method == "OPTIONS":
            extra = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = self._sdp()
            extra = f"Content-Base: {url.rstrip('/')}/\r\nContent-Type: application/sdp\r\n"
        elif method == "SETUP":
            if "TCP" not in fields.get("transport", ""):
                status = "461 Unsupported Transport"
            else:
                self._stream = int(url.split("/cam/")[1].split("/")[0])
                extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: bench;timeout=60\r\n"
        elif method == "PLAY":
            self._choose_first()
            seq, stamp = self._packets.numbers(self._index)
            info = f"url={url.rstrip('/')}/track1;seq={seq};rtptime={stamp}"
            extra = f"Session: bench\r\nRange: npt=0.000-\r\nRTP-Info: {info}\r\n"
        elif method in ("GET_PARAMETER", "TEARDOWN"):
            extra = "Session: bench\r\n"
        else:
            status = "405 Method Not Allowed"
        size = f"Content-Length: {len(body)}\r\n" if body else ""
        answer = f"RTSP/1.0 {status}\r\nCSeq: {fields.get('cseq', '0')}\r\n{extra}{size}\r\n{body}"
        self._transport.write(answer.encode())
        if method == "PLAY" and self._timer is None:
            print("PLAY", self._stream, self._index * TICKS & 0xFFFFFFFF, flush=True)
            self._next()
        elif method == "TEARDOWN":
            self._transport.close()

    def _sdp(self) -> str:
        clip = self._packets.clip
        sets = ",".join(base64.b64encode(nal).decode() for nal in (clip.sps, clip.pps))
        fmtp = f"packetization-mode=1;profile-level-id={clip.sps[1:4].hex()};sprop-parameter-sets={sets}"
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=bench", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*"]
        lines += ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", f"a=fmtp:96 {fmtp}"]
        lines += [f"a=framerate:{FPS}", "a=control:track1"]
        return "\r\n".join(lines) + "\r\n"

    def _choose_first(self) -> None:
        now = (time.monotonic() - self._began) * FPS
        shift = self._stream * 7  # key frames of the cameras fall at different times
        self._index = (int(now + shift) // GROUP + 1) * GROUP
        self._shift = shift + self._stream / max(self._streams, 1)

    def _next(self) -> None:
        loop = asyncio.get_running_loop()
        due = self._began + (self._index - self._shift) / FPS
        self._timer = loop.call_at(due - time.monotonic() + loop.time(), self._send)

    def _send(self) -> None:
        ssrc = 0x4B550000 + self._stream
        blob = self._packets.picture(self._index, ssrc)
        heads = self._packets.heads[self._index % len(self._packets.heads)]
        self._leaving.append((memoryview(blob), [*(head - 6 for head in heads), len(blob)]))
        if len(self._leaving) == 1:
            self._trickle(0)
        if self._sent % REPORT_EVERY == 0:
            self._report_due = ssrc
        self._sent += 1
        self._index += 1
        self._next()

    def _trickle(self, at: int) -> None:
        """Packet by packet what a millisecond holds, the rest and the next picture later."""
        if self._transport.is_closing():
            return
        blob, bounds = self._leaving[0]
        limit = bounds[at] + STEP_BYTES
        while at + 1 < len(bounds) and bounds[at] < limit:
            self._transport.write(blob[bounds[at] : bounds[at + 1]])
            at += 1
        if at + 1 == len(bounds):
            self._leaving.popleft()
            at = 0
            if self._report_due:
                self._transport.write(self._report(self._report_due))
                self._report_due = 0
        if self._leaving:
            asyncio.get_running_loop().call_later(STEP_S, self._trickle, at)

    def _report(self, ssrc: int) -> bytes:
        wall = time.time() + NTP_1970_S
        ntp = int(wall) << 32 | int((wall % 1) * 2**32)
        stamp = self._index * TICKS & 0xFFFFFFFF
        return struct.pack(">cBHBBHIQIII", b"$", 1, 28, 0x80, 200, 6, ssrc, ntp, stamp, self._sent, 0)


async def serve(streams: int, port: int, bits_per_s: int) -> None:
    packets = Packets(load(bits_per_s))
    began = time.monotonic()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Session(packets, streams, began), "127.0.0.1", port, backlog=512
    )
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=8)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bits-per-s", type=int, default=BITS_PER_S)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.streams, chosen.port, chosen.bits_per_s))


if __name__ == "__main__":
    main()
