"""Asking a recorder over its socket, written from the description of the frames alone."""

from __future__ import annotations

import asyncio
import json
import os
import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HEAD = struct.Struct(">IB")


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, content: bytes, kind: int = 0) -> None:
        self.writer.write(HEAD.pack(len(content), kind) + content)

    async def frame(self) -> Any:
        """JSON as a value, bytes as bytes, None when the other side has closed."""
        try:
            length, kind = HEAD.unpack(await self._reader.readexactly(HEAD.size))
            content = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return json.loads(content) if kind == 0 else content


@asynccontextmanager
async def line_to(path: Path) -> AsyncIterator[Line]:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        reader, writer = await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


async def ask(path: Path, op: str, **fields: Any) -> Any:
    """One request, its first answer."""
    async with line_to(path) as line:
        line.send(json.dumps({"op": op, **fields}).encode())
        async with asyncio.timeout(30):
            return await line.frame()
