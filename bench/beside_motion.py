"""The recorder beside Debian's `motion` in passthrough, at as many cameras as motion can hold.

    python -m bench.beside_motion [--quick]

Motion writes the camera's packets as they are (`movie_passthrough`), always (`emulate_motion`), and decodes
every picture all the same. It holds N cameras when its films have nine tenths of the pictures that were sent;
N is doubled from 1 until it does not. Then both run at the last N that it held, A B A B, medians.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.clip import FPS
from bench.measure import Cost, cost
from bench.recording import Length, record_side, source
from bench.results import Result, told

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 16
HOLDS = 0.9
START_S = 30.0
COMMON = """daemon off
setup_mode off
log_level 4
native_language off
webcontrol_port 0
stream_port 0
"""
CAMERA = """camera_id {number}
netcam_url rtsp://127.0.0.1:{port}/cam/{number}
netcam_params rtsp_transport=tcp
width 1920
height 1080
framerate 15
emulate_motion on
picture_output off
movie_output on
movie_passthrough on
movie_codec mp4
movie_max_time 60
target_dir {into}
movie_filename %s-%v
"""


def run(quick: bool) -> list[Result]:
    """Nothing where there is no motion to run beside."""
    if shutil.which("motion") is None:
        print("beside motion: it is not installed (apt-get install motion), left out")
        return []
    length = Length(5.0, 6.0 if quick else 12.0, 1 if quick else 2, quick=quick)
    with tempfile.TemporaryDirectory(prefix="kuramori-motion-") as name:
        folder = Path(name)
        held, sides = 0, (0.0, 0.0)
        streams = 1
        while streams <= (4 if quick else MOST):
            share, spent = motion_side(streams, folder / f"try-{streams}", length)
            print(f"beside motion: {streams} cameras, it kept {share:.0%} of the pictures", flush=True)
            if share < HOLDS:
                break
            held, sides = streams, (spent.cpu, _ours(streams, folder / f"ours-{streams}", length))
            streams *= 2
        if not held:
            return []
        rounds = [sides] + [_both(held, folder / f"round-{turn}", length) for turn in range(1, length.rounds)]
    theirs, ours = (median(pair[side] for pair in rounds) for side in (0, 1))
    name = f"record {held} cameras beside motion"
    return [
        Result("cameras that motion holds in passthrough, 1080p15", held, ""),
        Result(f"{name}: motion, share of a core per camera", 100 * theirs / held, "%"),
        Result(f"{name}: record, share of a core per camera", 100 * ours / held, "%"),
        Result(f"{name}: CPU / motion", ours / theirs, "×"),
    ]


def _both(streams: int, folder: Path, length: Length) -> tuple[float, float]:
    return (
        motion_side(streams, folder / "motion", length)[1].cpu,
        _ours(streams, folder / "ours", length),
    )


def _ours(streams: int, folder: Path, length: Length) -> float:
    with source(streams) as port:
        urls = [f"rtsp://127.0.0.1:{port}/cam/{number}" for number in range(streams)]
        return record_side(urls, folder, length)[0].cpu


def motion_side(streams: int, folder: Path, length: Length) -> tuple[float, Cost]:
    """The share of the pictures that it kept while it was measured, and what it cost."""
    with source(streams) as port:
        films = [folder / f"films-{number}" for number in range(streams)]
        with subprocess.Popen(
            ["motion", "-n", "-c", str(_configured(folder, port, films))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _wait(films)
                time.sleep(length.settle_s)
                before = _bytes(films)
                began_s = time.monotonic()
                spent = cost([process.pid], length.measure_s)
                lasted_s, kept = time.monotonic() - began_s, _bytes(films) - before
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
        pictures = sum(_pictures(film) for folder in films for film in folder.glob("*"))
        written = _bytes(films)
    shutil.rmtree(folder)
    return kept / (written / max(pictures, 1)) / (lasted_s * FPS * streams), spent


def _configured(folder: Path, port: int, films: Sequence[Path]) -> Path:
    folder.mkdir(parents=True)
    main = folder / "motion.conf"
    lines = [COMMON]
    for number, into in enumerate(films):
        into.mkdir()
        one = folder / f"camera-{number}.conf"
        one.write_text(CAMERA.format(number=number, port=port, into=into))
        lines.append(f"camera {one}\n")
    main.write_text("".join(lines))
    return main


def _wait(films: Sequence[Path]) -> None:
    """Until every camera's film grows. Raises TimeoutError."""
    until_s = time.monotonic() + START_S
    while not all(_bytes([folder]) for folder in films):
        if time.monotonic() > until_s:
            raise TimeoutError("motion does not record")
        time.sleep(0.2)


def _bytes(films: Sequence[Path]) -> int:
    return sum(film.stat().st_size for folder in films for film in folder.glob("*"))


def _pictures(film: Path) -> int:
    words = ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v:0"]
    words += ["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", str(film)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip().rstrip(",")
    return int(said) if said.isdigit() else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.beside_motion")
    parser.add_argument("--quick", action="store_true")
    return told(run(parser.parse_args().quick))


if __name__ == "__main__":
    raise SystemExit(main())
