"""The words for what a camera is doing. A gap's reason is the state that it lies in, or one of a few more."""

from __future__ import annotations

import errno
from typing import Final

STARTING: Final = "starting"
RECORDING: Final = "recording"
WAITING_GATE: Final = "waiting-gate"
MASKED: Final = "masked"
MASK_FAILED: Final = "mask-failed"
MASK_WORKER: Final = "mask-worker"
MASK_CHANGED: Final = "mask-changed"
DISK_RESERVE: Final = "disk-reserve"
DISK_FULL: Final = "disk-full"
DISK_READ_ONLY: Final = "disk-read-only"
DISK_SLOW: Final = "disk-slow"
DISK_GONE: Final = "disk-gone"
DISK_FAILED: Final = "disk-failed"
NO_HOUR_KEY: Final = "no-hour-key"
SCHEDULE: Final = "schedule"
CLOSED_BY_CAMERA: Final = "closed-by-camera"
NO_KEY_FRAME: Final = "no-key-frame"
UNREACHABLE: Final = "unreachable"

GATE: Final = "gate"
RECORDER_STOPPED: Final = "recorder-stopped"
RECORDER_DIED: Final = "recorder-died"
CLOCK: Final = "clock"
STALLED: Final = "stalled"
BOX_OFF: Final = "box-off"

_OF_ERRNO: Final = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EROFS: DISK_READ_ONLY,
    errno.ENOENT: DISK_GONE,
    errno.ENODEV: DISK_GONE,
    errno.ENXIO: DISK_GONE,
    errno.ENOTCONN: DISK_GONE,
    errno.ENOMEDIUM: DISK_GONE,
    errno.ESTALE: DISK_GONE,
}

OF_THE_CAMERA: Final = frozenset(
    {
        UNREACHABLE,
        "refused",
        "certificate-changed",
        "certificate-unknown",
        "not-found",
        "no-video",
        "unsupported-codec",
        NO_KEY_FRAME,
        STALLED,
        CLOSED_BY_CAMERA,
        "protocol",
    }
)


def of_disk_error(number: int | None) -> str:
    """What is wrong with a disk that answered a write or a sync with this errno."""
    return _OF_ERRNO.get(number or 0, DISK_FAILED)


def gap_reason(state: str) -> str:
    """The reason of a gap that opens while a camera is in `state`."""
    return GATE if state == WAITING_GATE else state
