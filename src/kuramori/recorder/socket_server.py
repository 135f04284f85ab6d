"""The recorder's local socket: one request per connection, for the pages and the clock work of the same box.

Nothing here decides about people: who may look is decided above, and a request names the grant. What the
recorder itself obeys are the gates of its settings, the erasure clock, and that a key or a look is in its
journal before the first byte leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from typing import TYPE_CHECKING, Any

import structlog

from kuramori import sharing
from kuramori.errors import BadInput, KuramoriError
from kuramori.recorder.socket_frames import FrameWriter, read_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    Operation = Callable[[dict[str, Any], FrameWriter, asyncio.StreamReader], Awaitable[None]]

log = structlog.get_logger()
PATIENCE_S = 5.0
UCRED = struct.Struct("3i")


class SocketServer:
    """Life: start, stop. `operations`: name → what is done with request, answers and the other side's end."""

    def __init__(self, path: Path, operations: Mapping[str, Operation]) -> None:
        self._path = path
        self._operations = operations
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. A socket left behind by a run that was killed is replaced: the lock says we are alone."""
        self._path.unlink(missing_ok=True)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:  # by way of the open folder: an address may be 107 bytes long, a data directory's path longer
            line.bind(f"/proc/self/fd/{folder}/{self._path.name}")
        finally:
            os.close(folder)
        self._path.chmod(sharing.SOCKET)
        self._server = await asyncio.start_unix_server(self._talk, sock=line)

    async def stop(self) -> None:
        """Stop listening and end every talk."""
        if self._server is not None:
            self._server.close()
        for task in list(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            if _ours(writer):
                await self._answer(reader, FrameWriter(writer))
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the other side has gone, or never asked
        except asyncio.CancelledError:
            pass  # we are stopping; the transport is closed below
        except Exception:  # the edge of a talk: one bad request must not end the socket
            log.exception("talk-failed")
        finally:
            self._talks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, answers: FrameWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                request = await read_request(reader)
            operation = self._operations.get(request["op"])
            if operation is None:
                raise BadInput("unknown-op")
            await operation(request, answers, reader)
        except KuramoriError as problem:
            await answers.say({"error": problem.code})


def _ours(writer: asyncio.StreamWriter) -> bool:
    """Is the other side the same user, root, or (as a service) in the same group?"""
    line = writer.get_extra_info("socket")
    _pid, uid, gid = UCRED.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, UCRED.size))
    return uid in (0, os.geteuid()) or (sharing.SHARED and gid == os.getegid())
