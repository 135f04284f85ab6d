"""Frames on the recorder's local socket: u32 big-endian length, u8 type (0 JSON, 1 bytes), then the
content."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

from kuramori.errors import BadInput

HEAD = struct.Struct(">IB")
JSON, BYTES = 0, 1
MAX_REQUEST_BYTES = 64 * 1024


async def read_request(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The one request of a connection. Raises BadInput, IncompleteReadError."""
    length, kind = HEAD.unpack(await reader.readexactly(HEAD.size))
    if kind != JSON or length > MAX_REQUEST_BYTES:
        raise BadInput("request")
    try:
        request = json.loads(await reader.readexactly(length))
    except (ValueError, RecursionError):
        raise BadInput("request") from None
    if not isinstance(request, dict) or not isinstance(request.get("op"), str):
        raise BadInput("request")
    return request


def text(request: dict[str, Any], name: str, max_chars: int = 2048) -> str:
    """A text field of a request. Raises BadInput."""
    value = request.get(name)
    if not isinstance(value, str) or len(value) > max_chars:
        raise BadInput("request", name=name)
    return value


def identity(request: dict[str, Any], name: str) -> str:
    """A field that is an id: 32 lowercase hex digits. Raises BadInput."""
    value = text(request, name, 32)
    if len(value) != 32 or set(value) - set("0123456789abcdef"):
        raise BadInput("request", name=name)
    return value


class FrameWriter:
    """Answers on one connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def say(self, answer: dict[str, Any]) -> None:
        """One JSON frame."""
        content = json.dumps(answer, ensure_ascii=False).encode()
        self._writer.write(HEAD.pack(len(content), JSON) + content)
        await self._writer.drain()

    async def give(self, content: bytes) -> None:
        """One frame of bytes; returns when the other side keeps up again."""
        self._writer.write(HEAD.pack(len(content), BYTES))
        self._writer.write(content)
        await self._writer.drain()
