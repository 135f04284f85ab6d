"""What the parts of the recorder hand each other: the shape of a camera worker, and what it is given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kuramori.pictures.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kuramori.clock import Clock
    from kuramori.recorder.journal import Journal
    from kuramori.recorder.key_keeper import KeyKeeper
    from kuramori.recorder.live import LiveWindow
    from kuramori.recorder.settings_rows import CameraSettings, RecorderSettings
    from kuramori.recorder.time_witnesses import TimeWitnesses


@dataclass
class RecorderParts:
    """What every camera worker shares. `settings` is replaced as a whole when the file changes."""

    data: Path
    recorder: str
    run: str
    """Id (hex32) of this run of the recorder."""
    clock: Clock
    journal: Journal
    keeper: KeyKeeper
    witnesses: TimeWitnesses
    settings: RecorderSettings | None = None
    sealed_everywhere: Callable[[], bool] = field(default=lambda: False)
    """The erasure clock has been unsure for too long: recorded, but nobody sees anything, live included."""
    decoding: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a key frame of some camera is decoded on trial."""
    views: Views = field(default_factory=Views)
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while some camera's view is looked at."""


@dataclass
class WorkerStatus:
    """One camera as the status screen shows it."""

    state: str
    since_ns: int
    detail: str = ""
    segment: str | None = None
    bytes_written: int = 0
    lost_packets: int = 0
    viewers: int = 0
    clock_error_ms: int | None = None
    """The camera's own clock minus ours; None while it says nothing."""
    mask_checked_ns: int | None = None
    view_checked_ns: int | None = None
    decoded_ns: int | None = None
    unreadable: bool = False
    """Its key frames could not be decoded, several times in a row."""


class Worker(Protocol):
    """One camera's recording. Built from (parts, camera settings); lives on the event loop."""

    live: LiveWindow

    async def run(self) -> None:
        """Until `stop`, or cancelled; reconnects by itself, raises only what nobody foresaw."""

    async def stop(self) -> None:
        """Close the running segment and its gap; journalled, not yet synced. At most a second."""

    def apply(self, camera: CameraSettings) -> None:
        """Settings have changed (or a gate's instant may have come): obey from now on."""

    async def leave_hours(self, hours: frozenset[str]) -> None:
        """These hour secrets are about to die: close a segment that is under one of them. What comes
        meanwhile waits in memory; `keeper.hour_for` gives a new hour once it is durable."""

    def status(self) -> WorkerStatus: ...


class WorkerFactory(Protocol):
    """How a worker is made (a camera's address or credentials changed: a new one is made)."""

    def __call__(self, parts: RecorderParts, camera: CameraSettings) -> Worker: ...
