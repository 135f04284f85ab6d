"""Writing a package onto a USB memory: the bytes go to the part that mounts it; only a hash comes back."""

from __future__ import annotations

import json
import logging
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from kuramori.errors import BadInput, KuramoriError
from kuramori.evidence import copies, packing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.evidence.packing import Ready
    from kuramori.people.models import Account

ANSWER_S = 120
log = logging.getLogger("kuramori.evidence")
failed: dict[str, str] = {}
"""Package to the word for why its last writing did not come to an end."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A removable partition."""

    device: str
    size_bytes: int
    model: str


def media() -> list[Medium]:
    """What is plugged in; empty where the part that mounts does not run."""
    try:
        told = _ask({"do": "list"}, iter(()))
    except BadInput:
        return []
    return [Medium(one["device"], one["bytes"], one["model"]) for one in told["devices"]]


def start(ready: Ready, device: str, account: Account) -> None:
    """Write in the background; the page asks how far it is (`packing.progress`)."""
    failed.pop(ready.package, None)
    packing.progress[ready.package] = packing.Progress()
    threading.Thread(target=_run, args=(ready, device, account), name="usb", daemon=True).start()


def _run(ready: Ready, device: str, account: Account) -> None:
    try:
        write(ready, device, account)
    except KuramoriError as error:
        failed[ready.package] = error.code
    except Exception:  # the edge of a job
        log.exception("%s was not written", ready.package)
        failed[ready.package] = "medium-failed"
    finally:
        packing.progress.pop(ready.package, None)
        connection.close()


def write(ready: Ready, device: str, account: Account) -> str:
    """Write the sealed ZIP there; its SHA-256 as read back. Raises `BadInput` `medium-…`, `Refusal`."""
    writing = copies.begin(ready, "usb", account)
    asked = {"do": "write", "device": device, "name": writing.name, "bytes": writing.size_bytes}
    try:
        told = _ask(asked, _counted(writing.blocks, ready.package, writing.size_bytes))
    finally:
        close = getattr(writing.blocks, "close", None)
        if close is not None:
            close()
    if told["sha256"] != writing.outlet.sha256.hexdigest():
        raise BadInput("medium-reads-differently")
    copies.end(writing)
    return str(told["sha256"])


def _counted(blocks: Iterator[bytes], package: str, size_bytes: int) -> Iterator[bytes]:
    at = packing.progress.get(package, packing.Progress())
    at.all_bytes = size_bytes
    for block in blocks:
        yield block
        at.tick(len(block))


def _ask(asked: dict[str, Any], blocks: Iterator[bytes]) -> dict[str, Any]:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(ANSWER_S)
            line.connect(str(settings.DATA / "medium.sock"))
            with line.makefile("rwb") as file:
                file.write(json.dumps(asked).encode() + b"\n")
                file.flush()
                told: dict[str, Any] = json.loads(file.readline(65536))
                if told.get("go"):
                    for block in blocks:
                        file.write(block)
                    file.flush()
                    told = json.loads(file.readline(65536))
    except (OSError, ValueError) as error:
        raise BadInput("medium-failed") from error
    if "error" in told:
        raise BadInput(str(told["error"])[:40])
    return told
