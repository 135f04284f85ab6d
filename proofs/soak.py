"""Many cameras for long: does memory grow, and does every second of every camera have footage or a row?

    python -m proofs.soak [--cameras 48] [--minutes 30] [--write docs/proofs.md]

The defaults are 24 camera-hours. Half of the cameras live behind a server that is killed every two minutes
and comes back after five seconds, the others are left alone. Memory is the PSS of the recorder alone, every
twenty seconds; its slope is the straight line through all but the first quarter.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import linear_regression
from typing import Any

from bench.measure import cpu_ns, pss_bytes
from bench.recorder_side import RecorderSide

from proofs.network_faults import holes
from proofs.tables import markdown, write_table

BITS_PER_S = 500_000
LOOK_S, DISTURB_S, AWAY_S = 20.0, 120.0, 5.0
SLOPE_MIB_PER_HOUR = 2.0
"""A recorder that grew faster would double its memory within a day or two."""
MIB = 1 << 20
HEAD = ("what", "figure", "must be", "holds")


class Server:
    """A load server that may be killed and comes back at its own port."""

    def __init__(self, streams: int) -> None:
        self._streams = streams
        self.port = 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "bench.load_camera", f"--streams={self._streams}"]
        command += [f"--port={self.port}", f"--bits-per-s={BITS_PER_S}"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().split()[1])

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def soak(folder: Path, cameras: int, minutes: float) -> list[tuple[str, str, str, bool]]:
    """The rows of the table."""
    steady, shaken = Server(cameras - cameras // 2), Server(cameras // 2)
    urls = [f"rtsp://127.0.0.1:{steady.port}/cam/{number}" for number in range(cameras - cameras // 2)]
    urls += [f"rtsp://127.0.0.1:{shaken.port}/cam/{number}" for number in range(cameras // 2)]
    side = RecorderSide(folder, urls)
    pid = side.start()
    try:
        side.wait_until_recording(60)
        began_s, before_ns = time.monotonic(), cpu_ns([pid])
        memory = _live_through(pid, shaken, minutes * 60)
        lasted_s, spent_ns = time.monotonic() - began_s, cpu_ns([pid]) - before_ns
        side.stop()
    except BaseException:
        side.kill()
        raise
    finally:
        steady.kill()
        shaken.kill()
    entries = side.entries()
    rows = _memory(memory) + _footage(side, entries, cameras - cameras // 2)
    percent = spent_ns / 1e7 / lasted_s / cameras
    return [
        ("camera-hours", f"{cameras * lasted_s / 3600:.1f}", "", True),
        ("processor, share of a core per camera", f"{percent:.3f} %", "", True),
        *rows,
    ]


def _live_through(pid: int, shaken: Server, seconds: float) -> list[tuple[float, float]]:
    """(hours since the beginning, MiB) every `LOOK_S`."""
    began_s, found = time.monotonic(), []
    disturbed_s = began_s
    while (now_s := time.monotonic()) < began_s + seconds:
        found.append(((now_s - began_s) / 3600, pss_bytes([pid]) / MIB))
        if now_s - disturbed_s >= DISTURB_S and now_s < began_s + seconds - 2 * AWAY_S:
            disturbed_s = now_s
            shaken.kill()
            time.sleep(AWAY_S)
            shaken.start()
        time.sleep(LOOK_S)
    return found


def _memory(found: list[tuple[float, float]]) -> list[tuple[str, str, str, bool]]:
    settled = found[len(found) // 4 :]
    slope = linear_regression(*zip(*settled, strict=True)).slope
    first, last = settled[0][1], settled[-1][1]
    return [
        ("memory (PSS) after a quarter, and at the end", f"{first:.1f}, {last:.1f} MiB", "", True),
        (
            "slope of memory",
            f"{slope:+.2f} MiB/h",
            f"at most {SLOPE_MIB_PER_HOUR:g}",
            slope <= SLOPE_MIB_PER_HOUR,
        ),
    ]


def _footage(
    side: RecorderSide, entries: list[dict[str, Any]], steady: int
) -> list[tuple[str, str, str, bool]]:
    without, rows, lost = 0, 0, 0
    for number, camera in enumerate(side.cameras):
        mine = [entry for entry in entries if entry.get("camera") == camera]
        without += len(holes(mine, entries))
        told = sum(e["kind"] == "gap-open" and e["reason"] != "starting" for e in mine)
        if number < steady:
            lost += sum(e["lost_packets"] for e in mine if e["kind"] == "segment-closed") + told
        else:
            rows += told
    return [
        ("stretches without footage or a row, all cameras", str(without), "0", without == 0),
        ("rows or lost packets of the cameras left alone", str(lost), "0", lost == 0),
        ("rows of the others", str(rows), "some", rows > 0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.soak")
    parser.add_argument("--cameras", type=int, default=48)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kuramori-soak-") as scratch:
        rows = soak(Path(scratch) / "data", chosen.cameras, chosen.minutes)
    table = markdown(HEAD, [(what, figure, bar, "yes" if good else "NO") for what, figure, bar, good in rows])
    print(table)
    if chosen.write:
        write_table(chosen.write, "soak", table)
    return 0 if all(good for *_rest, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
