"""Talking to the running recorder over its local socket.

One request per connection. A frame is u32 big-endian length, u8 type (0 JSON, 1 bytes), then the content.
Every function raises `RecorderUnreachable` when nobody answers; nothing is retried here.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kuramori.errors import BadInput, CameraError, KeyGone, KuramoriError, RecorderUnreachable, Refusal
from kuramori.footage import datadir

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HEAD = struct.Struct(">IB")
JSON, BYTES = 0, 1
MAX_FRAME_BYTES = 64 * 1024 * 1024
ANSWER_S = 5.0
PROBE_S = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What a camera showed when it was tried once; the picture is not stored anywhere."""

    codec: str
    width: int
    height: int
    fps: float
    key_frame: bytes  # one key frame in Annex B: parameter sets, then the picture
    certificate: str = ""  # of an RTSPS camera: SHA-256, 64 hex digits


def status(timeout_s: float = ANSWER_S) -> dict[str, Any]:
    """The recorder's own account of itself: clock, cameras, storehouse_key, serial, table, disk."""
    return _ask({"op": "status"}, timeout_s)


@dataclass(frozen=True, slots=True)
class TableHour:
    """One living hour of the key table, without its secret."""

    camera: str
    hour_start_s: int
    erase_at_ns: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class TableTold:
    """What the key table holds: living hours and dead ones by id, holds as (hold, segment) → end."""

    epoch: int
    hours: dict[str, TableHour]
    tombstones: frozenset[str]
    holds: dict[tuple[str, str], int]


def hours() -> TableTold:
    """Every row of the key table in force, no secrets; some megabytes for many cameras."""
    with _connected(PROBE_S) as line:
        _send(line, {"op": "hours"})
        kind, content = _receive(line)
    said = json.loads(content)
    if kind != BYTES:
        raise RecorderUnreachable("recorder-protocol")
    return TableTold(
        int(said["epoch"]),
        {hour: TableHour(*fields) for hour, *fields in said["hours"]},
        frozenset(said["tombstones"]),
        {(hold, segment): until_ns for hold, _camera, segment, until_ns in said["holds"]},
    )


def wake() -> None:
    """Make the recorder read settings and orders now."""
    _ask({"op": "wake"})


def wake_if_running() -> bool:
    """Like `wake`; False when no recorder runs, which reads both at its start anyway."""
    try:
        wake()
    except RecorderUnreachable:
        return False
    return True


def put_credentials(camera: str, user: str, password: str) -> None:
    """Hand a camera's user name and password to the key table; returns when they are durable there."""
    _ask({"op": "put-credentials", "camera": camera, "user": user, "password": password}, PROBE_S)


def mark_disk(name: str) -> None:
    """Have the recorder try a disk at DATA/store/NAME and write its marker there.

    Raises BadInput `disk-not-mounted`, `disk-not-writable`, `disk-of-another`.
    """
    try:
        _ask({"op": "mark-disk", "name": name}, PROBE_S)
    except KuramoriError as wrong:
        raise (BadInput(wrong.code) if wrong.code.startswith("disk-") else wrong) from None


def probe(url: str, user: str = "", password: str = "", *, device: str = "") -> Probe:
    """Connect to a camera once and fetch one key frame; `device`: under the account that the recorder made
    for it.

    Raises `CameraError` with the camera's state as code.
    """
    asked = {"op": "probe", "url": url, "user": user, "password": password}
    with _connected(PROBE_S) as line:
        _send(line, asked | ({"device": device} if device else {}))
        head = _json(line)
        if "error" in head:
            raise CameraError(str(head["error"]))
        kind, picture = _receive(line)
    if kind != BYTES:
        raise RecorderUnreachable("recorder-protocol")
    return Probe(
        str(head.get("codec", "")),
        int(head.get("width", 0)),
        int(head.get("height", 0)),
        float(head.get("fps") or 0),
        picture,
        str(head.get("certificate", "")),
    )


def sealed_key(*, grant: str, camera: str, segment: str, hour: str, wrapped: bytes) -> bytes:
    """The sealed segment key out of its hour's wrapping (80 bytes), once the release is journalled durably.

    Raises `KeyGone` when the hour was erased, `Refusal` when a gate is closed for that camera.
    """
    answer = _ask(
        {
            "op": "sealed-key",
            "grant": grant,
            "camera": camera,
            "segment": segment,
            "hour": hour,
            "wrapped": wrapped.hex(),
        }
    )
    return bytes.fromhex(answer["sealed"])


