"""What masking costs: our worker against ffmpeg doing the same to the same pictures, with the same encoder.

`python -m bench.masking`. Both decode 1080p at 15 pictures a second, 3 Mbit/s, on one thread, paint the same
rectangle and encode with x264 and the same settings. Processor time of the process alone, start included.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import threading
from typing import TYPE_CHECKING

from bench import clip
from bench.results import Result, told
from kuramori.pictures import encoding, starting
from kuramori.pictures.stream_frames import KEY, SETUP, UNIT, Cutter, Message, pack

if TYPE_CHECKING:
    from collections.abc import Iterator

BAR = 1.1
WIDE, HIGH = 1920, 1080
# The right third of the picture, in ten-thousandths.
LEFT, TOP, RIGHT, BOTTOM = 6667, 0, 10_000, 10_000
TICKS = encoding.TICKS_PER_S // clip.FPS


def run(quick: bool) -> list[Result]:
    """Medians of three turns, one when quick."""
    footage = clip.load()
    ours, theirs = [], []
    for _turn in range(1 if quick else 3):
        ours.append(_worker_s(footage))
        theirs.append(_ffmpeg_s(footage))
    pictures = len(footage.units)
    mine, other = statistics.median(ours), statistics.median(theirs)
    return [
        Result("masking: processor per camera at 15 pictures/s", 100 * mine / pictures * clip.FPS, "% core"),
        Result("masking: ffmpeg, the same", 100 * other / pictures * clip.FPS, "% core"),
        Result("masking / ffmpeg", mine / other, "×", BAR),
    ]


def main() -> None:
    """Print and keep the figures."""
    told(run(False))


def _worker_s(footage: clip.Clip) -> float:
    """Processor seconds of the real, confined worker for the whole clip. Raises RuntimeError when a picture
    is missing."""
    worker = subprocess.Popen(
        starting.command("kuramori.pictures.mask_worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **starting.surroundings(),
    )
    feeder = threading.Thread(target=_feed, args=(worker, footage))
    feeder.start()
    assert worker.stdout is not None
    cutter, pictures = Cutter(), 0
    while block := os.read(worker.stdout.fileno(), 1 << 18):
        pictures += sum(message.kind == UNIT for message in cutter.feed(block))
    feeder.join()
    spent_s = _ended_s(worker.pid)
    worker.returncode = 0
    if pictures != len(footage.units):
        raise RuntimeError(f"{pictures} of {len(footage.units)} pictures came back")
    return spent_s


def _feed(worker: subprocess.Popen[bytes], footage: clip.Clip) -> None:
    assert worker.stdin is not None
    for message in _messages(footage):
        worker.stdin.write(pack(message))
    worker.stdin.close()


def _messages(footage: clip.Clip) -> Iterator[Message]:
    sets = encoding.START_CODE + footage.sps + encoding.START_CODE + footage.pps
    outline = [[LEFT, TOP], [RIGHT, TOP], [RIGHT, BOTTOM], [LEFT, BOTTOM]]
    said = {"codec": "h264", "parameter_sets": sets.hex(), "outlines": [outline]}
    yield Message(SETUP, json.dumps(said).encode())
    for number, nals in enumerate(footage.units):
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
        key = KEY if number % clip.GROUP == 0 else 0
        at = number * TICKS
        yield Message(UNIT, data, key, at, at, 1 + number)


def _ffmpeg_s(footage: clip.Clip) -> float:
    """Processor seconds of ffmpeg for the same."""
    stream = b"".join(encoding.START_CODE + nal for nals in footage.units for nal in nals)
    most = WIDE * HIGH * 4
    box = f"drawbox=x={WIDE * LEFT // 10_000}:y=0:w={WIDE}:h={HIGH}:color=black:t=fill"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-threads", "1", "-f", "h264", "-r", str(clip.FPS)]
    command += ["-i", "/dev/stdin", "-filter_threads", "1", "-vf", box, "-c:v", "libx264"]
    command += ["-preset", encoding.PRESET, "-maxrate", str(most), "-bufsize", str(most)]
    for name, value in encoding.ENCODER.items():
        command += [f"-{name}", value]
    command += ["-force_key_frames", f"expr:gte(t,n_forced*{clip.GROUP // clip.FPS})", "-f", "null", "-"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(stream)
    process.stdin.close()
    spent_s = _ended_s(process.pid)
    process.returncode = 0
    return spent_s


def _ended_s(pid: int) -> float:
    """Wait for the process; its processor seconds. Raises RuntimeError when it failed."""
    _pid, status, used = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"process {pid} ended with {status}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
