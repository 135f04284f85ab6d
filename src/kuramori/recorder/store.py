"""Where segments lie: one directory per store, camera and UTC hour; and which store takes the next one."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S, utc
from kuramori.vault.segment_header import SUFFIX

if TYPE_CHECKING:
    from kuramori.recorder.settings_rows import StoreSettings
    from kuramori.vault.disk import Disk


class Store:
    """One place for segments. `failed` never goes back to False: a disk that lied once is not asked again."""

    def __init__(self, settings: StoreSettings, data_dir: Path, disk: Disk) -> None:
        self.settings = settings
        self.root = data_dir / Path(settings.path)
        self.disk = disk
        self._data_dir = data_dir
        self._failed = threading.Event()

    @property
    def id(self) -> str:
        return self.settings.id

    @property
    def failed(self) -> bool:
        return self._failed.is_set()

    def fail(self) -> bool:
        """Trust this store no more; True for the first caller."""
        first = not self._failed.is_set()
        self._failed.set()
        return first

    def free_bytes(self) -> int:
        """Space left for us; 0 when the file system does not answer."""
        try:
            state = os.statvfs(self.root)
        except OSError:
            return 0
        return state.f_bavail * state.f_frsize

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
    """The first store that is trusted and not down to its last bytes; None when there is none."""
    good = [store for store in stores if not store.failed]
    for store in good:
        if store.free_bytes() > store.settings.reserve_bytes:
            return store
    return good[0] if good else None
