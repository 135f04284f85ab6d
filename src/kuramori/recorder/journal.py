"""The recorder's journal: what happened, in order, each line bound to the one before it.

One canonical JSON object (RFC 8785) per line: {"seq", "prev", "at_ns", "kind", …}; "prev" is the SHA-256 of
the previous line's bytes without its newline. Files are named by their first sequence number and begin with
a `carried` entry, so that a start has to read the last file only. Appending is buffered; `sync()` makes
everything appended before the call durable and may be called from many threads at once: one of them does
the work for all.

When the disk refuses, nothing counts as durable any more and `sync()` fails; entries wait in memory, bounded,
until `mend()` has put them behind the last durable line through a new descriptor.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kuramori import sharing
from kuramori.errors import DiskFailed
from kuramori.recorder.journal_chain import FIRST_PREV, Tail, encode_line, file_name, line_hash, read_tail

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import Clock

ROLL_BYTES = 8 * 1024 * 1024
ROLL_ENTRIES = 20_000
WAITING_MOST = 50_000
"""Entries that wait in memory at most while the disk refuses them: hours of a hundred cameras."""


class Journal:
    """The one writer of a journal directory; thread-safe. After a write error it must be mended."""

    def __init__(self, directory: Path, clock: Clock, roll_bytes: int = ROLL_BYTES) -> None:
        self._directory = directory
        self._clock = clock
        self._roll_bytes = roll_bytes
        self._lock = threading.Lock()
        self._durable = threading.Condition(self._lock)
        self._pending: list[bytes] = []
        self._syncing = False
        self._failed = False
        self._closed = False
        self._fd = -1
        self._path = directory
        directory.mkdir(mode=sharing.FOLDER, parents=True, exist_ok=True)
        tail = read_tail(directory)
        self.things = tail.things
        """What the entries so far left open: segments, gaps, orders done lately."""
        self.found: Tail = tail
        """How the journal was found at start: torn bytes dropped, a broken chain, the time of its last
        entry."""
        self._seq = tail.last_seq
        self._prev = tail.last_hash
        self._durable_seq = tail.last_seq
        self._size_bytes = tail.size_bytes
        self._entries_in_file = 0
        self._open(tail)

    @property
    def last_seq(self) -> int:
        """Sequence number of the newest entry, durable or not; 0 when there is none."""
        return self._seq

    @property
    def waiting(self) -> bool:
        """Is there an entry that is not durable yet?"""
        return self._durable_seq < self._seq

    @property
    def failing(self) -> bool:
        """The disk has refused entries: they wait in memory, and nothing new becomes durable."""
        return self._failed

    def append(self, kind: str, **fields: Any) -> int:
        """Add an entry; returns its sequence number. It is durable only after a `sync()` that follows."""
        with self._lock:
            if self._closed:
                raise DiskFailed("journal-closed")
            return self._append(kind, fields)

    def append_durable(self, kind: str, **fields: Any) -> int:
        """Add an entry and return when it is on the disk."""
        seq = self.append(kind, **fields)
        self.sync()
        return seq

    def sync(self) -> None:
        """Return when every entry appended before this call is durable. Raises DiskFailed until mended."""
        with self._lock:
            wanted = self._seq
            while self._durable_seq < wanted:
                self._refuse_if_failed()
                if self._syncing:
                    self._durable.wait()
                else:
                    self._sync_for_all()

    def mend(self) -> bool:
        """Try to go on after a write error; True when all that waited is durable.

        What the file holds behind its last durable line is cut off and written anew: a disk that has failed
        may have thrown it away. Raises DiskFailed `journal-lost` when the durable part itself is not there,
        or more waits than memory may hold.
        """
        with self._lock:
            if not self._failed or self._syncing:
                return not self._failed
            if len(self._pending) > WAITING_MOST:
                raise DiskFailed("journal-lost", entries=len(self._pending))
            self._syncing = True
        try:  # without the lock: a disk that hangs must not keep whoever appends
            fresh = _reopened(self._path, self._size_bytes)
        finally:
            with self._lock:
                self._syncing = False
                self._durable.notify_all()
        if fresh is None:
            return False
        with suppress(OSError):  # closing tells again of the error that we know
            os.close(self._fd)
        with self._lock:
            self._fd = fresh
            self._failed = False
            with suppress(DiskFailed):
                while self._pending:
                    self._sync_for_all()
            return not self._failed

    def close(self) -> None:
        """Make everything durable and let go of the file."""
        self.sync()
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
            self._closed = True

    def _append(self, kind: str, fields: dict[str, Any]) -> int:
        seq = self._seq + 1
        line = encode_line(seq, self._prev, self._clock.wall_ns(), kind, fields)
        self._seq = seq
        self._prev = line_hash(line)
        self._pending.append(line)
        self._entries_in_file += 1
        self.things.apply(seq, kind, fields)
        return seq

    def _sync_for_all(self) -> None:
        """Write and sync all that is pending; the lock is let go meanwhile, so that appending goes on."""
        self._syncing = True
        block, self._pending = self._pending, []
        upto = self._seq
        self._lock.release()
        ok = False
        try:
            data = b"\n".join(block) + b"\n"
            _write_all(self._fd, data)
            os.fdatasync(self._fd)
            ok = True
        except OSError as error:
            raise DiskFailed("journal-failed", errno=error.errno) from error
        finally:
            self._lock.acquire()
            self._syncing = False
            if ok:
                self._durable_seq = upto
                self._size_bytes += len(data)
            else:
                self._failed = True
                self._pending = block + self._pending
            self._durable.notify_all()
        if self._size_bytes >= self._roll_bytes or self._entries_in_file >= ROLL_ENTRIES:
            self._roll()

    def _roll(self) -> None:
        """Begin a new file with what is still open. Entries appended since the sync stay in the old one."""
        if self._pending:
            return  # next time: the file to come must begin with its `carried` entry
        try:
            fresh = _create(self._directory, self._seq + 1)
        except OSError:
            return  # the old one goes on; asked again after the next sync
        os.close(self._fd)
        self._fd, self._path = fresh, self._directory / file_name(self._seq + 1)
        self._size_bytes = self._entries_in_file = 0
        self._append("carried", self.things.snapshot())

    def _open(self, tail: Tail) -> None:
        if tail.path is None or tail.broken:
            self._fd = _create(self._directory, self._seq + 1)
            self._path = self._directory / file_name(self._seq + 1)
            self._size_bytes = 0
            self._append("carried", self.things.snapshot())
            if tail.broken:
                self._append("journal-broken", {"why": tail.broken, "last_seq": tail.last_seq})
        else:
            self._path = tail.path
            self._fd = os.open(tail.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            os.ftruncate(self._fd, tail.size_bytes)
            os.fsync(self._fd)
            if tail.size_bytes == 0:
                self._append("carried", self.things.snapshot())
            if tail.torn_bytes:
                self._append("journal-torn", {"dropped_bytes": tail.torn_bytes})

    def _refuse_if_failed(self) -> None:
        if self._failed or self._closed:
            raise DiskFailed("journal-failed")


def _reopened(path: Path, size_bytes: int) -> int | None:
    """A new descriptor of a file cut to its durable part; None while the disk refuses. Raises DiskFailed."""
    try:
        fresh = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if os.fstat(fresh).st_size < size_bytes:
            raise DiskFailed("journal-lost", size=size_bytes)
        os.ftruncate(fresh, size_bytes)
        os.fsync(fresh)
    except OSError:
        os.close(fresh)
        return None
    except DiskFailed:
        os.close(fresh)
        raise
    return fresh


def _create(directory: Path, first_seq: int) -> int:
    path = directory / file_name(first_seq)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, sharing.FILE)
    try:
        _sync_folder(directory)
    except OSError:
        os.close(fd)
        path.unlink(missing_ok=True)  # a newest file without a line would take the place of the one in use
        raise
    return fd


def _sync_folder(directory: Path) -> None:
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


__all__ = ["FIRST_PREV", "Journal"]