@dataclass(slots=True)
class Live:
    """An open live stream. Iterate over it.

    First the initialisation segment, then one fragment per picture.
    """

    codec: str
    width: int
    height: int
    _reader: asyncio.StreamReader

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Fragments as bytes; ends when the recorder ends the look; raises as `_raise_error` says."""
        while True:
            try:
                kind, content = await _receive_async(self._reader)
            except (asyncio.IncompleteReadError, OSError) as cut:
                raise RecorderUnreachable from cut
            if kind == BYTES:
                yield content
                continue
            said = json.loads(content)
            if "error" in said:
                _raise_error(str(said["error"]), camera=True)
            return


@asynccontextmanager
async def live(*, grant: str, camera: str, viewing: str) -> AsyncIterator[Live]:
    """Look through the recorder's memory. Leaving the block closes the connection, which ends the look."""
    try:
        with _address() as address:
            reader, writer = await asyncio.open_unix_connection(address)
    except OSError as missing:
        raise RecorderUnreachable from missing
    try:
        request = json.dumps({"op": "live", "grant": grant, "camera": camera, "viewing": viewing}).encode()
        writer.write(HEAD.pack(len(request), JSON) + request)
        try:
            async with asyncio.timeout(ANSWER_S):
                kind, content = await _receive_async(reader)
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as silent:
            raise RecorderUnreachable from silent
        head = json.loads(content) if kind == JSON else {"error": "protocol"}
        if "error" in head:
            _raise_error(str(head["error"]), camera=True)
        yield Live(str(head["codec"]), int(head["width"]), int(head["height"]), reader)
    finally:
        writer.close()


async def _receive_async(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    length, kind = HEAD.unpack(await reader.readexactly(HEAD.size))
    if length > MAX_FRAME_BYTES:
        raise RecorderUnreachable("recorder-protocol")
    return kind, await reader.readexactly(length)


def exchange(request: dict[str, Any], timeout_s: float = ANSWER_S) -> dict[str, Any]:
    """One request and its answer as it is, an error too."""
    with _connected(timeout_s) as line:
        _send(line, request)
        return _json(line)


def _ask(request: dict[str, Any], timeout_s: float = ANSWER_S) -> dict[str, Any]:
    answer = exchange(request, timeout_s)
    if "error" in answer:
        _raise_error(str(answer["error"]))
    return answer


def _connected(timeout_s: float) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(timeout_s)
    try:
        with _address() as address:
            line.connect(address)
    except OSError as missing:
        line.close()
        raise RecorderUnreachable from missing
    return line


@contextmanager
def _address() -> Iterator[str]:
    """The socket's address by way of its open folder: an address may be 107 bytes long, a path longer."""
    path = datadir.socket_path()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _send(line: socket.socket, request: dict[str, Any]) -> None:
    content = json.dumps(request).encode()
    try:
        line.sendall(HEAD.pack(len(content), JSON) + content)
    except OSError as cut:
        raise RecorderUnreachable from cut


def _json(line: socket.socket) -> dict[str, Any]:
    kind, content = _receive(line)
    if kind != JSON:
        raise RecorderUnreachable("recorder-protocol")
    answer = json.loads(content)
    if not isinstance(answer, dict):
        raise RecorderUnreachable("recorder-protocol")
    return answer


def _receive(line: socket.socket) -> tuple[int, bytes]:
    length, kind = HEAD.unpack(_exactly(line, HEAD.size))
    if length > MAX_FRAME_BYTES:
        raise RecorderUnreachable("recorder-protocol")
    return kind, _exactly(line, length)


def _exactly(line: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        try:
            part = line.recv(min(length, 1 << 20))
        except OSError as cut:
            raise RecorderUnreachable from cut
        if not part:
            raise RecorderUnreachable
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _raise_error(code: str, *, camera: bool = False) -> None:
    """Turn the recorder's word into the error that it means.

    On a live stream all others are camera states.
    """
    if code == "key-gone":
        raise KeyGone
    if code == "gate":
        raise Refusal("gate-closed", clause="T3")
    if code == "clock-untrusted":
        raise KeyGone(code)
    raise CameraError(code) if camera else KuramoriError(code)
