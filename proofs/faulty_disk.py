"""A disk that fails on demand: a FUSE layer over a folder.

    python -m proofs.faulty_disk BACKING MOUNTPOINT CONTROL

CONTROL is a JSON file, read at every operation: `{"write": "hang", "fsync": "EIO"}`. Operations: read,
write, fsync, create, statfs. Faults: an errno's name, `hang` (until the fault is taken away), `slow:SECONDS`,
and for write `torn` (half of it is written, then EIO). With `"lossy": true` nothing reaches BACKING before it
was synced.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import mfusepy

LOOK_AGAIN_S = 0.02
UP_S = 10.0


class FaultyDisk:
    """For tests and proofs: mounts the layer, sets faults, takes it away. Life: start, stop."""

    def __init__(self, backing: Path, mount_point: Path) -> None:
        self.mount_point = mount_point
        self._backing = backing
        self._control = backing.with_name(backing.name + ".faults.json")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        for folder in (self._backing, self.mount_point):
            folder.mkdir(parents=True, exist_ok=True)
        self.set()
        command = [sys.executable, "-m", "proofs.faulty_disk"]
        self._process = subprocess.Popen(
            [*command, str(self._backing), str(self.mount_point), str(self._control)]
        )
        until_s = time.monotonic() + UP_S
        while not os.path.ismount(self.mount_point):
            if time.monotonic() > until_s:
                raise TimeoutError("the faulty disk did not come up")
            time.sleep(LOOK_AGAIN_S)

    def set(self, **faults: object) -> None:
        """From now on these faults and no others."""
        fresh = self._control.with_suffix(".new")
        fresh.write_text(json.dumps(faults))
        fresh.replace(self._control)

    def power_cut(self) -> None:
        """The server dies; what was not synced is lost. Then `start` again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        subprocess.run(["umount", "-l", str(self.mount_point)], check=False, capture_output=True)

    def stop(self) -> None:
        self.set()
        subprocess.run(["umount", "-l", str(self.mount_point)], check=False, capture_output=True)
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


class FaultyFiles(mfusepy.Operations):
    """The layer itself. With `lossy`, written bytes are kept in memory until their file is synced."""

    use_ns = True

    def __init__(self, backing: Path, control: Path) -> None:
        self._backing = backing
        self._control = control
        self._pending: dict[str, list[tuple[int, bytes]]] = {}

    def _at(self, path: str) -> Path:
        return self._backing / path.lstrip("/")

    def _said(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            return dict(json.loads(self._control.read_bytes()))
        return {}

    def _fault(self, operation: str) -> str:
        """Wait, fail or go on; returns the fault's word."""
        while (fault := str(self._said().get(operation, ""))) == "hang":
            time.sleep(LOOK_AGAIN_S)
        if fault.startswith("slow:"):
            time.sleep(float(fault.partition(":")[2]))
        elif fault.startswith("E"):
            raise mfusepy.FuseOSError(getattr(errno, fault))
        return fault

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        state = os.lstat(self._at(path))
        names = ("atime", "ctime", "gid", "mode", "mtime", "nlink", "size", "uid")
        found = {f"st_{name}": getattr(state, f"st_{name}") for name in names}
        for name in ("atime", "ctime", "mtime"):
            found[f"st_{name}"] = getattr(state, f"st_{name}_ns")
        ends = [offset + len(data) for offset, data in self._pending.get(path, [])]
        found["st_size"] = max([state.st_size, *ends])
        return found

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(found.name for found in self._at(path).iterdir())]

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._fault("create")
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path: str, flags: int) -> int:
        access = os.O_RDONLY if flags & os.O_ACCMODE == os.O_RDONLY else os.O_RDWR
        return os.open(self._at(path), access | (flags & os.O_TRUNC))

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        self._fault("read")
        found = bytearray(os.pread(fh, size, offset))
        for start, data in self._pending.get(path, []):
            for at, byte in enumerate(data, start - offset):
                if 0 <= at < size:
                    found.extend(bytes(max(0, at + 1 - len(found))))
                    found[at] = byte
        return bytes(found)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        fault = self._fault("write")
        if fault == "torn":
            os.pwrite(fh, data[: len(data) // 2], offset)
            raise mfusepy.FuseOSError(errno.EIO)
        if self._said().get("lossy"):
            self._pending.setdefault(path, []).append((offset, bytes(data)))
            return len(data)
        return os.pwrite(fh, data, offset)

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._fault("fsync")
        for offset, data in self._pending.pop(path, []):
            os.pwrite(fh, data, offset)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._fault("fsync")
        return 0

    def flush(self, path: str, fh: int) -> int:
        return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._at(path), length)
        return 0

    def unlink(self, path: str) -> int:
        self._pending.pop(path, None)
        self._at(path).unlink()
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        self._fault("create")
        self._at(path).mkdir(mode)
        return 0

    def rmdir(self, path: str) -> int:
        self._at(path).rmdir()
        return 0

    def rename(self, old: str, new: str) -> int:
        self._at(old).rename(self._at(new))
        self._pending.pop(new, None)
        if old in self._pending:
            self._pending[new] = self._pending.pop(old)
        return 0

    def chmod(self, path: str, mode: int) -> int:
        self._at(path).chmod(mode)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        self._fault("statfs")
        state = os.statvfs(self._at(path))
        names = (
            "bavail",
            "bfree",
            "blocks",
            "bsize",
            "favail",
            "ffree",
            "files",
            "flag",
            "frsize",
            "namemax",
        )
        return {f"f_{name}": getattr(state, f"f_{name}") for name in names}


def main() -> int:
    backing, mount_point, control = map(Path, sys.argv[1:4])
    with suppress(RuntimeError):  # unmounted under it; that it never came up, `start` sees
        mfusepy.FUSE(FaultyFiles(backing, control), str(mount_point), foreground=True, direct_io=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
