"""Asks a device worker: a locked-in process that speaks to one camera, and ends."""

from __future__ import annotations

import asyncio
import json
import subprocess
from typing import Any

from kuramori.errors import BadInput, CameraError
from kuramori.pictures import starting

MODULE = "kuramori.cameras.onvif.worker"
PATIENCE_S = 60.0
ANSWER_BYTES = 1 << 20
GOODBYE_S = 0.5
AT_ONCE = 2


class DeviceAsking:
    """At most two workers at a time: parsing is work, and recording comes first."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def ask(self, **job: object) -> dict[str, Any]:
        """The worker's answer. Raises CameraError with what was wrong with the camera, BadInput
        `worker-not-confined` when this machine cannot lock a worker in."""
        async with self._places:
            return _checked(await self._exchange(json.dumps(job).encode()))

    async def _exchange(self, job: bytes) -> bytes:
        worker = await asyncio.create_subprocess_exec(
            *starting.command(MODULE),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **starting.surroundings(),
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE_S):
                worker.stdin.write(job)
                worker.stdin.close()
                answer = bytearray()
                while piece := await worker.stdout.read(64 * 1024):
                    answer += piece
                    if len(answer) > ANSWER_BYTES:
                        raise CameraError("protocol")
                return bytes(answer)
        except TimeoutError:
            raise CameraError("unreachable") from None
        except ConnectionError:
            raise CameraError("protocol") from None
        finally:
            await _end(worker)


async def _end(worker: asyncio.subprocess.Process) -> None:
    """It has a moment to end by itself: signalling one that is just ending takes its exit from asyncio."""
    try:
        async with asyncio.timeout(GOODBYE_S):
            await worker.wait()
    except TimeoutError:
        worker.kill()
        await worker.wait()


def _checked(answer: bytes) -> dict[str, Any]:
    """What the worker said, believed only so far: it may be a stranger's by now."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        raise CameraError("protocol") from None
    if not isinstance(said, dict):
        raise CameraError("protocol")
    if "error" in said:
        code = str(said["error"])[:48]
        raise BadInput(code) if said.get("own") else CameraError(code)
    return said
