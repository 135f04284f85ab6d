"""The worker for many key frames of one look: `python -m kuramori.pictures.key_pictures_worker`.

It lives as long as whoever started it wants, and holds nothing between two key frames but the beginning of
the file (the init segment), which says how they are coded. Jobs, each with one answer:
{"kind": "init"} and an init segment; {"kind": "small", "side"} and a key frame (an access unit with 4-byte
lengths), answered with a JPEG; {"kind": "part", "box"} and such a one, answered with `PART_SIDE`² grey values
of what lies in the box (left, top, right, bottom in ten-thousandths of the picture). A key frame goes to the
decoder alone: a demuxer would decode it once only to learn what it is.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING, cast

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
    how: tuple[str, bytes] | None = None
    while True:
        try:
            job, payload = frames.read(sys.stdin.buffer)
        except BadInput:
            return 0  # the other side has gone
        try:
            if job.get("kind") == "init":
                how = _how(payload)
                _answer({}, b"")
            else:
                _answer(*_do(job, _picture(how, payload)))
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


def _how(init: bytes) -> tuple[str, bytes]:
    """Codec and its configuration, from an init segment."""
    try:
        with av.open(io.BytesIO(init), "r", format="mp4") as container:
            context = container.streams.video[0].codec_context
            if context.width * context.height > MOST_PIXELS:
                raise BadInput("picture-too-large")
            return context.name, bytes(context.extradata or b"")
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        raise BadInput("picture-unreadable") from error


def _picture(how: tuple[str, bytes] | None, unit: bytes) -> av.VideoFrame:
    """The picture of a key frame."""
    if how is None or not unit:
        raise BadInput("picture-unreadable")
    name, configuration = how
    try:
        decoder = cast("av.VideoCodecContext", av.CodecContext.create(name, "r"))
        decoder.extradata = configuration
        decoder.thread_count = 1  # a confined process cannot start threads
        decoder.options = {"max_pixels": str(MOST_PIXELS)}
        for frame in [*decoder.decode(av.Packet(unit)), *decoder.decode(None)]:
            return frame
    except (av.error.FFmpegError, ValueError) as error:
        raise BadInput("picture-unreadable") from error
    raise BadInput("picture-unreadable")


def _warm() -> None:
    """Make and read one small film of our own first: codecs and formats load what they need now."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as film:
        stream = film.add_stream("libx264", rate=1)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for packet in [*stream.encode(av.VideoFrame(64, 64, "yuv420p")), *stream.encode(None)]:
            film.mux(packet)
    made = out.getvalue()
    begin = made.index(b"moof") - 4
    size_at = made.index(b"mdat", begin) - 4
    unit = made[size_at + 8 : size_at + int.from_bytes(made[size_at : size_at + 4], "big")]
    frame = _picture(_how(made[:begin]), unit)
    _do({"kind": "small", "side": 32}, frame)
    _part(frame, [0, 0, SCALE, SCALE])


def _answer(header: dict[str, object], payload: bytes) -> None:
    sys.stdout.buffer.write(frames.pack(header, payload))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
