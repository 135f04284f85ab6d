"""The demonstration: a drawn street behind a real camera server, set up through the real gates by a stand-in.

`python -m kuramori.main.demo` runs beside `record`, `web` and `work` under the supervisor, in a data
directory that was marked DEMO when it was made. It keeps no secret: what it prints at the first start
exists nowhere else.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")

from kuramori.errors import KuramoriError, RecorderUnreachable
from kuramori.main.demo_camera.camera import CameraSettings, DemoCamera, DemoCameraFailed

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.main.demo_set_up import Handout

CAMERA_USER = "street"
RECORDER_START_S = 60.0


def main() -> int:
    """Set up at the first start, then serve the camera until told to stop."""
    import django

    django.setup()
    from django.conf import settings

    if not settings.DEMO:
        print("This data directory is not a demonstration.", file=sys.stderr)
        return 2
    _wait_for_recorder()
    kept = _kept_camera()
    password = secrets.token_urlsafe(18)
    camera = DemoCamera(CameraSettings(CAMERA_USER, password, port=_port_of(kept)))
    try:
        camera.start()
    except DemoCameraFailed:
        if kept is None:
            raise
        camera = DemoCamera(CameraSettings(CAMERA_USER, password))  # its old port is taken: a new one
        camera.start()
    signal.signal(signal.SIGTERM, lambda *_: camera.stop())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the supervisor, which ends us
    running = threading.Thread(target=camera.run, name="demo-camera")
    running.start()
    try:
        _set_up(camera, kept)
    except BaseException:
        camera.stop()
        raise
    running.join()
    return 0


def _set_up(camera: DemoCamera, kept: Camera | None) -> None:
    from kuramori.main import demo_set_up

    url = f"rtsp://127.0.0.1:{camera.port}{camera.settings.path}"
    if kept is not None:
        demo_set_up.reconnect(kept, url, camera.settings.user, camera.settings.password)
        print(_again(), flush=True)
        return
    handout = demo_set_up.first_time(url, camera.settings.user, camera.settings.password)
    print(_printed(handout), flush=True)


def _wait_for_recorder() -> None:
    from kuramori.footage import recorder_socket

    until_s = time.monotonic() + RECORDER_START_S
    while True:
        try:
            recorder_socket.status()
            return
        except RecorderUnreachable:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.2)


def _kept_camera() -> Camera | None:
    """The camera of an earlier start; raises when that start broke off half way."""
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

    kept = Camera.objects.filter(retired_ns=None).order_by("number").first()
    if kept is None and Account.objects.exists():
        raise KuramoriError("demo-set-up-broke-off")
    return kept


def _port_of(kept: Camera | None) -> int:
    return (urlsplit(kept.url).port or 0) if kept else 0


def _printed(handout: Handout) -> str:
    from django.conf import settings

    rows = [
        ("開くところ / open", f"http://localhost:{settings.PORT}"),
        ("利用者名 / user name", handout.username),
        ("パスワード / password", handout.password),
        ("認証アプリの鍵 / TOTP secret", handout.totp_secret),
        ("一度だけのコード / single-use codes", "  ".join(handout.codes)),
        ("保管庫の合言葉 / storehouse passphrase", handout.passphrase),
        ("復旧用紙の合言葉 / recovery sheet", handout.recovery),
    ]
    ruler = "─" * 78
    lines = [ruler, "DEMO  実演(代役の人物が設定しました)/ demonstration, set up by a stand-in person", ruler]
    lines += [f"  {name}\n      {value}" for name, value in rows]
    lines += [
        ruler,
        "この内容はどこにも保存されません。もう一度出すことはできません。",
        "Nothing of this is kept; it cannot be shown again. Lost it? make up DEMO=1 DATA=./data-new",
        "二つ目の確認には、認証アプリのかわりに上のコードを一つずつ使えます。",
        "As second factor use an authenticator app, or one of the codes above, each once.",
        ruler,
    ]
    return "\n".join(lines)


def _again() -> str:
    return (
        "DEMO  前回の実演の続きです。利用者名などは最初の起動のときにだけ表示されました。\n"
        "      This demonstration goes on; its names and secrets were shown at its first start only.\n"
        "      Lost them? make up DEMO=1 DATA=./data-new"
    )


if __name__ == "__main__":
    sys.exit(main())
