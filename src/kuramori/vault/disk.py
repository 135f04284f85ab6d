"""One store's durability: a single `sync`, and one failure for ever.

`syncfs` through one directory descriptor held since before the first write: after a write error an older
descriptor reports it, once, and a newer one says all is well. Where `syncfs` does not reach the server (FUSE,
network file systems) or is not to be trusted (btrfs), each written file is synced instead.
"""

from __future__ import annotations

import ctypes
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from kuramori import sharing
from kuramori.errors import DiskFailed
from kuramori.vault.assurance import mount_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SyncMode = Literal["syncfs", "fdatasync"]
_EACH_FILE = frozenset({"btrfs", "nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "ceph", "overlay"})


class Disk:
    """A store's root directory. `sync` belongs to one thread at a time; `failed` may be read by any."""

    def __init__(self, root: Path, mode: SyncMode | None = None) -> None:
        """`mode` None chooses by file system."""
        root.mkdir(mode=sharing.FOLDER, parents=True, exist_ok=True)
        self.root = root
        self.mode: SyncMode = mode or _mode_for(root)
        self.failed: DiskFailed | None = None
        self._handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._new_folders: set[Path] = set()
        self._lock = threading.Lock()

    def created(self, path: Path) -> None:
        """A file was made: its name must be durable too (only the `fdatasync` mode needs telling)."""
        if self.mode == "fdatasync":
            with self._lock:
                folders = (p for p in path.parents if p.is_relative_to(self.root))
                self._new_folders.update(folders)

    def sync(self, written: Iterable[int] = ()) -> None:
        """Return when everything written before is on the medium. `written`: descriptors since the last sync.

        Raises `DiskFailed`, and from then on always.
        """
        with self._lock:
            if self.failed is not None:
                raise self.failed
            try:
                if self.mode == "syncfs":
                    _syncfs(self._handle)
                else:
                    self._sync_each(written)
            except OSError as wrong:
                self.failed = DiskFailed("disk-sync", errno=wrong.errno)
                raise self.failed from wrong

    def fail(self, reason: DiskFailed) -> None:
        """A write to this disk went wrong: it is not trusted again in this run."""
        with self._lock:
            self.failed = self.failed or reason

    def free_bytes(self) -> int:
        """Bytes an unprivileged writer may still use. Raises `DiskFailed`, which is not remembered."""
        try:
            state = os.fstatvfs(self._handle)
        except OSError as wrong:
            raise DiskFailed("disk-state", errno=wrong.errno) from wrong
        return state.f_bavail * state.f_frsize

    def is_here(self) -> bool:
        """Whether the root's path still leads to this very disk: not pulled, not mounted over. May hang."""
        try:
            now, held = self.root.stat(), os.fstat(self._handle)
        except OSError:
            return False
        return (now.st_dev, now.st_ino) == (held.st_dev, held.st_ino)

    def close(self) -> None:
        """Give the descriptor back."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _sync_each(self, written: Iterable[int]) -> None:
        for handle in written:
            os.fdatasync(handle)
        folders, self._new_folders = self._new_folders, set()
        for folder in sorted(folders, key=lambda p: len(p.parts), reverse=True):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def close_apart(handle: int) -> None:
    """Close a descriptor of a disk that may hang, without waiting for it."""
    threading.Thread(target=_close, args=(handle,), name="close-apart", daemon=True).start()


def _close(handle: int) -> None:
    with suppress(OSError):
        os.close(handle)


_libc = ctypes.CDLL(None, use_errno=True)


def _syncfs(handle: int) -> None:
    if _libc.syncfs(handle) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mode_for(root: Path) -> SyncMode:
    mount = mount_of(root)
    if mount is None or mount.fs_type in _EACH_FILE or mount.fs_type.startswith("fuse"):
        return "fdatasync"
    return "syncfs"
