"""The worker for many key frames of one look: `python -m kuramori.pictures.key_pictures_worker`.

It lives as long as whoever started it wants, and holds nothing between two key frames but the beginning of
the file (the init segment), which says how they are coded. Jobs, each with one answer:
{"kind": "init"} and an init segment; {"kind": "small", "side"} and a fragment that begins with a key frame,
answered with a JPEG; {"kind": "part", "box"} and such a fragment, answered with `PART_SIDE`² grey values of
what lies in the box (left, top, right, bottom in ten-thousandths of the picture).
"""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING

import av
from PIL import Image, JpegImagePlugin

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import frames
from kuramori.pictures.confine import confine
from kuramori.pictures.key_pictures_shape import PART_SIDE, SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PIXELS = 50_000_000
MOST_SIDE_PX = 640
PRELOADED = (JpegImagePlugin,)  # once confined, nothing can be imported


def main() -> int:
    """Answer jobs until the pipe ends. A wrong input is an answer; a crash is the parent's to notice."""
    logging.disable(logging.CRITICAL)
    _warm()
    try:
        confine(cpu_s=None)
    except KuramoriError as error:
        _answer({"error": error.code}, b"")
        return 1
    init = b""
    while True:
        try:
            job, payload = frames.read(sys.stdin.buffer)
        except BadInput:
            return 0  # the other side has gone
        try:
            if job.get("kind") == "init":
                init = payload
                _answer({}, b"")
            else:
                _answer(*_do(job, _first_picture(init + payload)))
        except BadInput as error:
            _answer({"error": error.code}, b"")
        except MemoryError:
            _answer({"error": "picture-too-large"}, b"")


def _do(job: Mapping[str, object], frame: av.VideoFrame) -> tuple[dict[str, object], bytes]:
    if job.get("kind") == "part":
        return {}, _part(frame, job.get("box"))
    side = job.get("side")
    if job.get("kind") != "small" or not isinstance(side, int) or not 16 <= side <= MOST_SIDE_PX:
        raise BadInput("worker-answer")
    shrink = min(1.0, side / max(frame.width, frame.height))
    width, height = max(2, int(frame.width * shrink)), max(2, int(frame.height * shrink))
    plane = frame.reformat(width=width, height=height, format="rgb24", threads=1).planes[0]
    out = io.BytesIO()
    picture = Image.frombuffer("RGB", (width, height), bytes(plane), "raw", "RGB", plane.line_size, 1)
    picture.save(out, "JPEG", quality=80)
    return {"width": width, "height": height}, out.getvalue()


def _part(frame: av.VideoFrame, box: object) -> bytes:
    if not isinstance(box, list) or len(box) != 4 or not all(isinstance(one, int) for one in box):
        raise BadInput("worker-answer")
    if not frame.format.name.startswith(("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "nv12", "gray")):
        frame = frame.reformat(format="yuv420p", threads=1)
    luma = frame.planes[0]
    grey = Image.frombuffer("L", (luma.width, luma.height), bytes(luma), "raw", "L", luma.line_size, 1)
    left, top, right, bottom = (
        round(part * side / SCALE) for part, side in zip(box, (luma.width, luma.height) * 2, strict=True)
    )
    inside = (
        max(0, min(left, luma.width - 1)),
        max(0, min(top, luma.height - 1)),
        min(luma.width, max(right, left + 1)),
        min(luma.height, max(bottom, top + 1)),
    )
    if not (inside[0] < inside[2] and inside[1] < inside[3]):
        raise BadInput("worker-answer")
    return grey.resize((PART_SIDE, PART_SIDE), Image.Resampling.BOX, box=inside).tobytes()


def _first_picture(file: bytes) -> av.VideoFrame:
    """The first picture of an init segment and one fragment."""
    try:
        with av.open(io.BytesIO(file), "r", format="mp4") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1  # a confined process cannot start threads
            if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
                raise BadInput("picture-too-large")
            for packet in container.demux(stream):
                for frame in packet.decode():
                    return frame
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        raise BadInput("picture-unreadable") from error
    raise BadInput("picture-unreadable")


def _warm() -> None:
    """Make, write and read one small film of our own first: codecs and formats load what they need now."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=1)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for packet in [*stream.encode(av.VideoFrame(64, 64, "yuv420p")), *stream.encode(None)]:
            film.mux(packet)
    frame = _first_picture(out.getvalue())
    _do({"kind": "small", "side": 32}, frame)
    _part(frame, [0, 0, SCALE, SCALE])


def _answer(header: dict[str, object], payload: bytes) -> None:
    sys.stdout.buffer.write(frames.pack(header, payload))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
