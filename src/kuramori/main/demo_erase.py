"""`kuramori demo-erase`: one hour's secret, file and certificate before and after its last day.

A throw-away data directory, a real camera server, the real recorder in this process; only its clock is
moved by hand. The commands of production have no such clock.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kuramori import clock
from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.errors import RecorderUnreachable
from kuramori.main import instance
from kuramori.main.demo_camera.camera import CameraSettings, DemoCamera

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from kuramori.main.demo_set_up import Handout
    from kuramori.recorder.process import Recorder

Answer = TypeVar("Answer")
RECORDED_S = 6.0
STEP_S = 12 * HOUR_S


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
        recording = _RecorderInAThread(data, time_machine)
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


def _story(data: Path, aside: Path, recording: _RecorderInAThread) -> int:
    from kuramori.main import demo_erase_attack, demo_erase_facts
    from kuramori.main.demo_erase_words import head, row, step

    head()
    step("1", "録画する", "Record a drawn street with the real recorder")
    handout = _record(recording)
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


def _record(recording: _RecorderInAThread) -> Handout:
    """Set up through the real gates and record for some seconds; then the camera goes away."""
    from kuramori.main import demo_set_up

    camera = DemoCamera(CameraSettings("street", secrets.token_urlsafe(18)))
    camera.start()
    threading.Thread(target=camera.run, daemon=True).start()
    try:
        with recording.real_time():
            url = f"rtsp://127.0.0.1:{camera.port}{camera.settings.path}"
            handout = demo_set_up.first_time(url, "street", camera.settings.password)
            time.sleep(RECORDED_S)
    finally:
        camera.stop()
    return handout


class _RecorderInAThread:
    """The real recorder on an event loop of its own, with the clock handed in."""

    def __init__(self, data: Path, time_machine: ManualClock) -> None:
        from kuramori.recorder.process import Recorder

        self._clock = time_machine
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.recorder: Recorder = self._await(_made(Recorder, data, time_machine))
        self._await(self.recorder.start())
        self._running = asyncio.run_coroutine_threadsafe(self.recorder.run(), self._loop)

    def _await(self, doing: Coroutine[object, object, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(60)

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """While the block runs, the clock in hand goes as fast as the wall's."""
        over = threading.Event()

        def follow() -> None:
            before_s = time.monotonic()
            while not over.wait(0.01):
                now_s = time.monotonic()
                self._clock.advance_s(now_s - before_s)
                before_s = now_s

        follower = threading.Thread(target=follow)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()

    def jump_to(self, wall_ns: int) -> None:
        """Move the clock there in half days; the recorder looks around at each."""
        from kuramori.main.demo_erase_words import passing

        while (left_s := (wall_ns - self._clock.wall_ns()) / NS_PER_S) > -1:
            self._clock.advance_s(min(STEP_S, left_s + 2))
            self._await(self.recorder.look_around())
            passing(self._clock.wall_ns())
        passing(None)

    def stop(self) -> None:
        """End the recorder and its loop."""
        self.recorder.ask_to_stop()
        self._running.result(30)
        self._await(self.recorder.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


async def _made(kind: type[Recorder], data: Path, time_machine: ManualClock) -> Recorder:
    return kind(data, time_machine)  # its events belong to the loop it is made on


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RecorderUnreachable:
        sys.exit("the recorder did not start")
