"""Who can say whether the machine's clock is right: the kernel's synchronisation, the battery clock,
cameras."""

from __future__ import annotations

import ctypes
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from kuramori.clock import NS_PER_S

Kind = Literal["kernel", "rtc", "camera"]

STA_UNSYNC = 0x0040
TIME_ERROR = 5
TIMEX_BYTES = 208
TIMEX_MAXERROR_OFFSET = 24
TIMEX_STATUS_OFFSET = 40
"""struct timex on 64-bit Linux: modes(4)+pad, offset, freq, maxerror, esterror (8 each), then status."""
RTC_PATH = Path("/sys/class/rtc/rtc0/since_epoch")
CAMERA_FRESH_NS = 120 * NS_PER_S
_LIBC = ctypes.CDLL(None, use_errno=True)  # once: looking a library up starts a process


@dataclass(frozen=True, slots=True)
class Witness:
    """One independent opinion: what it shows minus what the machine's clock shows, in nanoseconds."""

    kind: Kind
    offset_ns: int


class TimeWitnesses(Protocol):
    def opinions(self, wall_ns: int, boot_ns: int) -> list[Witness]:
        """The opinions now, at most one of each kind."""

    def error_ns(self) -> int | None:
        """How far the machine's clock may be from UTC at most; None when no time server disciplines it."""

    def camera(self, camera: str, ntp_ns: int, wall_ns: int) -> None:
        """A sender report: the camera's clock showed `ntp_ns` when ours showed `wall_ns`. Any thread."""


class SystemWitnesses:
    """The real ones. `memory` keeps the battery clock's first reading of this boot over restarts of the
    program; `rtc_path` is a file with whole seconds since 1970, as the kernel shows them."""

    def __init__(self, memory: Path, boot: str, rtc_path: Path = RTC_PATH) -> None:
        self._memory = memory
        self._boot = boot
        self._rtc_path = rtc_path
        self._lock = threading.Lock()
        self._reports: dict[str, tuple[int, int]] = {}
        self._rtc_run_ns = self._remembered()
        self._rtc_was_set = False

    def camera(self, camera: str, ntp_ns: int, wall_ns: int) -> None:
        with self._lock:
            self._reports[camera] = (ntp_ns - wall_ns, wall_ns)

    def opinions(self, wall_ns: int, boot_ns: int) -> list[Witness]:
        found = [Witness("kernel", 0)] if kernel_error_ns() is not None else []
        rtc_ns = self._rtc_ns(boot_ns)
        if rtc_ns is not None:
            found.append(Witness("rtc", rtc_ns - wall_ns))
        with self._lock:
            fresh = sorted(off for off, at in self._reports.values() if abs(wall_ns - at) < CAMERA_FRESH_NS)
        if fresh:
            found.append(Witness("camera", fresh[len(fresh) // 2]))
        return found

    def error_ns(self) -> int | None:
        return kernel_error_ns()

    def _rtc_ns(self, boot_ns: int) -> int | None:
        """The battery clock, unless somebody set it during this run: then it only repeats the machine's clock
        (the kernel copies a synchronised time into it every 11 minutes) and is no second opinion."""
        try:
            rtc_ns = int(self._rtc_path.read_text()) * NS_PER_S
        except (OSError, ValueError):
            return None
        run_ns = rtc_ns - boot_ns
        if self._rtc_run_ns is None:
            self._rtc_run_ns = run_ns
            self._memory.write_text(json.dumps({"boot": self._boot, "rtc_minus_boot_ns": run_ns}))
        elif abs(run_ns - self._rtc_run_ns) > 60 * NS_PER_S:
            self._rtc_was_set = True
        return None if self._rtc_was_set else rtc_ns

    def _remembered(self) -> int | None:
        try:
            kept = json.loads(self._memory.read_text())
            return int(kept["rtc_minus_boot_ns"]) if kept["boot"] == self._boot else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


class FixedWitnesses:
    """Opinions set by hand, for tests and demonstrations under a clock moved by hand."""

    def __init__(self, *opinions: Witness, error_ns: int | None = None) -> None:
        self.now = list(opinions)
        self.error = error_ns

    def opinions(self, wall_ns: int, boot_ns: int) -> list[Witness]:
        return list(self.now)

    def error_ns(self) -> int | None:
        return self.error

    def camera(self, camera: str, ntp_ns: int, wall_ns: int) -> None:
        pass


def kernel_error_ns() -> int | None:
    """The kernel's bound on the error of its clock (adjtimex, maxerror), as long as it says that a time
    server disciplines it: neither error nor unsynchronised. Else None."""
    timex = ctypes.create_string_buffer(TIMEX_BYTES)
    state = _LIBC.adjtimex(timex)
    if state < 0 or state == TIME_ERROR:
        return None
    status = int.from_bytes(timex.raw[TIMEX_STATUS_OFFSET : TIMEX_STATUS_OFFSET + 4], "little")
    if status & STA_UNSYNC:
        return None
    most_us = int.from_bytes(timex.raw[TIMEX_MAXERROR_OFFSET : TIMEX_MAXERROR_OFFSET + 8], "little")
    return most_us * 1000
