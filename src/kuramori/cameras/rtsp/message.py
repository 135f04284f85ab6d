"""RTSP messages (RFC 2326), read leniently: cameras break every rule of the grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kuramori.errors import CameraError

HEAD_LIMIT_BYTES = 16_384
BODY_LIMIT_BYTES = 131_072
_HEAD_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(r"RTSP/\d+\.\d+\s+(\d{3})")


@dataclass(frozen=True, slots=True)
class Message:
    """An answer, or (with `status` 0) a request that the camera sends us."""

    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case
    body: bytes = b""

    def get(self, name: str) -> str:
        """The first header called `name` (lower case), or ""."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


def cut_message(buffer: bytes | bytearray, start: int, end: int) -> tuple[Message, int] | None:
    """The message that begins at `start` and where the next thing begins; None while it is incomplete."""
    found = _HEAD_END.search(buffer, start, end)
    if found is None:
        if end - start > HEAD_LIMIT_BYTES:
            raise CameraError("protocol", why="head-too-long")
        return None
    if found.start() - start > HEAD_LIMIT_BYTES:
        raise CameraError("protocol", why="head-too-long")
    message = parse_head(bytes(buffer[start : found.start()]))
    body_end = found.end() + _body_length(message)
    if body_end > end:
        return None
    body = bytes(buffer[found.end() : body_end])
    return Message(message.status, message.headers, body), body_end


def parse_head(head: bytes) -> Message:
    """Status and headers; lines that are no header are passed over, folded lines joined."""
    lines = re.split(r"\r?\n", head.decode("utf-8", "replace"))
    status = _STATUS.match(lines[0].strip())
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and headers:
            name, value = headers.pop()
            headers.append((name, f"{value} {line.strip()}"))
            continue
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.strip().lower(), value.strip()))
    return Message(int(status[1]) if status else 0, tuple(headers))


def _body_length(message: Message) -> int:
    digits = re.match(r"\d{1,9}", message.get("content-length"))
    length = int(digits[0]) if digits else 0
    if length > BODY_LIMIT_BYTES:
        raise CameraError("protocol", why="body-too-long")
    return length


def write_request(method: str, url: str, headers: dict[str, str]) -> bytes:
    """The bytes of a request. Values are ours or parsed: none carries a line end (see address and auth)."""
    lines = [f"{method} {url} RTSP/1.0", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def session_of(answer: Message) -> tuple[str, float]:
    """Session id and its timeout in seconds (60 if the camera names none)."""
    session, _, rest = answer.get("session").partition(";")
    told = re.search(r"timeout\s*=\s*(\d{1,6})", rest, re.IGNORECASE)
    return session.strip(), float(told[1]) if told and int(told[1]) else 60.0


def wants_udp(answer: Message) -> bool:
    """Whether a camera answered our wish for TCP with UDP."""
    transport = answer.get("transport").lower()
    return bool(transport) and "tcp" not in transport and "interleaved" not in transport


def server_ports_of(answer: Message) -> tuple[int, int] | None:
    """The camera's RTP and RTCP port in a SETUP answer; None if it names none."""
    found = re.search(
        r"server_port\s*=\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?", answer.get("transport"), re.IGNORECASE
    )
    if found is None:
        return None
    media = int(found[1])
    control = int(found[2]) if found[2] else media + 1
    return (media, control) if 0 < media < 65_536 and 0 < control < 65_536 else None


def channels_of(answer: Message) -> tuple[int, int]:
    """(media, control) channel of a SETUP answer; 0 and 1, as we asked, if it names none."""
    transport = answer.get("transport")
    if transport and "tcp" not in transport.lower() and "interleaved" not in transport.lower():
        raise CameraError("protocol", why="transport")
    found = re.search(r"interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?", transport, re.IGNORECASE)
    if found is None:
        return 0, 1
    media = int(found[1])
    control = int(found[2]) if found[2] else media + 1
    if media > 255 or control > 255:
        raise CameraError("protocol", why="transport")
    return media, control
