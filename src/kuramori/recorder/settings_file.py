"""The settings file: what the pages decided, as far as the recorder obeys it. Read strictly or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from kuramori.errors import BadInput
from kuramori.recorder.settings_reading import parse
from kuramori.recorder.settings_rows import (
    CameraSettings,
    Gate,
    RecorderSettings,
    Retention,
    StorehouseSettings,
    StoreSettings,
)

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024


def load(
    path: Path, last_good: Path, *, demo: bool = False, recorder: str | None = None
) -> tuple[RecorderSettings | None, str]:
    """The settings in force and why the newest file was not taken ("" when it was).

    A usable `path` becomes the new `last_good`; else `last_good` holds; nothing usable: None, nothing is
    recorded. `demo`: only loopback cameras, whatever the file says. `recorder`: the id the file must be
    made for.
    """
    try:
        settings = read(path, demo=demo, recorder=recorder)
    except BadInput as problem:
        why = problem.code
    else:
        with contextlib.suppress(OSError):  # a full disk: the older copy is also good
            _keep(path, last_good)
        return settings, ""
    try:
        return read(last_good, demo=demo, recorder=recorder), why
    except BadInput:
        return None, why


def fingerprint(path: Path) -> tuple[int, int, int] | None:
    """Changes whenever the file is replaced or written; None while there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size


def read(path: Path, *, demo: bool = False, recorder: str | None = None) -> RecorderSettings:
    """Parse one file. Raises BadInput with a code that says what is wrong with it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput("settings-too-large")
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput("settings-missing") from None
    except OSError:
        raise BadInput("settings-unreadable") from None
    return parse(data, demo=demo, recorder=recorder)


def _keep(path: Path, last_good: Path) -> None:
    """Make `last_good` the same as `path`, atomically; a failure leaves the older copy, which is also
    good."""
    data = path.read_bytes()
    if last_good.exists() and last_good.read_bytes() == data:
        return
    fresh = last_good.with_name(last_good.name + ".new")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(last_good)


__all__ = [
    "CameraSettings",
    "Gate",
    "RecorderSettings",
    "Retention",
    "StoreSettings",
    "StorehouseSettings",
    "fingerprint",
    "load",
    "read",
]
