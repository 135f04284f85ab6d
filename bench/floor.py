"""The floor: a loop that only receives the same bytes, seals them and writes them. No RTP, no index, no sync.

    python -m bench.floor --port 8554 --streams 32 --into DIR

It reads what the kernel has gathered, a few times a second, since waking for every packet would cost more
than everything else. What is sealed and written is whatever arrived in 0.4 s at the nominal rate: as much as
the recorder's fragments.
"""

from __future__ import annotations

import argparse
import os
import socket
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.clip import BITS_PER_S

BLOCK_BYTES = 1024 * 1024
ROOM_BYTES = 2 * 1024 * 1024
BEAT_S = 0.25
RECORD_BYTES = BITS_PER_S // 8 * 4 // 10


class Line:
    """One camera's connection and file."""

    def __init__(self, port: int, stream: int, into: Path) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        url = f"rtsp://127.0.0.1:{port}/cam/{stream}"
        transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        for number, (method, extra) in enumerate((("SETUP", transport), ("PLAY", "Session: bench\r\n"))):
            self.socket.sendall(f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\n{extra}\r\n".encode())
            if method == "SETUP":
                self.socket.recv(4096)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        self.socket.setblocking(False)
        self.file = os.open(into / f"{stream}.sealed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self.cipher = AESGCM(AESGCM.generate_key(256))
        self.held = bytearray()
        self.sequence = 0

    def take(self, block: memoryview) -> None:
        self.held += block
        if len(self.held) >= RECORD_BYTES:
            sealed = self.cipher.encrypt(self.sequence.to_bytes(12, "big"), bytes(self.held), None)
            os.write(self.file, sealed)
            self.sequence += 1
            self.held.clear()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--streams", type=int, required=True)
    parser.add_argument("--into", type=Path, required=True)
    chosen = parser.parse_args()
    lines = [Line(chosen.port, stream, chosen.into) for stream in range(chosen.streams)]
    block = bytearray(BLOCK_BYTES)
    view = memoryview(block)
    while True:
        time.sleep(BEAT_S)
        for line in lines:
            try:
                got = line.socket.recv_into(block)
            except BlockingIOError:
                continue
            if not got:
                return
            line.take(view[:got])


if __name__ == "__main__":
    main()
