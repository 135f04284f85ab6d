"""Every segment file on every store, by its clear header alone: what rebuild and check walk over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.errors import Damaged
from kuramori.footage import datadir
from kuramori.vault.segment_header import SUFFIX
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.vault.segment_header import SegmentHeader

DEFAULT_STORE = "store/0"


@dataclass(frozen=True, slots=True)
class Found:
    """One segment file as it lies there. `sha256` is empty unless it was asked for."""

    path: str
    header: SegmentHeader
    end_ns: int
    records: int
    size_bytes: int
    closed: bool
    fault: str
    sha256: str = ""


def roots() -> list[Path]:
    """The stores that the recorder's settings name, and the usual one always."""
    data = datadir.data()
    try:
        settings = json.loads((datadir.record_dir() / "settings.json").read_text())
        named = [str(store["path"]) for store in settings["stores"]]
    except (OSError, ValueError, KeyError, TypeError):
        named = []
    return list(dict.fromkeys(data / path for path in [DEFAULT_STORE, *named]))


def paths() -> Iterator[Path]:
    """All segment files, store by store, in order of camera and time."""
    for root in roots():
        yield from sorted(root.glob(f"*/*/*{SUFFIX}"))


def look(path: Path, *, hashed: bool) -> Found | None:
    """What one file says without any key; None when it is gone or its header is not whole."""
    try:
        with SegmentFile(path) as found:
            return Found(
                path=told(path),
                header=found.header,
                end_ns=found.end_ns,
                records=len(found.records),
                size_bytes=found.whole_bytes,
                closed=found.state == "closed",
                fault=found.fault or "",
                sha256=found.sha256() if hashed else "",
            )
    except (Damaged, OSError):
        return None


def told(path: Path) -> str:
    """`path` as index and journal write it: relative to the data directory where it lies inside."""
    data = datadir.data()
    return path.relative_to(data).as_posix() if path.is_relative_to(data) else path.as_posix()
