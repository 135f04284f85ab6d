"""The device worker: one job from stdin, one answer to stdout, then it ends.

`python -m kuramori.cameras.onvif.worker`. It is locked in before the first byte of the job is read. Secrets
come to it by the pipe, never by arguments or environment, and are in no answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import asdict
from typing import Any

import aiohttp.resolver  # loaded now: what is imported later is read from files
import lxml.etree
import zeep.helpers

from kuramori.cameras.onvif import discovery, look, probes
from kuramori.cameras.onvif.device import Device
from kuramori.cameras.onvif.lock_in import lock_in
from kuramori.errors import CameraError, KuramoriError

PRELOADED = (aiohttp.resolver, lxml.etree, zeep.helpers)
JOB_BYTES = 64 * 1024


async def _discover(job: dict[str, Any]) -> dict[str, Any]:
    found = await asyncio.to_thread(discovery.discover, loopback_only=bool(job["loopback_only"]))
    return {"found": [asdict(one) for one in found]}


async def _look(job: dict[str, Any]) -> dict[str, Any]:
    async with Device(job["xaddr"], job["user"], job["password"]) as device:
        return await look.look(device)


async def _set_password(job: dict[str, Any]) -> dict[str, Any]:
    """The new password is set, and seen to open; that the old one does not is one of the checks."""
    async with Device(job["xaddr"], job["user"], job["password"]) as device:
        await look.set_password(device, job["user"], job["new"])
    async with Device(job["xaddr"], job["user"], job["new"]) as device:
        await device.ask("devicemgmt", "GetDeviceInformation")
    return {"set": True}


async def _check(job: dict[str, Any]) -> dict[str, Any]:
    return {"findings": await probes.check(job)}


async def _stand(job: dict[str, Any]) -> dict[str, Any]:
    async with Device(job["xaddr"], job["user"], job["password"]) as device:
        return await look.stand(device, job["profile"])


JOBS = {
    "discover": _discover,
    "look": _look,
    "set-password": _set_password,
    "check": _check,
    "stand": _stand,
}


def main() -> int:
    """Do one job; what the camera did wrong is an answer, a crash is the parent's to notice."""
    logging.disable(logging.CRITICAL)
    try:
        lock_in()
        job = json.loads(sys.stdin.buffer.read(JOB_BYTES))
        answer = asyncio.run(JOBS[job["do"]](job))
    except CameraError as problem:
        answer = {"error": problem.code}
    except KuramoriError as problem:
        answer = {"error": problem.code, "own": True}
    except (KeyError, ValueError, TypeError, RecursionError, MemoryError):
        answer = {"error": "protocol"}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
