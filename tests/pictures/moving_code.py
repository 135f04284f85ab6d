"""A film with a machine-readable code that moves through it, and everything that a reader of codes finds."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import segno
from PIL import Image, ImageOps

from kuramori.pictures.stream_frames import KEY, UNIT, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kuramori.pictures.redaction_boxes import Box

SECRET = "kuramori-face-4711"
WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 15, 2
SIDE = 198
START_NS = 1_795_424_400_000_000_000
FIRST_90K = 900_000


@dataclass(frozen=True)
class Film:
    """As a recorder has it: units in coding order, some shown earlier than others that come before them."""

    parameter_sets: bytes
    units: list[Message]
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]


def film(folder: Path, *, b_frames: int = 2) -> Film:
    """Two seconds; the code, coloured so that all three planes carry it, goes from (20, 20) to (400, 140)."""
    path = folder / f"code-{b_frames}.mp4"
    if not path.exists():
        code = segno.make(SECRET, error="l", micro=False)
        code.save(str(folder / "code.png"), scale=6, border=4, dark="#000080", light="#ffff60")
        graph = (
            f"[1:v]scale={SIDE}:{SIDE}:flags=neighbor[code];"
            f"[0:v][code]overlay=x='20+380*t/{SECONDS}':y='20+120*t/{SECONDS}':eval=frame,format=yuv420p"
        )
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
             f"testsrc2=size={WIDTH}x{HEIGHT}:rate={FPS}:duration={SECONDS}", "-loop", "1", "-framerate",
             str(FPS), "-t", str(SECONDS), "-i", str(folder / "code.png"), "-filter_complex", graph,
             "-c:v", "libx264", "-crf", "12", "-preset", "ultrafast", "-bf", str(b_frames), "-g", "15",
             "-flags", "+cgop", "-video_track_timescale", "90000", "-t", str(SECONDS), str(path)],
            check=True,
        )  # fmt: skip
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        sps, pps = _sets(bytes(stream.codec_context.extradata or b""))
        packets = [packet for packet in container.demux(stream) if packet.size]
        shown = min(int(packet.pts or 0) for packet in packets)
        units = [
            Message(UNIT, bytes(packet), KEY if packet.is_keyframe else 0,
                    FIRST_90K + int(packet.pts or 0) - shown, FIRST_90K + int(packet.dts or 0) - shown,
                    START_NS + (int(packet.pts or 0) - shown) * 100_000 // 9)
            for packet in packets
        ]  # fmt: skip
    return Film(b"\0\0\0\1" + sps + b"\0\0\0\1" + pps, units, (sps,), (pps,))


def box_over_the_code(start_ns: int = START_NS) -> Box:
    """Set at the beginning and at the end, exactly around the code."""
    start_ms = start_ns // 1_000_000
    first, last = _around(20, 20), _around(400, 140)
    return ((start_ms, *first), (start_ms + SECONDS * 1000, *last))


def pictures(annexb: bytes) -> list[av.VideoFrame]:
    """Every picture of a byte stream."""
    decoder = av.CodecContext.create("h264", "r")
    packets = [*decoder.parse(annexb), *decoder.parse(b""), None]
    return [frame for packet in packets for frame in decoder.decode(packet)]


def of_units(units: Iterable[Message], sps: Sequence[bytes], pps: Sequence[bytes]) -> bytes:
    """Coded pictures as a byte stream."""
    parts = [b"\0\0\0\1" + one for one in (*sps, *pps)]
    for unit in units:
        at = 0
        while at < len(unit.data):
            length = int.from_bytes(unit.data[at : at + 4], "big")
            parts.append(b"\0\0\0\1" + unit.data[at + 4 : at + 4 + length])
            at += 4 + length
    return b"".join(parts)


def codes_in(frames: Sequence[av.VideoFrame], folder: Path) -> str:
    """What a reader of codes finds in the pictures, and in each plane of each, with all contrast it can
    have."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, frame in enumerate(frames):
        seen = {"rgb": frame.to_image()}
        for place, plane in enumerate(frame.planes):
            grey = Image.frombuffer(
                "L", (plane.width, plane.height), bytes(plane), "raw", "L", plane.line_size, 1
            )
            seen[f"plane{place}"] = ImageOps.autocontrast(grey.resize((WIDTH, HEIGHT)))
            if place:
                seen[f"plane{place}-turned"] = ImageOps.invert(seen[f"plane{place}"])
        for name, image in seen.items():
            paths.append(folder / f"{number:03d}-{name}.ppm")
            image.save(paths[-1])
    return read(paths)


def read(paths: Sequence[Path]) -> str:
    """The words in pictures on disk."""
    done = subprocess.run(["zbarimg", "-q", "--raw", *map(str, paths)], capture_output=True, text=True)
    return done.stdout


def _around(left: int, top: int) -> tuple[int, int, int, int]:
    sides = ((left, WIDTH), (top, HEIGHT), (left + SIDE, WIDTH), (top + SIDE, HEIGHT))
    found = [round(10_000 * at / whole) for at, whole in sides]
    return found[0], found[1], found[2], found[3]


def _sets(extra: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(extra[6:8], "big")
    at = 9 + size
    return extra[8 : 8 + size], extra[at + 2 : at + 2 + int.from_bytes(extra[at : at + 2], "big")]
