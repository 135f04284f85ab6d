"""A real H.265 stream as the recorder keeps it: init segment and one fragment a picture."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av

from kuramori.recorder.fmp4 import Unit, fragment, init_segment
from tests.rig.clips import make_clip

TICKS = 6000
UNEVEN = 3000


def made(folder: Path, *, seconds: int, b_frames: int = 0) -> Path:
    """A numbered clip in H.265, in a container that knows when each picture is shown."""
    source = make_clip(folder, seconds=seconds)
    path = folder / f"{seconds}-{b_frames}.mp4"
    if not path.exists():
        parameters = f"log-level=error:repeat-headers=1:keyint=30:min-keyint=30:scenecut=0:bframes={b_frames}"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-r", "15", "-i", str(source), "-c:v", "libx265", "-preset",
             "ultrafast", "-x265-params", parameters, str(path)],
            check=True,
        )  # fmt: skip
    return path


def kept(clip: Path, width: int = 640, height: int = 360) -> tuple[bytes, list[bytes]]:
    """What the recorder would keep of it."""
    sets: dict[int, bytes] = {}
    units: list[tuple[bytes, bool, int]] = []
    with av.open(str(clip)) as file:
        for packet in file.demux(video=0):
            nals = list(_nals(bytes(packet)))
            sets |= {nal[0] >> 1 & 63: nal for nal in nals if 32 <= nal[0] >> 1 & 63 <= 34}
            if nals:
                assert packet.pts is not None and packet.dts is not None and packet.time_base is not None
                composed = int((packet.pts - packet.dts) * packet.time_base * 90_000)
                units.append((bytes(packet), packet.is_keyframe, composed))
    init = init_segment((sets[33],), (sets[34],), width, height, (sets[32],))
    pieces = []
    for number, (data, key, composed) in enumerate(units):
        early = UNEVEN * (number % 2)  # decoding times as guessed from RTP: not as even as those of showing
        unit = Unit(data, TICKS - UNEVEN if not number % 2 else TICKS + UNEVEN, key, composed + early)
        pieces.append(fragment(number + 1, 900_000 + number * TICKS - early, [unit]))
    return init, pieces


def _nals(unit: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(unit):
        length = int.from_bytes(unit[at : at + 4], "big")
        yield unit[at + 4 : at + 4 + length]
        at += 4 + length


def pictures(video: bytes) -> list[av.VideoFrame]:
    """Every picture that a decoder of H.264 gets out of `video`."""
    with av.open(io.BytesIO(video)) as file:
        assert file.streams.video[0].codec_context.name == "h264"
        return list(file.decode(video=0))
