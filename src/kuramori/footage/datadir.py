"""Where the recorder's side of the data directory lies, seen from Django."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from kuramori import sharing

if TYPE_CHECKING:
    from collections.abc import Callable


def data() -> Path:
    """The data directory."""
    return Path(settings.DATA)


def record_dir() -> Path:
    """What belongs to `record`: journal, settings, orders, key table, socket."""
    return data() / "record"


def socket_path() -> Path:
    """The recorder's control and live socket."""
    return record_dir() / "record.sock"


def journal_dir() -> Path:
    """The recorder's journal."""
    return record_dir() / "journal"


def recorder_id() -> str:
    """The recorder's id, 32 hexadecimal digits, from instance.json."""
    return str(json.loads((data() / "instance.json").read_text())["recorder_id"])


def write_durably(path: Path, content: bytes, *, before_rename: Callable[[], None] | None = None) -> None:
    """Replace `path` by `content` so that a reader sees the old or the new file, also after a power cut."""
    path.parent.mkdir(mode=sharing.FOLDER, parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, sharing.FILE)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    if before_rename:
        before_rename()
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
