"""Does a group of pictures really show nothing under the mask? Runs only inside a confined process.

Written apart from `masking`: another rasteriser (Pillow's), no rim, and every picture of the group is looked
at, so that one mistake is not made twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
from PIL import Image, ImageChops, ImageDraw

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.pictures.mask_area import Outline

SCALE = 10_000
MOST_PIXELS = 50_000_000
PAINTED = (16, 128, 128)


def look(annexb: bytes, outlines: Sequence[Outline]) -> dict[str, object]:
    """{"pictures": how many were decoded, "off_by": the furthest that any sample of any plane under the mask
    is from what is painted there}. Raises BadInput `picture-unreadable`."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1  # a confined process cannot start threads
    covers: dict[tuple[int, int], list[Image.Image]] = {}
    pictures = off_by = 0
    try:
        for packet in [*decoder.parse(annexb), *decoder.parse(b""), None]:
            for frame in decoder.decode(packet):
                if frame.width * frame.height > MOST_PIXELS or frame.format.name not in (
                    "yuv420p",
                    "yuvj420p",
                ):
                    raise BadInput("picture-unreadable")
                size = (frame.width, frame.height)
                if size not in covers:
                    covers[size] = _covers(outlines, *size)
                off_by = max(off_by, _off_by(frame, covers[size]))
                pictures += 1
    except (av.error.FFmpegError, ValueError) as error:
        raise BadInput("picture-unreadable") from error
    return {"pictures": pictures, "off_by": off_by}


def _covers(outlines: Sequence[Outline], width: int, height: int) -> list[Image.Image]:
    """The mask over luma and over the colour planes: 255 inside, 0 outside."""
    covers = []
    for across, down in ((width, height), (width // 2, height // 2)):
        cover = Image.new("L", (across, down))
        for outline in outlines:
            points = [(x * (across - 1) / SCALE, y * (down - 1) / SCALE) for x, y in outline]
            ImageDraw.Draw(cover).polygon(points, fill=255)
        covers.append(cover)
    return [covers[0], covers[1], covers[1]]


def _off_by(frame: av.VideoFrame, covers: list[Image.Image]) -> int:
    worst = 0
    for plane, cover, painted in zip(frame.planes, covers, PAINTED, strict=True):
        seen = Image.frombuffer(
            "L", (plane.width, plane.height), bytes(plane), "raw", "L", plane.line_size, 1
        )
        apart = ImageChops.difference(seen, Image.new("L", seen.size, painted))
        inside = Image.composite(apart, Image.new("L", seen.size), cover)
        worst = max(worst, max(number for number, count in enumerate(inside.histogram()) if count))
    return worst
