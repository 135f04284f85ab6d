"""Looks after one place for segments: asks for its room, and tries a failed one until it answers again.

Each place has a thread of its own, since a disk that hangs keeps whoever asks. What a try finds is a new
`Store`, which the storage takes over. Nothing is ever appended to what was written before.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from kuramori import sharing
from kuramori.errors import BadInput, DiskFailed
from kuramori.recorder.store import ROOM_BYTES
from kuramori.vault.disk import Disk
from kuramori.vault.patience import within

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.recorder.store import Store

log = structlog.get_logger()
LOOK_S = 2.0
HERE_S = 15.0
"""How long a disk may take at start: one that slept spins up first."""
MARKER = "kuramori-disk.json"
TRY_BYTES = 64 * 1024


class StoreWatch:
    """Life: start, stop. `found` is set to a `Store` that works when this one had failed."""

    def __init__(self, store: Store, recorder: str) -> None:
        self.store = store
        self.found: Store | None = None
        self._recorder = recorder
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{store.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait: the thread may hang in the disk."""
        self._over.set()

    def take(self) -> Store | None:
        """The store that was found, once; from now on it is looked after."""
        found = self.found
        if found is not None:
            found.settings = self.store.settings
            self.store, self.found = found, None
        return found

    def look(self) -> None:
        """One look; tests call it directly."""
        store, marker = self.store, self._marker()
        if marker is not None and not store.failed:
            marked(store.root)  # reads from the medium: one that only hangs in reading is silent, too
        store.look()
        if store.failed and self.found is None:
            disk = answering(store.root, marker)
            if disk is not None and store is self.store:
                self.found = store.anew(disk)

    def _marker(self) -> tuple[str, str] | None:
        return (self._recorder, self.store.id) if self.store.settings.marked else None

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.look()
            except Exception:  # the edge of the thread: a disk's oddities must not end the watching
                log.exception("store-watch-failed", store=self.store.id)
            self._over.wait(LOOK_S)


def answering(root: Path, marker: tuple[str, str] | None) -> Disk | None:
    """A `Disk` when files can be made, written, synced, read back and removed there; None otherwise.

    A full one answers too: its old footage must die there, which makes the room. May hang.
    `marker` (recorder, store): it must be this very disk; None for a folder of the data directory.
    """
    if marker is not None and marked(root) != marker:
        return None
    disk = None
    try:
        disk = Disk(root)
        if disk.free_bytes() >= ROOM_BYTES:
            _try(root)
        disk.sync()
    except (OSError, DiskFailed) as wrong:  # whatever a broken file system answers: it is not trusted
        log.info("store-does-not-answer", root=str(root), why=str(wrong))
        if disk is not None:
            disk.close()
        return None
    return disk


def here(root: Path, marker: tuple[str, str]) -> bool:
    """Whether the disk of this marker answers there within `HERE_S`."""
    try:
        disk = within(HERE_S, partial(answering, root, marker))
    except TimeoutError:
        log.warning("store-silent", root=str(root))
        return False
    if disk is not None:
        disk.close()
    return disk is not None


def marked(root: Path) -> tuple[str, str] | None:
    """Which recorder and store a disk says it belongs to, read from the medium. May hang."""
    try:
        said = json.loads(_read(root / MARKER))
        return str(said["recorder"]), str(said["store"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def adopt(root: Path, recorder: str, store: str) -> None:
    """Make a mounted disk this store. Raises BadInput when it is not mounted, not ours to take, or broken."""
    if not os.path.ismount(root):
        raise BadInput("disk-not-mounted")
    if marked(root) not in (None, (recorder, store)):
        raise BadInput("disk-of-another")
    try:
        mark(root, recorder, store)
    except OSError:
        raise BadInput("disk-not-writable") from None
    disk = answering(root, (recorder, store))
    if disk is None:
        raise BadInput("disk-not-writable")
    disk.close()


def mark(root: Path, recorder: str, store: str) -> None:
    """Write the marker of an added disk, durably. Raises OSError."""
    said = json.dumps({"recorder": recorder, "store": store}).encode()
    _write(root / MARKER, said)
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _try(root: Path) -> None:
    path, said = root / f".try-{secrets.token_hex(8)}", secrets.token_bytes(TRY_BYTES)
    try:
        _write(path, said)
        if path.read_bytes() != said:
            raise OSError("read back something else")
    finally:
        with suppress(OSError):
            path.unlink()


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        return os.read(handle, TRY_BYTES)
    finally:
        os.close(handle)


def _write(path: Path, said: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, sharing.FILE)
    try:
        if os.write(handle, said) != len(said):
            raise OSError("short write")
        os.fsync(handle)
    finally:
        os.close(handle)
