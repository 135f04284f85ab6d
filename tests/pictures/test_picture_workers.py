"""Pictures come out of the workers, and nothing else does."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib

import pytest
from PIL import Image

from kuramori.errors import BadInput
from kuramori.pictures import asking, frames
from kuramori.pictures.asking import approved_picture, ask, key_frame_picture, photo_picture
from kuramori.vault import picture_seal


@pytest.fixture(scope="module")
def key_frame() -> bytes:
    """One 1280x720 H.264 key frame of a plain red picture, Annex-B."""
    command = "ffmpeg -v error -f lavfi -i color=red:size=1280x720 -frames:v 1 -c:v libx264 -f h264 -"
    return subprocess.run(command.split(), capture_output=True, check=True).stdout


def encoded(form: str, size: tuple[int, int] = (400, 300), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, form, **options)
    return out.getvalue()


def test_a_key_frame_becomes_a_jpeg_of_the_same_scene(key_frame: bytes) -> None:
    picture = key_frame_picture(key_frame)
    image = Image.open(io.BytesIO(picture.jpeg))
    assert image.size == (picture.width, picture.height) == (1280, 720)
    red, green, blue = image.getpixel((640, 360))
    assert red > 200 and green < 40 and blue < 40


def test_an_h265_key_frame_becomes_a_jpeg_too() -> None:
    command = "ffmpeg -v error -f lavfi -i color=red:size=640x360 -frames:v 1 -c:v libx265"
    command += " -x265-params log-level=none -f hevc -"
    stream = subprocess.run(command.split(), capture_output=True, check=True).stdout
    image = Image.open(io.BytesIO(key_frame_picture(stream).jpeg))
    assert image.size == (640, 360)
    red, green, blue = image.getpixel((320, 180))
    assert red > 200 and green < 40 and blue < 40


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_is_made_anew_and_made_smaller(form: str) -> None:
    picture = photo_picture(encoded(form, (2400, 1200)))
    assert (picture.width, picture.height) == (1600, 800)
    assert Image.open(io.BytesIO(picture.jpeg)).format == "JPEG"


@pytest.mark.parametrize(
    ("size", "kept"), [((1280, 720), (320, 180)), ((720, 1280), (180, 320)), ((200, 100), (200, 100))]
)
def test_an_approved_picture_is_small_and_its_masks_are_filled(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, "JPEG", comment=b"SECRET-COMMENT")
    masks = (((0, 0), (5000, 0), (5000, 5000), (0, 5000)), ((9000, 9000), (10_000, 9000), (10_000, 10_000)))
    picture = approved_picture(out.getvalue(), masks)
    image = Image.open(io.BytesIO(picture.jpeg)).convert("L")
    assert image.size == (picture.width, picture.height) == kept
    across, down = kept
    assert image.crop((0, 0, across // 2, down // 2)).getextrema()[1] < 24, "to the very edge"
    assert image.getpixel((across - 2, down - 2)) < 24, "and a rim around it"
    assert image.crop((across * 2 // 3, 0, across, down // 2)).getextrema()[0] > 230, "nothing else is"
    assert b"SECRET" not in picture.jpeg


def test_the_busiest_approved_picture_there_can_be_fits_its_seal() -> None:
    for size in ((1280, 720), (320, 320)):
        noise = Image.merge("RGB", [Image.effect_noise(size, 255) for _ in range(3)])
        out = io.BytesIO()
        noise.save(out, "JPEG", quality=100)
        assert len(approved_picture(out.getvalue()).jpeg) < picture_seal.PADDED_BYTES


@pytest.mark.parametrize("payload", [b"", b"\xff\xd8\xff" + b"\0" * 500, b"no picture"])
def test_what_is_no_picture_is_kept_with_no_approval(payload: bytes) -> None:
    with pytest.raises(BadInput, match="picture-unreadable"):
        approved_picture(payload)


def test_what_the_telephone_wrote_beside_the_picture_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    exif[0x0112] = 6  # held upright
    upload = encoded("JPEG", (400, 300), exif=exif, comment=b"SECRET-COMMENT")
    assert b"SECRET" in upload
    picture = photo_picture(upload)
    assert b"SECRET" not in picture.jpeg
    assert b"Exif" not in picture.jpeg
    assert (picture.width, picture.height) == (300, 400)


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_of_image_are_refused(form: str) -> None:
    with pytest.raises(BadInput, match="picture-unreadable"):
        photo_picture(encoded(form))


def test_a_cut_photograph_is_refused_and_not_shown_half() -> None:
    upload = encoded("JPEG")
    with pytest.raises(BadInput, match="picture-unreadable"):
        photo_picture(upload[: len(upload) // 2])


@pytest.mark.parametrize(
    "payload", [b"", b"\0" * 5000, b"not a picture at all", b"\x00\x00\x00\x01\x67" * 400]
)
def test_rubbish_ends_the_worker_and_nothing_else(payload: bytes) -> None:
    with pytest.raises(BadInput, match="picture-unreadable"):
        key_frame_picture(payload)
    with pytest.raises(BadInput, match="picture-unreadable"):
        photo_picture(payload)


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds a few bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 10_000), (50_000_001, 1)])
def test_a_small_file_that_unfolds_to_gigabytes_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match="picture-too-large"):
        photo_picture(png_of(*size))


def test_an_upload_above_the_limit_never_reaches_a_worker() -> None:
    with pytest.raises(BadInput, match="picture-too-large"):
        photo_picture(b"\0" * (asking.PHOTO_BYTES + 1))


def test_a_worker_that_takes_too_long_is_ended() -> None:
    upload = encoded("PNG", (3000, 3000))
    with pytest.raises(BadInput, match="picture-timeout"):
        ask("photo", upload, 1600, timeout_s=0.02)


def test_the_answer_of_a_worker_is_believed_only_so_far() -> None:
    good = {"width": 4, "height": 4}
    assert asking._checked(good, b"\xff\xd8\xff", 8).width == 4
    for header, jpeg in [
        (good, b"<html>"),
        ({"width": 9, "height": 4}, b"\xff\xd8\xff"),
        ({"width": "4", "height": 4}, b"\xff\xd8\xff"),
        ({}, b"\xff\xd8\xff"),
    ]:
        with pytest.raises(BadInput):
            asking._checked(header, jpeg, 8)


def test_a_length_that_lies_allocates_nothing() -> None:
    with pytest.raises(BadInput, match="worker-answer"):
        frames.read(io.BytesIO(struct.pack(">I", 0xFFFFFFFF)))
    with pytest.raises(BadInput, match="worker-answer"):
        frames.read(io.BytesIO(frames.pack({}, b"abc")[:-1]))
