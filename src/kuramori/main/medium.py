"""`kuramori medium`: the one part that mounts a USB memory, as root, for the length of one writing.

It listens on a socket in the data directory and knows two requests, each one line of JSON: `list` (which
removable partitions there are) and `write` (device, name, length; after its "go" exactly so many bytes,
which are a sealed package). It mounts in a mount namespace of its own, so that nobody else ever sees the
medium; writes a new file, reads it back, unmounts, answers with its SHA-256. It holds no key and cannot open
what it writes.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import socket
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

SOCKET = "medium.sock"
BLOCK = 1024 * 1024
LINE_BYTES = 4096
LARGEST_BYTES = 8 * 1024**3
NAME = re.compile(r"EXP-[0-9]{4}-[0-9]{6}\.(zip|html|iso)")
DEVICE = re.compile(r"/dev/[a-z0-9]{1,20}")
_NEW_MOUNTS, _PRIVATE_ALL = 0x00020000, (1 << 18) | 16384
BLOCKS = Path("/sys/class/block")


class Refused(Exception):
    """A request that is not carried out; its word goes back to whoever asked."""


def main(data: Path, devices: tuple[str, ...] = ()) -> int:
    """Serve until ended. `devices` are allowed beside the removable ones (tests: a loop device)."""
    _own_mounts()
    address = data / SOCKET
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        address.chmod(0o660)
        database = (data / "db.sqlite3").stat()
        os.chown(address, database.st_uid, database.st_gid)
        listener.listen(1)
        print("ready", flush=True)
        while True:
            line, _ = listener.accept()
            with line:
                line.settimeout(60)
                _serve(line, database.st_uid, devices)


def removable(root: Path = BLOCKS) -> list[dict[str, Any]]:
    """Partitions of removable disks: device, size in bytes, and the disk's name."""
    found = []
    for part in sorted(root.glob("*/partition")):
        block = part.parent.resolve()
        disk = block.parent
        if (disk / "removable").read_text().strip() != "1":
            continue
        model = disk / "device" / "model"
        found.append(
            {
                "device": f"/dev/{block.name}",
                "bytes": int((block / "size").read_text()) * 512,
                "model": model.read_text().strip() if model.exists() else "",
            }
        )
    return found


def _serve(line: socket.socket, owner: int, devices: tuple[str, ...]) -> None:
    file = cast("BinaryIO", line.makefile("rwb"))
    try:
        answer = _answer(line, file, owner, devices)
    except Refused as no:
        answer = {"error": str(no)}
    except (OSError, ValueError, subprocess.CalledProcessError):
        answer = {"error": "medium-failed"}
    try:
        file.write(json.dumps(answer).encode() + b"\n")
        file.flush()
    except OSError:
        return  # whoever asked has gone


def _answer(line: socket.socket, file: BinaryIO, owner: int, devices: tuple[str, ...]) -> dict[str, Any]:
    credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    if struct.unpack("3i", credentials)[1] not in (0, owner):
        raise Refused("medium-stranger")
    asked = json.loads(file.readline(LINE_BYTES))
    if asked.get("do") == "list":
        return {"devices": [*removable(), *({"device": one, "bytes": 0, "model": ""} for one in devices)]}
    if asked.get("do") != "write":
        raise Refused("medium-request")
    device, name, size_bytes = str(asked["device"]), str(asked["name"]), int(asked["bytes"])
    known = {str(one["device"]) for one in removable()} | set(devices)
    if not DEVICE.fullmatch(device) or device not in known:
        raise Refused("medium-not-removable")
    if not NAME.fullmatch(name) or not 0 < size_bytes <= LARGEST_BYTES:
        raise Refused("medium-request")
    return {"sha256": _write(device, name, size_bytes, file)}


def _write(device: str, name: str, size_bytes: int, source: BinaryIO) -> str:
    with tempfile.TemporaryDirectory(prefix="kuramori-medium-", dir="/run") as folder:
        subprocess.run(
            ["mount", "-o", "nosuid,nodev,noexec,noatime", device, folder], check=True, capture_output=True
        )
        try:
            room = os.statvfs(folder)
            if room.f_bavail * room.f_frsize < size_bytes:
                raise Refused("medium-full")
            path = Path(folder) / name
            if path.exists():
                raise Refused("medium-has-it-already")
            source.write(b'{"go": true}\n')
            source.flush()
            return _file(path, size_bytes, source)
        finally:
            subprocess.run(["umount", folder], check=True, capture_output=True)


def _file(path: Path, size_bytes: int, source: BinaryIO) -> str:
    digest, left = hashlib.sha256(), size_bytes
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except FileExistsError as there:
        raise Refused("medium-has-it-already") from there
    try:
        with os.fdopen(handle, "wb") as out:
            while left:
                block = source.read(min(BLOCK, left))
                if not block:
                    raise Refused("medium-cut")
                out.write(block)
                digest.update(block)
                left -= len(block)
            out.flush()
            os.fsync(out.fileno())
            os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if _read_back(path) != digest.hexdigest():
            raise Refused("medium-reads-differently")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _read_back(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def _own_mounts() -> None:
    """From here on, what this process mounts nobody else sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS) or libc.mount(b"none", b"/", None, _PRIVATE_ALL, None):
        raise OSError(ctypes.get_errno(), "cannot get a mount namespace")
