"""A whole Kuramori for the watching benches, and a drawn camera whose password is known here."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.main import instance
from kuramori.main.demo_camera.camera import CameraSettings, DemoCamera

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
CAMERA = CameraSettings("bench", "bench watches the street")
SET_UP = """
import json, sys
from dataclasses import asdict
from kuramori.main import demo_set_up
print(json.dumps(asdict(demo_set_up.first_time(*json.loads(sys.stdin.read())))))
"""
ADD = """
import json, sys
from kuramori.footage import recorder_socket, settings_file
from kuramori.guideline import judging
from kuramori.main import demo_set_up
from kuramori.people.models import Account
url, user, password, count = json.loads(sys.stdin.read())
by = Account.objects.order_by("pk").first()
for number in range(count):
    camera = demo_set_up.register(url, user, password, by, name=f"商店街 {number + 2}")
    recorder_socket.put_credentials(camera.id, user, password)
judging.judge_all(actor=by.actor)
settings_file.write(by.actor)
recorder_socket.wake()
"""


class WatchingBox:
    """start() → set up and recording; `url`, `handout`, `camera_url`; stop()."""

    def __init__(self, data: Path, settings: CameraSettings = CAMERA) -> None:
        self.data = data
        self.settings = settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://localhost:{self.port}"
        self.camera = DemoCamera(settings)
        self.handout: dict[str, object] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of record, web and work."""
        return {name: child.pid for name, child in self._children.items()}

    @property
    def camera_url(self) -> str:
        """The camera's address with its credentials, for the reader that is compared with."""
        password = CAMERA.password.replace(" ", "%20")
        return f"rtsp://{CAMERA.user}:{password}@127.0.0.1:{self.camera.port}{CAMERA.path}"

    def start(self) -> None:
        instance.prepare(self.data, demo=True)
        self.camera.start()
        threading.Thread(target=self.camera.run, daemon=True).start()
        self._run("manage", "migrate", "--noinput", "-v", "0")
        for name in ("record", "web", "work"):
            self._children[name] = subprocess.Popen([*_KURAMORI, name], env=self._env)
        self._wait_for_socket()
        url = f"rtsp://127.0.0.1:{self.camera.port}{CAMERA.path}"
        said = json.dumps([url, CAMERA.user, CAMERA.password])
        script = f"import django; django.setup()\n{SET_UP}"
        told = subprocess.run([sys.executable, "-c", script], env=self._env, input=said.encode(), check=True,
                              stdout=subprocess.PIPE)  # fmt: skip
        self.handout = json.loads(told.stdout.splitlines()[-1])

    def add_cameras(self, count: int) -> None:
        """So many more cameras, each a connection of its own to the same drawn street."""
        url = f"rtsp://127.0.0.1:{self.camera.port}{CAMERA.path}"
        said = json.dumps([url, CAMERA.user, CAMERA.password, count])
        self.in_django(ADD, said)

    def in_django(self, code: str, said: str = "") -> str:
        """What `code` prints, run with Django set up on this box's data; `said` is its standard input."""
        script = f"import django; django.setup()\n{code}"
        done = subprocess.run([sys.executable, "-c", script], env=self._env, input=said.encode(), check=True,
                              stdout=subprocess.PIPE)  # fmt: skip
        return done.stdout.decode().strip()

    def _run(self, *arguments: str) -> None:
        subprocess.run([*_KURAMORI, *arguments], env=self._env, check=True)

    @property
    def _env(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": str(ROOT / "src"),
            "KURAMORI_DATA": str(self.data),
            "KURAMORI_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "kuramori.main.settings",
        }

    def _wait_for_socket(self) -> None:
        until_s = time.monotonic() + 60
        while time.monotonic() < until_s:
            with socket.socket() as probe:
                web = probe.connect_ex(("127.0.0.1", self.port)) == 0
            if web and (self.data / "record" / "record.sock").exists():
                return
            time.sleep(0.1)
        raise TimeoutError("the processes did not come up")

    def sign_in(self, page: Page) -> None:
        """Sign the stand-in in and open the storehouse."""
        codes = self.handout["codes"]
        assert isinstance(codes, list)
        page.goto(f"{self.url}/accounts/login/")
        page.fill("[name=login]", str(self.handout["username"]))
        page.fill("[name=password]", str(self.handout["password"]))
        page.click("main button[type=submit]")
        page.fill("[name=code]", codes.pop())
        page.click("main form:has([name=code]) button[type=submit]")
        page.wait_for_load_state()
        page.goto(f"{self.url}/storehouse/unlock/")
        page.fill("[name=passphrase]", str(self.handout["passphrase"]))
        page.click("main form:has([name=passphrase]) button[type=submit]")
        page.wait_for_load_state()

    def stop(self) -> None:
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            child.wait(20)
        self.camera.stop()


_KURAMORI = [sys.executable, "-m", "kuramori.main.command"]


@contextmanager
def watching_box(data: Path, settings: CameraSettings = CAMERA) -> Iterator[WatchingBox]:
    """A started box that is stopped whatever happens."""
    box = WatchingBox(data, settings)
    try:
        box.start()
        yield box
    finally:
        box.stop()
