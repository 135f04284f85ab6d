"""One mask worker's process and its pipes. Started in the background; what is written meanwhile waits."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from typing import TYPE_CHECKING, Any

from kuramori.pictures import starting

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE = "kuramori.pictures.mask_worker"


class MaskProcess:
    """`answered(bytes)` for what it says; `gone()` once when it ended without being told to."""

    def __init__(self, answered: Callable[[bytes], None], gone: Callable[[], None]) -> None:
        self._answered = answered
        self._gone = gone
        self._waiting: list[bytes] = []
        self._pipes: asyncio.SubprocessTransport | None = None
        self._in: Any = None
        self._ended = False
        self._starting = asyncio.get_running_loop().create_task(self._start())

    @property
    def pid(self) -> int | None:
        return self._pipes.get_pid() if self._pipes is not None else None

    @property
    def waiting_bytes(self) -> int:
        """Written and not yet taken by the worker."""
        return sum(map(len, self._waiting)) + (self._in.get_write_buffer_size() if self._in else 0)

    def write(self, data: bytes) -> None:
        if self._in is not None:
            self._in.write(data)
        elif not self._ended:
            self._waiting.append(data)

    def kill(self) -> None:
        """End it now; `gone` is not called any more."""
        self._ended = True
        self._waiting.clear()
        if self._pipes is not None:
            with contextlib.suppress(ProcessLookupError):
                self._pipes.kill()
            self._pipes.close()

    async def _start(self) -> None:
        try:
            self._pipes, _ = await asyncio.get_running_loop().subprocess_exec(
                lambda: _Pipes(self),
                *starting.command(MODULE),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                **starting.surroundings(),
            )
        except OSError:
            self.over()
            return
        if self._ended:
            self.kill()
            return
        self._in = self._pipes.get_pipe_transport(0)
        for data in self._waiting:
            self._in.write(data)
        self._waiting.clear()

    def said(self, data: bytes) -> None:
        if not self._ended:
            self._answered(data)

    def over(self) -> None:
        """From the pipes: the process, or its end of them, is gone."""
        if not self._ended:
            self.kill()
            self._gone()


class _Pipes(asyncio.SubprocessProtocol):
    def __init__(self, process: MaskProcess) -> None:
        self._process = process

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._process.said(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._process.over()

    def process_exited(self) -> None:
        self._process.over()
