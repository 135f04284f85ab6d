"""One demonstration camera: the drawing loop here, the RTSP server in a child under Debian's Python."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from kuramori.errors import KuramoriError
from kuramori.main.demo_camera import frame_number
from kuramori.main.demo_camera.scene import HEIGHT, WIDTH, Street

PYTHON_WITH_GSTREAMER = "/usr/bin/python3"
_SERVER = Path(__file__).with_name("rtsp_server.py")
_START_S = 15.0


class DemoCameraFailed(KuramoriError):
    """The RTSP server did not come up; `code` says why."""

    default_code = "demo-camera-failed"


@dataclass(frozen=True)
class CameraSettings:
    """What the server is told. Port 0 asks for any free port."""

    user: str
    password: str
    port: int = 0
    path: str = "/street"
    width: int = WIDTH
    height: int = HEIGHT
    sent_width: int = WIDTH
    sent_height: int = HEIGHT
    frames_per_s: int = frame_number.FRAMES_PER_S
    bitrate_kbit: int = 1500


class DemoCamera:
    """Life-cycle: `start` returns the bound port, `run` draws until `stop` or until the server dies."""

    def __init__(self, settings: CameraSettings) -> None:
        self.settings = settings
        self.port = 0
        self._street = Street()
        self._server: subprocess.Popen[bytes] | None = None
        self._watched = threading.Event()
        self._stopped = threading.Event()

    def start(self) -> int:
        """Start the server; raises DemoCameraFailed (`port-taken`, `no-gstreamer`)."""
        server = subprocess.Popen(
            [PYTHON_WITH_GSTREAMER, str(_SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert server.stdin is not None
        assert server.stdout is not None
        self._server = server
        server.stdin.write(json.dumps(asdict(self.settings)).encode() + b"\n")
        server.stdin.flush()
        watchdog = threading.Timer(_START_S, server.kill)
        watchdog.start()
        line = server.stdout.readline().split()
        watchdog.cancel()
        if line[:1] != [b"READY"]:
            server.kill()
            server.wait()
            code = "port-taken" if line == [b"TAKEN"] else "no-gstreamer"
            raise DemoCameraFailed(code, port=self.settings.port)
        self.port = int(line[1])
        threading.Thread(target=self._listen, daemon=True, name="demo-camera-server").start()
        return self.port

    def _listen(self) -> None:
        """Draw only while somebody watches."""
        assert self._server is not None
        assert self._server.stdout is not None
        for line in self._server.stdout:
            if line.strip() == b"WATCHED":
                self._watched.set()
            elif line.strip() == b"IDLE":
                self._watched.clear()
        self._stopped.set()
        self._watched.set()

    def run(self) -> None:
        """Draw each frame at its own moment; a late one is left out, and its number with it."""
        assert self._server is not None
        assert self._server.stdin is not None
        while not self._stopped.is_set():
            self._watched.wait()
            number = frame_number.number_at(time.time_ns()) + 1
            time.sleep(max(0.0, (frame_number.wall_ns_of(number) - time.time_ns()) / 1e9))
            picture = self._street.draw(number)
            try:
                self._server.stdin.write(number.to_bytes(8, "big") + picture)
                self._server.stdin.flush()
            except (BrokenPipeError, ValueError):
                return

    def stop(self) -> None:
        """End the loop and the server."""
        self._stopped.set()
        self._watched.set()
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
