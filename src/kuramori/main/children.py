"""The processes a supervisor keeps alive."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
STEADY_S = 10.0
"""A child that ran this long is started again at once; one that dies sooner has to wait longer each time."""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0

_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process: started, watched, started again when it dies, stopped. Times are monotonic seconds."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    inherited: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    start_again_at_s: float = 0.0
    pause_s: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a process group of its own (Ctrl-C reaches only the supervisor), bound to our life."""
        self.process = subprocess.Popen(
            self.argv,
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherited,
            process_group=0,
            preexec_fn=_die_with_parent,
        )
        self.started_at_s = time.monotonic()

    def look(self) -> int | None:
        """Keep it running; returns the exit code when it has just been found dead."""
        now_s = time.monotonic()
        if self.process is None:
            if now_s >= self.start_again_at_s:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        steady = now_s - self.started_at_s >= STEADY_S
        self.pause_s = 0.0 if steady else min(max(self.pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self.start_again_at_s = now_s + self.pause_s
        return code

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, until_s: float) -> None:
        """Wait until it has gone; kill it at monotonic time `until_s`."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
