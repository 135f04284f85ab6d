"""The erasure clock's memory on disk: one small file, replaced atomically and synced."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from kuramori.errors import Damaged
from kuramori.recorder import exact_json
from kuramori.recorder.erasure_clock import ClockState

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path) -> ClockState:
    """The state as last saved. A missing or unreadable file is a clock that was never sure: it only makes the
    recorder ask again, and provisional footage die early."""
    try:
        document = exact_json.loads(path.read_bytes())
        rows = [(int(row["at_ns"]), int(row["by_ns"])) for row in document.pop("corrections")]
        state = ClockState(**document, corrections=rows)
    except (OSError, Damaged, TypeError, KeyError, ValueError):
        return ClockState()
    return state if _sane(state) else ClockState()


def save(path: Path, state: ClockState) -> None:
    """Replace the file by `state`; returns when it is durable. Raises OSError."""
    document = asdict(state)
    document["corrections"] = [{"at_ns": at, "by_ns": by} for at, by in state.corrections]
    fresh = path.with_name(path.name + ".new")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as out:
        out.write(exact_json.dumps(document))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sane(state: ClockState) -> bool:
    numbers = (state.known_ns, state.boot_ns, state.untrusted_ns)
    last_seen = state.last_seen_ns is None or isinstance(state.last_seen_ns, int)
    return all(isinstance(number, int) and number >= 0 for number in numbers) and last_seen
