"""Who may read and write what in the data directory of an installed service."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD, PAGES, ROOT = "record", "pages", "root"


@dataclass(frozen=True, slots=True)
class Right:
    """One directory: its mode, that of what lies in it (0 = left alone), and whose it is."""

    path: str
    folder: int
    file: int
    owner: str


TABLE = (
    # Sticky where both write: neither replaces or removes the other's files.
    Right(".", 0o750, 0o600, PAGES),
    Right("keys", 0o700, 0o600, PAGES),
    Right("record", 0o3770, 0o600, RECORD),
    Right("record/table", 0o700, 0o600, RECORD),
    Right("record/slot", 0o700, 0o600, RECORD),
    Right("record/aside", 0o700, 0o600, RECORD),
    Right("record/orders", 0o2770, 0o640, RECORD),
    Right("record/journal", 0o2750, 0o640, RECORD),
    Right("store", 0o2750, 0o640, RECORD),
)
DATABASE = "db.sqlite3"
MADE = (".", "keys", "record", "record/table", "record/slot", "record/orders", "record/journal", "store")
SINGLE = (
    # Nobody's to change: the identity, and the key by which the recorder knows true orders.
    ("instance.json", 0o444, ROOT),
    ("record/orders.pub", 0o444, ROOT),
    ("record/settings.json", 0o640, PAGES),
)


@dataclass(frozen=True, slots=True)
class Ids:
    """Numbers of the two users and their group."""

    record: int
    pages: int
    group: int

    def of(self, owner: str) -> int:
        return {RECORD: self.record, PAGES: self.pages, ROOT: 0}[owner]


def lines(data: Path) -> Iterator[str]:
    """The table as text."""
    for one in TABLE:
        yield f"{one.folder:04o} {one.file:04o} {one.owner:6} {data / one.path}"
    for name, mode, owner in SINGLE:
        yield f"     {mode:04o} {owner:6} {data / name}"


def apply(data: Path, ids: Ids) -> None:
    """Make the directories and set all rights; needs root. Links are not followed."""
    for name in MADE:
        (data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / DATABASE).touch(mode=0o600)  # its journal files take its mode; made by SQLite it would be wider
    for right in TABLE:
        _apply(data / right.path, right, ids)
    for name, mode, owner in SINGLE:
        if (data / name).is_file() and not (data / name).is_symlink():
            _set(data / name, mode, ids.of(owner), ids.group)


def _apply(top: Path, right: Right, ids: Ids) -> None:
    """One directory and what is below it, except directories that have a line of their own."""
    own_lines = {top / right.path for right in TABLE} if right.path == "." else set()
    if right.path == "record":
        own_lines = {top.parent / one.path for one in TABLE}
    if not top.is_dir():
        return
    for folder, folders, files in os.walk(top):
        here = top / os.path.relpath(folder, top)
        folders[:] = [name for name in folders if here / name not in own_lines]
        _set(here, right.folder, ids.of(right.owner), ids.group)
        for name in files:
            _set(here / name, right.file, ids.of(right.owner), ids.group)


def _set(path: Path, mode: int, user: int, group: int) -> None:
    os.chown(path, user, group, follow_symlinks=False)
    if not path.is_symlink():
        path.chmod(mode)
