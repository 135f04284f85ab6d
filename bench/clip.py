"""The bench's own footage: 1080p at 15 fps and about 3 Mbit/s, a key frame every 2 s, split into access
units."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

FPS = 15
GROUP = 30
SECONDS = 8
BITS_PER_S = 3_000_000
CACHE = Path("/tmp/kuramori-bench")
START = re.compile(b"\x00\x00\x00?\x01")


@dataclass(frozen=True)
class Clip:
    """`units[i]` are the NAL units of picture i, in order; every `GROUP`th is a key frame with SPS and
    PPS."""

    units: list[list[bytes]]
    sps: bytes
    pps: bytes


def load(bits_per_s: int = BITS_PER_S) -> Clip:
    """Make the clip once per machine and read it."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"bench-{SECONDS}s-{bits_per_s}.h264"
    if not path.exists():
        _encode(path, str(bits_per_s))
    return split(path.read_bytes())


def split(stream: bytes) -> Clip:
    """Annex B with one slice per picture → access units."""
    nals = [nal.rstrip(b"\0") for nal in START.split(stream) if nal]
    units: list[list[bytes]] = []
    head: list[bytes] = []
    for nal in nals:
        kind = nal[0] & 31
        if kind in (1, 5):
            units.append([*head, nal])
            head = []
        elif kind in (7, 8):
            head.append(nal)
    sps = next(nal for nal in nals if nal[0] & 31 == 7)
    pps = next(nal for nal in nals if nal[0] & 31 == 8)
    return Clip(units, sps, pps)


def _encode(path: Path, rate: str) -> None:
    """Moving test picture with noise: a picture of real size, not of a real place."""
    source = f"testsrc2=size=1920x1080:rate={FPS}:duration={SECONDS},noise=alls=12:allf=t"
    fresh = path.with_suffix(".part")
    coder = [
        "-c:v",
        "libx264",
        "-preset",
        "superfast",
        "-bf",
        "0",
        "-g",
        str(GROUP),
        "-keyint_min",
        str(GROUP),
    ]
    coder += ["-sc_threshold", "0", "-b:v", rate, "-maxrate", rate, "-bufsize", rate]
    coder += ["-x264-params", "sliced-threads=0:aud=0", "-pix_fmt", "yuv420p", "-f", "h264"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *coder, str(fresh)], check=True
    )
    fresh.rename(path)
