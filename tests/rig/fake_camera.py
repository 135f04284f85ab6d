"""A camera that answers from a transcript: each request gets the recorded answer, only CSeq is put right."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tests.rig import packets

OPTIONS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n"
)
SETUP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 1a2b\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
)
PLAY = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 1a2b\r\n\r\n"
TRANSCRIPTS = Path(__file__).resolve().parents[2] / "../shared/camera-transcripts"
OWN_TRANSCRIPTS = Path(__file__).resolve().parents[1] / "rtsp/transcripts"


class FakeCamera:
    """Serves one transcript on loopback. `answers`: method to answer, or to a function of the request.

    `media` is sent after PLAY's answer, `early` before it; with `hang_up` the connection then ends.
    """

    def __init__(
        self,
        answers: dict[str, bytes | Callable[[str], bytes]],
        media: bytes = b"",
        *,
        early: bytes = b"",
        hang_up: bool = False,
        fix_cseq: bool = True,
    ) -> None:
        self.answers = {"OPTIONS": OPTIONS, "SETUP": SETUP, "PLAY": PLAY, **answers}
        self.media, self.early, self.hang_up, self.fix_cseq = media, early, hang_up, fix_cseq
        self.requests: list[str] = []
        self._streams: list[asyncio.StreamWriter] = []
        self._asked = asyncio.Event()
        self._talks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> FakeCamera:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self.port}/live"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self._server.close()
        if self._talks:  # let them hear the goodbye
            await asyncio.wait(self._talks, timeout=2)
        for stream in self._streams:
            stream.close()

    def methods(self) -> list[str]:
        return [request.split()[0] for request in self.requests]

    async def asked_for(self, method: str, times: int = 1) -> None:
        """Wait until `method` has been requested so often."""
        while self.methods().count(method) < times:
            self._asked.clear()
            await self._asked.wait()

    def send(self, data: bytes) -> None:
        """Put bytes on the newest connection."""
        self._streams[-1].write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._streams.append(writer)
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.append(talk)
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(request)
                self._asked.set()
                await self._answer(request, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, request: str, writer: asyncio.StreamWriter) -> None:
        method = request.split()[0]
        answer = self.answers.get(method, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")
        data = answer(request) if callable(answer) else answer
        if self.fix_cseq:
            number = re.search(r"CSeq: (\d+)", request)
            assert number is not None
            data = re.sub(rb"(?i)(cseq *: *)\d+", rb"\g<1>" + number[1].encode(), data, count=1)
        if method == "PLAY":
            data = self.early + data + self.media
        writer.write(data)
        await writer.drain()
        if method == "PLAY" and self.hang_up:
            writer.close()


def camera_of(describe: bytes, others: dict[str, bytes], pictures: int = 10) -> FakeCamera:
    """A fake camera of recorded answers; its media carry the payload type and channel that they promise."""
    found = re.search(rb"m=video \S+ \S+ (\d+)", describe)
    channel = re.search(rb"interleaved=(\d+)", others.get("SETUP", SETUP))
    media = packets.stream(
        pictures,
        kind=int(found[1]) if found else 96,
        channel=int(channel[1]) if channel else 0,
        codec="h265" if b"H265" in describe else "h264",
    )
    return FakeCamera({**others, "DESCRIBE": describe}, media)


def shared_transcripts() -> dict[str, tuple[bytes, dict[str, bytes]]]:
    """Name → (DESCRIBE answer, other answers) of the recorded cameras beside the repository; {} if absent."""
    found: dict[str, tuple[bytes, dict[str, bytes]]] = {}
    for path in sorted(TRANSCRIPTS.glob("*_describe*.txt")):
        maker = path.name.partition("_describe")[0]
        others = {
            method: (TRANSCRIPTS / f"{maker}_{method.lower()}.txt").read_bytes()
            for method in ("OPTIONS", "SETUP", "PLAY")
            if (TRANSCRIPTS / f"{maker}_{method.lower()}.txt").exists()
        }
        found[path.stem] = (path.read_bytes(), others)
    for path in sorted(TRANSCRIPTS.glob("*_sdp.txt")):
        body = path.read_bytes()
        head = f"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: {len(body)}\r\n\r\n"
        found[path.stem] = (head.encode() + body, {})
    return found


def own_transcript(name: str) -> tuple[bytes, dict[str, bytes]]:
    """A transcript of our own making: answers behind "---- METHOD"; "↵" is a carriage return."""
    text = (OWN_TRANSCRIPTS / f"{name}.txt").read_text()
    answers: dict[str, bytes] = {}
    for block in text.split("---- ")[1:]:
        method, _, answer = block.partition("\n")
        answers[method.strip()] = answer.replace("↵\n", "\r\n").encode()
    return answers.pop("DESCRIBE"), answers
