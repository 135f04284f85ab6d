"""Where segments lie: one directory per store, camera and UTC hour; and which store takes the next one."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S, utc
from kuramori.recorder import states
from kuramori.vault.segment_header import SUFFIX

if TYPE_CHECKING:
    from kuramori.recorder.settings_rows import StoreSettings
    from kuramori.vault.disk import Disk


ROOM_BYTES = 4 * 1024 * 1024


class Store:
    """One place for segments, from its opening to its failing.

    `failed` never goes back to False: a disk that lied once is not asked again. When it answers again,
    another Store with another Disk is made for it (`store_watch`).
    """

    def __init__(self, settings: StoreSettings, data_dir: Path, disk: Disk | None) -> None:
        """`disk` None: it is not there yet (`disk-gone`)."""
        self.settings = settings
        self.root = data_dir / Path(settings.path)
        self.answered_s = time.monotonic()
        """When it last answered a question (monotonic)."""
        self.why = "" if disk else states.DISK_GONE
        """The state of a failed store, as a camera's gap would give it."""
        self.full = False
        """A write found no room: not written to until there is some (`ROOM_BYTES`)."""
        self.running = 0
        """Segments that are being written here."""
        self._disk = disk
        self._data_dir = data_dir
        self._free_bytes: int | None = None
        self._total_bytes = 0
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        return self.settings.id

    @property
    def disk(self) -> Disk:
        """Only of a store that has been there."""
        assert self._disk is not None
        return self._disk

    @property
    def failed(self) -> bool:
        return bool(self.why)

    def fail(self, why: str = states.DISK_FAILED) -> bool:
        """Trust this store no more; True for the first caller."""
        with self._lock:
            first, self.why = not self.why, self.why or why
        return first

    def close(self) -> None:
        """Let go of the disk, so that it can be taken out. Nothing is written here any more."""
        if self._disk is not None and not self.failed:
            self._disk.close()

    def count(self, step: int) -> None:
        """A segment begins (1) or has ended (-1) here."""
        with self._lock:
            self.running += step

    def look(self) -> None:
        """Ask the file system for its room; fails the store when it is another one by now. May hang."""
        if self._disk is not None and not self._disk.is_here():
            self.fail(states.DISK_GONE)
        try:
            state = os.statvfs(self.root)
        except OSError:
            self._free_bytes = 0
        else:
            self._free_bytes = state.f_bavail * state.f_frsize
            self._total_bytes = state.f_blocks * state.f_frsize
            if self._free_bytes >= ROOM_BYTES:
                self.full = False
        self.answered_s = time.monotonic()

    def anew(self, disk: Disk) -> Store:
        """The store of a disk that answers again, asked for its room. May hang."""
        fresh = Store(self.settings, self._data_dir, disk)
        fresh.look()
        return fresh

    def free_bytes(self) -> int:
        """Space left for us when it last answered; 0 when it did not."""
        if self._free_bytes is None and not self.failed:
            self.look()
        return self._free_bytes or 0

    def total_bytes(self) -> int:
        """Size of the file system when it last answered."""
        return self._total_bytes

    def segment_path(self, camera: str, hour_start_s: int, start_ns: int, segment: str) -> Path:
        """Absolute path of a segment file to be made."""
        return self.root / camera / hour_folder(hour_start_s) / f"{start_ns}-{segment}{SUFFIX}"

    def told(self, path: Path) -> str:
        """`path` as the journal tells it: relative to the data directory where it lies inside."""
        if path.is_relative_to(self._data_dir):
            return path.relative_to(self._data_dir).as_posix()
        return path.as_posix()


def hour_folder(hour_start_s: int) -> str:
    """Folder name of a UTC hour, for example 20261123T09Z."""
    return utc(hour_start_s * NS_PER_S).strftime("%Y%m%dT%HZ")


def pick(stores: list[Store]) -> Store | None:
    """The first store that is trusted and not down to its last bytes; None when there is none.

    One that is being emptied is taken only when there is no other.
    """
    good = [store for store in stores if not store.failed and not store.full]
    good = [store for store in good if not store.settings.draining] or good
    for store in good:
        if store.free_bytes() > store.settings.reserve_bytes:
            return store
    return good[0] if good else None
