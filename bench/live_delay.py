"""How far the live page is behind `ffmpeg -fflags nobuffer` on the same camera at the same moment.

Both are asked for the frame number that they show, about ten times a second. A number is a fifteenth of a
second. ffmpeg stands for ffplay here: the same options and demuxer, the picture decoded, no window.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.browser.fixtures import CHROMIUM, READ_STRIP, shown_number

from bench.results import Result
from bench.watching_box import WatchingBox, watching_box
from kuramori.main.demo_camera import frame_number

BAR_S = 0.5
WIDTH = 1280


class ForeignReader:
    """ffmpeg with nothing buffered; `number` is the newest frame it has decoded."""

    def __init__(self, url: str) -> None:
        options = ["-fflags", "nobuffer", "-flags", "low_delay", "-rtsp_transport", "tcp", "-i", url]
        strip = f"format=gray,crop={WIDTH}:1:0:ih-8"
        self._process = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-v", "error", *options, "-vf", strip, "-fps_mode", "passthrough",
             "-f", "rawvideo", "-flush_packets", "1", "-"],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self.number: int | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while len(row := self._process.stdout.read(WIDTH)) == WIDTH:
            self.number = frame_number.read_row(row, WIDTH) or self.number

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def run(quick: bool = False) -> list[Result]:
    """Rows: how far behind the camera's clock each is, and the difference, which has the bar."""
    with (
        tempfile.TemporaryDirectory(prefix="kuramori-bench-") as scratch,
        watching_box(Path(scratch)) as box,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = chromium.new_page()
        box.sign_in(page)
        page.goto(f"{box.url}/live/")
        page.click("main .cameras button")
        shown_number(page)
        ours, theirs = _compare(box, page, 40 if quick else 300)
        chromium.close()
    apart = [(foreign - own) / frame_number.FRAMES_PER_S for own, foreign, _ in zip_rows(ours, theirs)]
    return [
        Result("live page behind the camera, median", _behind(ours), "s"),
        Result("ffmpeg nobuffer behind the camera, median", _behind(theirs), "s"),
        Result("live page behind ffmpeg nobuffer, median", statistics.median(apart), "s", BAR_S),
        Result("live page behind ffmpeg nobuffer, 95th of 100", statistics.quantiles(apart, n=20)[-1], "s"),
    ]


Row = tuple[int, int]  # number shown, wall time of asking (ns)


def zip_rows(ours: list[Row], theirs: list[Row]) -> list[tuple[int, int, int]]:
    """(our number, their number, wall time) of each moment."""
    return [(own, foreign, at_ns) for (own, at_ns), (foreign, _) in zip(ours, theirs, strict=True)]


def _behind(rows: list[Row]) -> float:
    return statistics.median((at_ns - frame_number.wall_ns_of(number)) / 1e9 for number, at_ns in rows)


def _compare(box: WatchingBox, page: Page, samples: int) -> tuple[list[Row], list[Row]]:
    reader = ForeignReader(box.camera_url)
    ours: list[Row] = []
    theirs: list[Row] = []
    try:
        until_s = time.monotonic() + 20
        while reader.number is None:
            assert time.monotonic() < until_s, "ffmpeg shows nothing"
            time.sleep(0.1)
        time.sleep(4)  # both streams settled
        video = page.locator("video")
        while len(ours) < samples:
            row = video.evaluate(READ_STRIP)
            at_ns, foreign = time.time_ns(), reader.number
            own = frame_number.read_row(row, len(row)) if row else None
            if own is not None and foreign is not None:
                ours.append((own, at_ns))
                theirs.append((foreign, at_ns))
            time.sleep(0.1)
    finally:
        reader.stop()
    return ours, theirs


if __name__ == "__main__":
    from bench.results import table

    print(table(run(quick=True)))
