"""What a picture worker can do. Runs only inside a confined process: the input is a stranger's."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import av
from PIL import (
    Image,
    ImageDraw,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from kuramori.errors import BadInput
from kuramori.pictures import invisible_mark
from kuramori.pictures.mask_area import RIM_PX, SCALE, Outline

MOST_PIXELS = 50_000_000
MARKED_SIDE_PX = 8192
H265_BEGINNING = b"\0\0\0\1\x40\x01"
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")

# Named so that the plug-ins are loaded now: once confined, nothing can be imported. (EXIF is TIFF inside.)
PRELOADED = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)

Job = Callable[[bytes, int], Image.Image]


def run(
    kind: str, payload: bytes, most_side_px: int, outlines: Sequence[Outline] = (), mark: bytes = b""
) -> tuple[dict[str, object], bytes]:
    """Do one job; answers ({"width", "height"}, JPEG), painted black inside `outlines`, with `mark` in it
    invisibly. Raises BadInput."""
    image = JOBS[kind](payload, most_side_px)
    for outline in outlines:
        points = [(x * image.width / SCALE, y * image.height / SCALE) for x, y in outline]
        pen = ImageDraw.Draw(image)
        pen.polygon(points, fill="black")
        # The rim by lines of their own: an outline of `polygon` stays inside it, however wide.
        pen.line([*points, *points[:2]], fill="black", width=2 * RIM_PX, joint="curve")
    image.thumbnail((most_side_px, most_side_px))
    if mark:
        image = invisible_mark.put(image, mark)
    image.info = {}  # Pillow would carry EXIF, colour profile and comment over from here
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92 if mark else 85)
    return {"width": image.width, "height": image.height}, out.getvalue()


def key_frame(payload: bytes, most_side_px: int) -> Image.Image:
    """The first picture in an Annex-B stream: H.265 if it begins with a VPS, else H.264."""
    decoder = av.CodecContext.create("hevc" if payload[:6] == H265_BEGINNING else "h264", "r")
    decoder.thread_count = 1  # a confined process cannot start threads
    try:
        for packet in [*decoder.parse(payload), *decoder.parse(b"")]:
            _require_size(decoder.width, decoder.height)
            for frame in decoder.decode(packet):
                return _image_of(frame, most_side_px)
        for frame in decoder.decode(None):
            return _image_of(frame, most_side_px)
    except (av.error.FFmpegError, ValueError) as error:
        raise BadInput("picture-unreadable") from error
    raise BadInput("picture-unreadable")


def still(payload: bytes, most_side_px: int) -> Image.Image:
    """The last picture of an Annex B stream that begins with a key frame."""
    decoder = av.CodecContext.create("hevc" if payload[:6] == H265_BEGINNING else "h264", "r")
    decoder.thread_count = 1
    last = None
    try:
        for packet in [*decoder.parse(payload), *decoder.parse(b"")]:
            _require_size(decoder.width, decoder.height)
            for frame in decoder.decode(packet):
                last = frame
        for frame in decoder.decode(None):
            last = frame
    except (av.error.FFmpegError, ValueError) as error:
        raise BadInput("picture-unreadable") from error
    if last is None:
        raise BadInput("picture-unreadable")
    return _image_of(last, most_side_px)


def photo(payload: bytes, most_side_px: int) -> Image.Image:
    """An uploaded photograph: JPEG, PNG or WebP, turned the way the telephone held it."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        file = Image.open(io.BytesIO(payload), formats=PHOTO_FORMATS)
        _require_size(*file.size)
        file.draft("RGB", (most_side_px * 2, most_side_px * 2))
        image: Image.Image = ImageOps.exif_transpose(file)
        if image.mode in ("RGBA", "LA", "P"):
            clear = image.convert("RGBA")
            image = Image.new("RGBA", clear.size, "white")
            image.alpha_composite(clear)
        return image.convert("RGB")
    except BadInput:
        raise
    except Image.DecompressionBombError as error:
        raise BadInput("picture-too-large") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise BadInput("picture-unreadable") from error


def _image_of(frame: av.VideoFrame, most_side_px: int) -> Image.Image:
    """Scaled and turned to RGB in one step, on this one thread."""
    _require_size(frame.width, frame.height)
    shrink = min(1.0, most_side_px / max(frame.width, frame.height))
    width, height = max(2, int(frame.width * shrink)), max(2, int(frame.height * shrink))
    small = frame.reformat(width=width, height=height, format="rgb24", threads=1)
    plane = small.planes[0]
    return Image.frombuffer("RGB", (width, height), bytes(plane), "raw", "RGB", plane.line_size, 1)


def _require_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise BadInput("picture-too-large")


JOBS: dict[str, Job] = {"key-frame": key_frame, "photo": photo, "still": still}
