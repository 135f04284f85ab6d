"""Clips for tests: a moving test picture with a clock to read and a frame number for machines.

The frame number stands in the top left corner: 16 cells of 16×16 pixels, most significant bit first,
white is 1.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

CELL = 16
BITS = 16
CODECS = {
    "h264": ["-c:v", "libx264", "-bsf:v", "h264_metadata=aud=insert", "-f", "h264"],
    "h265": ["-c:v", "libx265", "-x265-params", "log-level=error:repeat-headers=1", "-bsf:v",
             "hevc_metadata=aud=insert", "-f", "hevc"],
}  # fmt: skip


def make_clip(
    folder: Path,
    codec: str = "h264",
    *,
    size: str = "640x360",
    fps: int = 15,
    seconds: int = 8,
    gop: int = 30,
    b_frames: int = 0,
    rate: str = "",
    start: int = 0,
) -> Path:
    """An Annex B file of `seconds`, made once per folder.

    `rate` "3M" holds the bit rate there (else the encoder chooses); `start` is the number of the first frame.
    """
    path = folder / f"{size}-{fps}-{seconds}-{gop}-{b_frames}-{rate}-{start}.{codec}"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    bits = "".join(
        f",drawbox=x={CELL * bit}:y=0:w={CELL}:h={CELL}:color=white:t=fill"
        f":enable='gt(mod(floor((n+{start})/{2 ** (BITS - 1 - bit)}),2),0)'"
        for bit in range(BITS)
    )
    picture = (
        f"testsrc2=size={size}:rate={fps}:duration={seconds},"
        f"drawtext=text='%{{pts\\:hms}}':x=20:y=40:fontsize=32:fontcolor=white:box=1:boxcolor=black,"
        f"drawbox=x=0:y=0:w={CELL * BITS}:h={CELL}:color=black:t=fill{bits}"
    )
    held = ["-b:v", rate, "-maxrate", rate, "-minrate", rate, "-bufsize", rate] if rate else []
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-an", "-pix_fmt", "yuv420p",
         "-preset", "ultrafast", "-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0",
         "-bf", str(b_frames), *held, *CODECS[codec], str(path.with_suffix(".part"))],
        check=True,
    )  # fmt: skip
    path.with_suffix(".part").rename(path)
    return path


def make_sound(folder: Path, seconds: int = 8) -> Path:
    """An ADTS file: a tone, AAC, 48 kHz."""
    path = folder / f"tone-{seconds}.aac"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        tone = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
        subprocess.run(
            [
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                tone,
                "-c:a",
                "aac",
                "-f",
                "adts",
                str(path),
            ],
            check=True,
        )
    return path


def read_frame_number(luma: bytes, stride: int) -> int:
    """The number burned into a picture, from its luma plane of `stride` bytes a row."""
    row = CELL // 2 * stride
    number = 0
    for bit in range(BITS):
        number = number << 1 | (luma[row + bit * CELL + CELL // 2] > 128)
    return number
