"""`kuramori demo-erase`: one hour's secret, file and certificate before and after its last day.

A throw-away data directory, a real camera server, the real recorder in this process; only its clock is
moved by hand. The commands of production have no such clock.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.clock import ManualClock
from kuramori.errors import RecorderUnreachable
from kuramori.main import instance
from kuramori.main.demo_camera.camera import CameraSettings, DemoCamera
from kuramori.main.demo_erase_recorder import RecorderInAThread

if TYPE_CHECKING:
    from kuramori.main.demo_set_up import Handout

RECORDED_S = 6.0
PATIENCE_S = 60.0  # on a busy machine the camera's first picture may be long in coming


def main() -> int:
    """Tell the story on the terminal; 0 when every promise held."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kuramori-demo-erase-")))
        aside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kuramori-kept-aside-")))
        os.environ["KURAMORI_DATA"] = str(data)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
        time_machine = ManualClock(time.time_ns())
        stack.enter_context(clock.use(time_machine))
        _prepare(data)
        recording = RecorderInAThread(data, time_machine)
        stack.callback(recording.stop)
        return _story(data, aside, recording)


def _prepare(data: Path) -> None:
    instance.prepare(data, demo=True)
    import django

    django.setup()
    import logging

    from django.core.management import call_command

    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)


def _story(data: Path, aside: Path, recording: RecorderInAThread) -> int:
    from kuramori.main import demo_erase_attack, demo_erase_facts
    from kuramori.main.demo_erase_words import head, row, step

    head()
    step("1", "録画する", "Record a drawn street with the real recorder")
    handout = _record(data, recording)
    hour = demo_erase_facts.one_hour(data)
    kept = aside / hour.path.name
    shutil.copy(data / hour.path, kept)
    row("ファイル", "file", f"{hour.path.name}  {kept.stat().st_size:,} bytes")
    row("その1時間の鍵", "this hour's secret", f"{hour.hour}")
    row("消す日", "to die on", hour.dies)
    held_secret = demo_erase_facts.secret_of(recording.recorder, hour)
    fine = demo_erase_facts.show_alive(recording.recorder, data, hour, handout.passphrase)
    tried, fit = demo_erase_attack.hours_that_fit(data, kept)
    row("盗まれた写しなら", "a stolen copy, today", f"{tried} hour secrets tried, {fit} fits")
    fine &= fit == 1

    step("2", "時計だけを進める", f"Only the clock moves: to {hour.dies}")
    recording.jump_to(hour.erase_at_ns)
    fine &= demo_erase_facts.show_dead(recording.recorder, data, hour)

    step("3", "消去証明", "The erasure certificate")
    fine &= demo_erase_facts.show_certificate(hour)

    step("4", "取っておいた写しを開けてみる", "A copy of the file was kept aside. Everything is tried on it")
    words = [handout.passphrase, handout.recovery]
    fine &= demo_erase_attack.try_everything(data, kept, words, held_secret)
    print()
    print(
        "すべて約束どおりでした。 / Every promise held."
        if fine
        else "約束が守られませんでした。 / A PROMISE FAILED."
    )
    return 0 if fine else 1


def _record(data: Path, recording: RecorderInAThread) -> Handout:
    """Set up through the real gates and record for some seconds; then the camera goes away."""
    from kuramori.main import demo_set_up

    camera = DemoCamera(CameraSettings("street", secrets.token_urlsafe(18)))
    camera.start()
    threading.Thread(target=camera.run, daemon=True).start()
    try:
        with recording.real_time():
            url = f"rtsp://127.0.0.1:{camera.port}{camera.settings.path}"
            handout = demo_set_up.first_time(url, "street", camera.settings.password)
            _wait_for_footage(data)
    finally:
        camera.stop()
    return handout


def _wait_for_footage(data: Path) -> None:
    from kuramori.main import demo_erase_facts

    until_s = time.monotonic() + PATIENCE_S
    while demo_erase_facts.recorded_s(data) < RECORDED_S and time.monotonic() < until_s:
        time.sleep(0.2)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RecorderUnreachable:
        sys.exit("the recorder did not start")
