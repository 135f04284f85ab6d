"""`python -m kuramori.main.demo_camera [port]`: the camera alone, for trying other readers on it."""

from __future__ import annotations

import contextlib
import secrets
import sys

from kuramori.main.demo_camera.camera import CameraSettings, DemoCamera


def main() -> None:
    """Print the address with a fresh password and serve until Ctrl-C."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    settings = CameraSettings(user="demo", password=secrets.token_urlsafe(12), port=port)
    camera = DemoCamera(settings)
    camera.start()
    print(f"rtsp://{settings.user}:{settings.password}@127.0.0.1:{camera.port}{settings.path}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        camera.run()
    camera.stop()


if __name__ == "__main__":
    main()
