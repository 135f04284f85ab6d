"""Recording N cameras: the recorder against one `ffmpeg -c copy -f segment` each, and against the floor.

One source process, one run, order A B C A B C, medians. Each side is measured after its streams have settled.
The recorder decodes a key frame of each camera soon after it begins, and then so rarely that a short stretch
would count all of it or nothing: it is measured apart and counted with the share that it has in the long run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.clip import FPS
from bench.measure import Cost, cost, ended_children_s, load_average, pss_bytes
from bench.recorder_side import RecorderSide
from bench.results import Result
from kuramori.recorder import trial_decode

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURE_90K = 90_000 // FPS
CPU_BAR, FLOOR_BAR = 0.35, 4.0
PSS_BARS = {8: 0.5, 32: 0.3}
SEGMENT_S = 60
QUIET_S = 4.0


@dataclass(frozen=True)
class Length:
    """How long one run lets streams settle and then measures, in seconds, and how often each side runs."""

    settle_s: float
    measure_s: float
    rounds: int
    quick: bool = False
    """Too short for pictures decoded on trial."""


@contextmanager
def source(streams: int) -> Iterator[int]:
    """The RTSP source; gives its port."""
    command = [sys.executable, "-m", "bench.load_camera", "--streams", str(streams)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().split()[1])
        finally:
            process.kill()


def record_side(urls: list[str], folder: Path, length: Length) -> tuple[Cost, int]:
    """The recorder's cost (processor time with workers and indexing, memory alone), and how many units it
    lost."""
    side = RecorderSide(folder, urls)
    pid = side.start()
    try:
        side.wait_until_recording()
        with indexing(folder) as index_pid:
            time.sleep(length.settle_s)
            if not length.quick:
                wait_for_trials(pid, len(urls))
            trials = ended_children_s(pid) / trial_decode.EVERY_S
            spent = cost([pid, index_pid], length.measure_s)
            spent = Cost(spent.cpu + trials, pss_bytes([pid]))
    except BaseException:
        side.kill()
        raise
    side.stop()
    return spent, lost_units(side)


def wait_for_trials(pid: int, cameras: int) -> None:
    """Until a key frame of every camera has been decoded on trial: no worker has ended for a while."""
    time.sleep(trial_decode.FIRST_S)
    spent_s, since = ended_children_s(pid), time.monotonic()
    while time.monotonic() - since < QUIET_S:
        time.sleep(0.2)
        now_s = ended_children_s(pid)
        if now_s != spent_s:
            spent_s, since = now_s, time.monotonic()
    if not spent_s:
        raise RuntimeError(f"none of {cameras} cameras was decoded on trial")


@contextmanager
def indexing(data: Path) -> Iterator[int]:
    """What `work` does with the recorder's journal, in its own process; gives its pid."""
    command = [sys.executable, "-m", "bench.indexing", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "READY":
                raise RuntimeError("the indexing does not start")
            yield process.pid
        finally:
            process.kill()


def ffmpeg_side(urls: list[str], folder: Path, length: Length) -> Cost:
    """One ffmpeg per camera, remuxing into fragmented MP4 segments."""
    running = []
    try:
        for number, url in enumerate(urls):
            into = folder / str(number)
            into.mkdir(parents=True)
            command = [
                "ffmpeg",
                "-nostdin",
                "-v",
                "error",
                "-rtsp_transport",
                "tcp",
                "-i",
                url,
                "-map",
                "0:v",
            ]
            command += [
                "-c",
                "copy",
                "-f",
                "segment",
                "-segment_time",
                str(SEGMENT_S),
                "-segment_format",
                "mp4",
            ]
            command += ["-segment_format_options", "movflags=+frag_keyframe+empty_moov"]
            command += ["-reset_timestamps", "1", str(into / "%05d.mp4")]
            running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        until = time.monotonic() + 30
        while not all(list((folder / str(k)).glob("*.mp4")) for k in range(len(urls))):
            if time.monotonic() > until:
                raise TimeoutError("ffmpeg does not record")
            time.sleep(0.2)
        time.sleep(length.settle_s)
        return cost([process.pid for process in running], length.measure_s)
    finally:
        for process in running:
            process.kill()
            process.wait()


def floor_side(port: int, streams: int, folder: Path, length: Length) -> Cost:
    """Only receiving, sealing and writing."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "bench.floor", "--port", str(port)]
    command += ["--streams", str(streams), "--into", str(folder)]
    with subprocess.Popen(command) as process:
        try:
            time.sleep(length.settle_s + 2)
            return cost([process.pid], length.measure_s)
        finally:
            process.kill()


def lost_units(side: RecorderSide) -> int:
    """Access units missing between the first and the last stored one, over all cameras. Opens every
    record."""
    hours = side.secrets_of_hours()
    lost = sum(entry["lost_packets"] for entry in side.entries("segment-closed"))
    for camera in side.cameras:
        times = [p.media_90k for path in side.segments(camera) for p in side.pictures(path, hours)]
        if not times:
            raise RuntimeError(f"nothing stored of {camera}")
        lost += (times[-1] - times[0]) // PICTURE_90K + 1 - len(set(times))
    return lost


def run(streams: int, length: Length) -> list[Result]:
    """All rounds for one number of cameras."""
    costs: dict[str, list[Cost]] = {"record": [], "ffmpeg": [], "floor": []}
    lost = 0
    scratch = Path(tempfile.mkdtemp(prefix="kuramori-bench-"))
    load = load_average()
    try:
        with source(streams) as port:
            urls = [f"rtsp://127.0.0.1:{port}/cam/{number}" for number in range(streams)]
            for turn in range(length.rounds):
                here = scratch / str(turn)
                spent, missing = record_side(urls, here / "record", length)
                costs["record"].append(spent)
                lost += missing
                costs["ffmpeg"].append(ffmpeg_side(urls, here / "ffmpeg", length))
                costs["floor"].append(floor_side(port, streams, here / "floor", length))
                shutil.rmtree(here)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _results(streams, costs, lost, load)


def _results(streams: int, costs: dict[str, list[Cost]], lost: int, load: float) -> list[Result]:
    cpu = {side: median(one.cpu for one in rows) for side, rows in costs.items()}
    pss = {side: median(one.pss_bytes for one in rows) for side, rows in costs.items()}
    judged = streams > 1
    name = f"record {streams} cameras"
    rows = [
        Result(f"{name}: {side}, share of a core per camera", 100 * cpu[side] / streams, "%") for side in cpu
    ]
    rows += [Result(f"{name}: {side}, PSS", pss[side] / 2**20, "MiB") for side in ("record", "ffmpeg")]
    rows += [
        Result(f"{name}: CPU / ffmpegs", cpu["record"] / cpu["ffmpeg"], "×", CPU_BAR if judged else None),
        Result(f"{name}: CPU / floor", cpu["record"] / cpu["floor"], "×", FLOOR_BAR if judged else None),
        Result(f"{name}: PSS / ffmpegs", pss["record"] / pss["ffmpeg"], "×", PSS_BARS.get(streams)),
        Result(f"{name}: access units lost", lost, "", 0),
        Result(f"{name}: load average before", load, ""),
    ]
    return rows
