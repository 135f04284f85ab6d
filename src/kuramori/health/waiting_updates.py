"""How many security updates wait, by asking apt beside our own work: its answer may take a minute."""

from __future__ import annotations

import subprocess
import tempfile
from typing import IO

from kuramori import clock
from kuramori.health.self_rules import security_updates

AGAIN_NS = 24 * clock.HOUR_S * clock.NS_PER_S
LONGEST_NS = 600 * clock.NS_PER_S
COMMAND = ("nice", "-n", "19", "apt-get", "-s", "-q", "-o", "Debug::NoLocking=true", "dist-upgrade")
"""Simulated: it changes nothing."""


class WaitingUpdates:
    """Asks once a day. `number` is the last answer, None where there is none."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self.number: int | None = None
        self._command = command
        self._asked_ns: int | None = None
        self._running: subprocess.Popen[str] | None = None
        self._said: IO[str] | None = None

    def known(self, now_ns: int) -> bool:
        """Ask where it is time to; whether the question of this day has its answer."""
        if self._running is not None:
            self._take_answer(now_ns)
        elif self._asked_ns is None or not 0 <= now_ns - self._asked_ns < AGAIN_NS:
            self._ask(now_ns)
        return self._running is None

    def _ask(self, now_ns: int) -> None:
        self._asked_ns = now_ns
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the answer
        try:
            self._running = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=subprocess.DEVNULL,
                text=True,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            )
        except OSError:
            self._finish(None)

    def _take_answer(self, now_ns: int) -> None:
        assert self._running is not None and self._said is not None
        code = self._running.poll()
        if code is None and 0 <= now_ns - (self._asked_ns or 0) < LONGEST_NS:
            return
        if code is None:
            self._running.kill()
            self._running.wait()
        self._said.seek(0)
        self._finish(security_updates(self._said.read()) if code == 0 else None)

    def _finish(self, number: int | None) -> None:
        self.number, self._running = number, None
        if self._said is not None:
            self._said.close()
            self._said = None
