"""A real box for browser tests: a data directory of its own, migrated, and its `web` process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests import migrated
from tests.browser import shifted_web

REPOSITORY = Path(__file__).resolve().parents[2]
START_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Box:
    """start(), then `home` answers; `run` executes Python inside the box's Django; stop()."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.home = f"http://localhost:{self.port}"
        self._web: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        return os.environ | {
            "KURAMORI_DATA": str(self.data),
            "KURAMORI_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "kuramori.main.settings",
        }

    def start(self) -> None:
        migrated.put_into(self.data)
        self.start_web()

    def pass_time(self, seconds: int) -> None:
        """For the pages it is so much later than for the machine (they were started by `shifted=True`)."""
        (self.data / shifted_web.AHEAD).write_text(str(seconds))

    def start_web(self, *, shifted: bool = False) -> None:
        module = "tests.browser.shifted_web" if shifted else "kuramori.main.command"
        argv = [sys.executable, "-m", module, *([] if shifted else ["web"])]
        self._web = subprocess.Popen(argv, env=self.env, cwd=REPOSITORY)
        give_up_at = time.monotonic() + START_S
        while time.monotonic() < give_up_at:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("web did not come up")

    def command(self, *arguments: str) -> str:
        argv = [sys.executable, "-m", "kuramori.main.command", *arguments]
        done = subprocess.run(argv, env=self.env, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def run(self, code: str) -> str:
        """What `code` prints, run with Django set up on this box's data."""
        script = f"import django; django.setup()\n{code}"
        argv = [sys.executable, "-c", script]
        done = subprocess.run(argv, env=self.env, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode().strip()

    def stop(self) -> None:
        if self._web is not None:
            self._web.terminate()
            self._web.wait(15)
            self._web = None
