"""The viewing desk: a wall of sixteen live cameras, the change finder over twelve hours, redaction.

    python -m bench.desk [--quick]

Wall: processor time of the pages' process and of the recorder while Chromium shows sixteen cameras, and while
it does not. Change finder: key frames of 1080p from a real recording, opened one by one and reduced by a real
worker, as many as twelve hours have (an hour when quick). Redaction: a real worker, two boxes that move.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright
from tests.browser.fixtures import CHROMIUM

from bench import clip
from bench.masking import TICKS
from bench.measure import cpu_ns
from bench.recorder_side import RecorderSide
from bench.recording import source
from bench.results import Result, told
from bench.watching_box import watching_box
from kuramori.pictures import redaction_film
from kuramori.pictures.key_pictures import KeyPictures
from kuramori.pictures.stream_frames import KEY, UNIT, Message
from kuramori.playback import change_rules
from kuramori.recorder import fmp4_reading
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Iterator

WALL = 16
GROUP_S = 2
RECORD_S = 20
PART = (200, 300, 500, 700)
MOST_BYTES = 1 << 30
FROM_MS, MS_NS = 1_795_424_400_000, 10**6
PLAYING = "[...document.querySelectorAll('.wall video')].filter((one) => one.currentTime > 0).length"


def run(quick: bool) -> list[Result]:
    """All three."""
    with tempfile.TemporaryDirectory(prefix="kuramori-desk-") as name:
        return [
            *redaction(),
            *change_finder(Path(name) / "finder", 1 if quick else 12),
            *wall(Path(name) / "wall", 8.0 if quick else 20.0),
        ]


def wall(data: Path, seconds: float) -> list[Result]:
    """Share of a core."""
    with watching_box(data) as box, sync_playwright() as playwright:
        box.add_cameras(WALL - 1)
        time.sleep(10)
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        box.sign_in(page)
        before = _shares(box.pids, seconds)
        page.goto(f"{box.url}/live/")
        page.click(f"[name=size][value='{WALL}']")
        until_s = time.monotonic() + 60
        while page.evaluate(PLAYING) < WALL and time.monotonic() < until_s:
            page.wait_for_timeout(200)
        page.wait_for_timeout(3000)
        during = _shares(box.pids, seconds)
        shown = page.evaluate(PLAYING)
        chromium.close()
    name = f"wall of {shown} cameras"
    return [
        Result(f"{name}: pages' process, share of a core", 100 * (during["web"] - before["web"]), "%"),
        Result(f"{name}: recorder, in addition", 100 * (during["record"] - before["record"]), "%"),
    ]


def _shares(pids: dict[str, int], seconds: float) -> dict[str, float]:
    began_s, spent = time.monotonic(), {name: cpu_ns([pid]) for name, pid in pids.items()}
    time.sleep(seconds)
    lasted_s = time.monotonic() - began_s
    return {name: (cpu_ns([pid]) - spent[name]) / 1e9 / lasted_s for name, pid in pids.items()}


def change_finder(folder: Path, hours: int) -> list[Result]:
    """From the drawn part to the last moment found, over so many hours with a key frame every 2 s."""
    count, seen = hours * 3600 // GROUP_S, {}
    recorded = _recorded(folder)
    with KeyPictures() as worker:
        began_s = time.perf_counter()
        for number, (init, unit) in zip(range(count), _key_frames(recorded), strict=False):
            seen[number] = worker.part(init, unit, PART)
            if number == count // 16:
                coarse_s = time.perf_counter() - began_s
        looked_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    times_ns = [number * GROUP_S * 10**9 for number in range(count)]
    change_rules.moments(times_ns, seen)
    name = f"change finder over {hours} h ({count:,} key frames)"
    return [
        Result(f"{name}: every sixteenth looked at after", coarse_s, "s"),
        Result(f"{name}: all of them", looked_s, "s"),
        Result(f"{name}: moments of change made out", time.perf_counter() - began_s, "s"),
    ]


def _recorded(folder: Path) -> RecorderSide:
    with source(1) as port:
        side = RecorderSide(folder, [f"rtsp://127.0.0.1:{port}/cam/0"])
        side.start()
        side.wait_until_recording()
        time.sleep(RECORD_S)
        side.stop()
    return side


def _key_frames(side: RecorderSide) -> Iterator[tuple[bytes, bytes]]:
    """Init segment and one key frame after the other, opened from the files; without end."""
    hours = side.secrets_of_hours()
    while True:
        for path in side.segments(side.cameras[0]):
            with SegmentFile.open(path) as file:
                key = side.segment_key(file.header, hours)
                for info in file.records:
                    if info.flags & Flag.KEY:
                        first = next(fmp4_reading.read_fragments(file.read(info.seq, key)))
                        yield file.read(0, key), first.unit.data


def redaction() -> list[Result]:
    """A clip of 1080p with two boxes that move, decoded, covered and encoded by a worker of its own."""
    footage = clip.load()
    lasts_ms = len(footage.units) * 1000 // clip.FPS
    boxes = (
        ((FROM_MS, 1000, 1000, 2000, 3000), (FROM_MS + lasts_ms, 4000, 1000, 5000, 3000)),
        ((FROM_MS, 6000, 4000, 7000, 6000), (FROM_MS + lasts_ms, 6500, 5000, 7500, 7000)),
    )
    sets = b"".join(b"\0\0\0\1" + nal for nal in (footage.sps, footage.pps))
    wanted = redaction_film.Wanted("h264", sets, boxes, "fill", FROM_MS * MS_NS, (FROM_MS + lasts_ms) * MS_NS)
    began_s = time.perf_counter()
    film = redaction_film.made(wanted, _units(footage), MOST_BYTES)
    took_s = time.perf_counter() - began_s
    if film.covered < film.decoded - 1:
        raise RuntimeError(f"{film.covered} of {film.decoded} pictures were covered")
    return [
        Result("redaction of 1080p, two boxes: pictures a second", film.decoded / took_s, "1/s"),
        Result("redaction × the time that the film lasts", took_s * 1000 / lasts_ms, "×"),
    ]


def _units(footage: clip.Clip) -> Iterator[Message]:
    for number, nals in enumerate(footage.units):
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
        flags = KEY if number % clip.GROUP == 0 else 0
        at_ns = FROM_MS * MS_NS + number * 10**9 // clip.FPS
        yield Message(UNIT, data, flags, number * TICKS, number * TICKS, at_ns)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.desk")
    parser.add_argument("--quick", action="store_true")
    return told(run(parser.parse_args().quick))


if __name__ == "__main__":
    raise SystemExit(main())
