"""kill -9 of the recording process at random moments of its life, again and again.

    python -m proofs.crash --rounds 100

After each kill, from the files alone: nothing that was ever found stored is missing or changed; what was lost
is at most the last half second; every file is whole or known to be cut; no record number stands twice under
one key; and the next run records from the first key frame that the camera sent it, with a gap row in between.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.recorder_side import Picture, RecorderSide

from kuramori.errors import Damaged
from kuramori.recorder.journal_reader import verify
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_reader import SegmentFile

STREAMS = 2
LOST_AT_MOST_S = 0.5
NS_PER_S = 1_000_000_000
PICTURE_NS = NS_PER_S // 15
WRAP = 1 << 32


class Source:
    """The cameras, and the RTP time at which each began for its newest client."""

    def __init__(self, streams: int) -> None:
        command = [sys.executable, "-m", "bench.load_camera", "--streams", str(streams)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if os.geteuid() == 0:  # cameras are machines of their own: a busy one must not slow them down
            os.setpriority(os.PRIO_PROCESS, self._process.pid, -10)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().split()[1])
        self.began: dict[int, list[int]] = {number: [] for number in range(streams)}
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            _, stream, stamp = line.split()
            self.began[int(stream)].append(int(stamp))


@dataclass
class Verdict:
    """What all rounds together showed. `lost_s` has one value for each camera and kill while it was
    recording."""

    rounds: int = 0
    lost_s: list[float] = field(default_factory=list)
    files: int = 0
    cut: int = 0
    pictures: int = 0
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        """For people."""
        worst = sorted(self.lost_s)
        middle = worst[len(worst) // 2] if worst else 0.0
        lines = [
            f"kills: {self.rounds}; files: {self.files}, of which known to be cut: {self.cut}; "
            f"pictures: {self.pictures}",
            f"not yet stored when killed: median {middle:.3f} s, worst {max(worst, default=0.0):.3f} s "
            f"(bar {LOST_AT_MOST_S} s)",
            *self.faults,
        ]
        return "\n".join(lines)


class Proof:
    """One data directory through many kills."""

    def __init__(self, data: Path, seed: int) -> None:
        self.verdict = Verdict()
        self._source = Source(STREAMS)
        urls = [f"rtsp://127.0.0.1:{self._source.port}/cam/{number}" for number in range(STREAMS)]
        self._side = RecorderSide(data, urls)
        self._random = random.Random(seed)
        self._known: dict[Path, bytes] = {}
        self._pictures: dict[Path, list[Picture]] = {}

    def close(self) -> None:
        if self._side.process is not None and self._side.process.poll() is None:
            self._side.kill()
        self._source.stop()

    def round(self, number: int) -> None:
        """Run, kill at a random moment, look at what is there."""
        began_before = {stream: len(stamps) for stream, stamps in self._source.began.items()}
        files_before = set(self._known)
        self._side.start()
        if self._random.random() < 0.75:
            self._side.wait_until_recording()
        time.sleep(self._random.uniform(0.0, 2.5))
        killed_ns = time.time_ns()
        self._side.kill()
        self.verdict.rounds += 1
        self._look(number, killed_ns, files_before, began_before)

    def finish(self) -> None:
        """One clean run after the last kill: then the journal must account for every file."""
        self._side.start()
        self._side.wait_until_recording()
        self._side.stop()
        verify(self._side.journal)
        ended = {
            e["segment"]: e["kind"]
            for kind in ("segment-closed", "segment-cut")
            for e in self._side.entries(kind)
        }
        opened = {entry["segment"] for entry in self._side.entries("segment-open")}
        for camera in self._side.cameras:
            for path in self._side.segments(camera):
                with SegmentFile(path) as found:
                    wanted = "segment-closed" if found.state == "closed" else "segment-cut"
                    told = ended.get(found.header.segment)
                    if told != wanted or found.header.segment not in opened:
                        self._fault(f"{path.name}: the journal says {told}, the file {wanted}")
                    self.verdict.cut += wanted == "segment-cut"
                    self.verdict.files += 1
        if len(ended) != self.verdict.files:
            self._fault(f"{len(ended)} segments in the journal, {self.verdict.files} files")
        self._gaps()

    def _look(
        self, number: int, killed_ns: int, files_before: set[Path], began_before: dict[int, int]
    ) -> None:
        for path, content in self._known.items():
            if not path.exists() or path.read_bytes() != content:
                self._fault(f"round {number}: {path.name} was stored and is now changed or gone")
        hours = self._side.secrets_of_hours()
        for stream, camera in enumerate(self._side.cameras):
            fresh = [path for path in self._side.segments(camera) if path not in files_before]
            stored: list[Picture] = []
            for path in fresh:
                stored += self._read(path, hours)
            if not stored:
                continue
            last_ns = stored[-1].wall_ns + (stored[-1].media_90k - self._base(fresh[-1])) * 100_000 // 9
            lost_s = (killed_ns - last_ns - PICTURE_NS) / NS_PER_S
            self.verdict.lost_s.append(lost_s)
            if lost_s > LOST_AT_MOST_S:
                self._fault(f"round {number}: {lost_s:.3f} s of camera {stream} were not yet stored")
            self._first(number, stream, fresh[0], stored[0], began_before[stream])
            self._even(number, stored)
        self.verdict.pictures = sum(len(pictures) for pictures in self._pictures.values())

    def _read(self, path: Path, hours: dict[str, bytes]) -> list[Picture]:
        """Every record of a file must open; numbers stand once (the index of SegmentFile insists on
        order)."""
        self._known[path] = path.read_bytes()
        try:
            pictures = self._side.pictures(path, hours)
        except (Damaged, KeyError, ValueError) as problem:
            self._fault(f"{path.name}: {problem!r}")
            pictures = []
        self._pictures[path] = pictures
        return pictures

    def _base(self, path: Path) -> int:
        """Media time of the last record's beginning, for the wall time of its last picture."""
        with SegmentFile(path) as found:
            return [info for info in found.records if not info.flags & Flag.LAST][-1].media_90k

    def _first(self, number: int, stream: int, path: Path, first: Picture, before: int) -> None:
        with SegmentFile(path) as found:
            key = bool(found.records[1].flags & Flag.KEY)
        began = self._source.began[stream][before:]
        if not key or not began or first.media_90k % WRAP != began[0]:
            self._fault(f"round {number}: camera {stream} is not stored from its first key frame")

    def _even(self, number: int, stored: list[Picture]) -> None:
        steps = {later.media_90k - one.media_90k for one, later in zip(stored, stored[1:], strict=False)}
        if steps - {6000}:
            self._fault(f"round {number}: pictures missing in the middle: steps {sorted(steps)}")

    def _gaps(self) -> None:
        """Between two runs there is a row of the recorder having been stopped, for each camera that had
        footage."""
        starts = len(self._side.entries("start"))
        stopped = [
            e
            for e in self._side.entries("gap-open")
            if e["reason"] in ("recorder-stopped", "recorder-died", "box-off")
        ]
        least = starts // 2
        if len(stopped) < least:
            self._fault(f"{len(stopped)} gap rows for {starts} starts")

    def _fault(self, text: str) -> None:
        self.verdict.faults.append(text)


def prove(data: Path, rounds: int, seed: int) -> Verdict:
    """`rounds` kills over the data directory `data` (made here)."""
    proof = Proof(data, seed)
    try:
        for number in range(rounds):
            proof.round(number)
        proof.finish()
    finally:
        proof.close()
    return proof.verdict


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.crash")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    with tempfile.TemporaryDirectory(prefix="kuramori-crash-") as scratch:
        verdict = prove(Path(scratch) / "data", chosen.rounds, chosen.seed)
    print(verdict.told())
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
