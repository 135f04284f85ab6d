"""A street as a camera shows it, drawn, and what happens to cameras, as key frames in real H.264."""

from __future__ import annotations

import random

import av
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

WIDE, HIGH = 1280, 720


def street(people: int = 0, seed: int = 7) -> Image.Image:
    """A street with houses, windows, a road and lamps; `people` stand elsewhere for each `seed`."""
    chance = random.Random(3)
    picture = Image.new("RGB", (WIDE, HIGH), (150, 170, 190))
    pen = ImageDraw.Draw(picture)
    pen.polygon(
        [(0, HIGH), (WIDE * 0.4, HIGH * 0.45), (WIDE * 0.6, HIGH * 0.45), (WIDE, HIGH)], fill=(90, 90, 95)
    )
    x = 0
    while x < WIDE:
        wide, top = chance.randint(90, 200), chance.randint(60, 260)
        shade = chance.randint(60, 210)
        pen.rectangle([x, top, x + wide, HIGH * 0.62], fill=(shade, shade - 15, shade - 25))
        for row in range(top + 15, int(HIGH * 0.55), 55):
            for column in range(x + 12, x + wide - 25, 45):
                dark = chance.randint(20, 240)
                pen.rectangle([column, row, column + 26, row + 34], fill=(dark, dark, dark))
        x += wide + chance.randint(0, 30)
    for lamp in range(6):
        at = 80 + lamp * 220
        pen.rectangle([at, HIGH * 0.5, at + 8, HIGH * 0.9], fill=(30, 30, 30))
        pen.rectangle([at - 40, HIGH * 0.85, at + 60, HIGH * 0.93], fill=(200 - 30 * lamp, 180, 40 * lamp))
    chance = random.Random(seed)
    for _one in range(people):
        at, foot = chance.randint(50, WIDE - 50), chance.randint(int(HIGH * 0.6), HIGH - 20)
        tall, tone = (foot - HIGH * 0.4) * 0.5, chance.randint(10, 250)
        pen.ellipse([at, foot - tall, at + tall * 0.35, foot], fill=(tone, tone // 2, 255 - tone))
    return picture


def shifted(picture: Image.Image, across: float, down: float = 0) -> Image.Image:
    """Turned: by shares of width and height; what comes into sight is something else."""
    other = street(seed=2).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    other.paste(picture, (round(across * WIDE), round(down * HIGH)))
    return other


def zoomed(picture: Image.Image, by: float) -> Image.Image:
    wide, high = WIDE / by, HIGH / by
    left, top = (WIDE - wide) / 2, (HIGH - high) / 2
    return picture.resize((WIDE, HIGH), box=(left, top, left + wide, top + high))


def lit(picture: Image.Image, share: float) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(share)


def rain(picture: Image.Image, drops: int = 900, seed: int = 1) -> Image.Image:
    chance, wet = random.Random(seed), picture.copy()
    pen = ImageDraw.Draw(wet)
    for _drop in range(drops):
        x, y = chance.randrange(WIDE), chance.randrange(HIGH)
        pen.line([x, y, x + 3, y + 22], fill=(215, 215, 220), width=1)
    return wet


def noisy(picture: Image.Image, seed: int = 1) -> Image.Image:
    grain = Image.frombytes("L", (WIDE, HIGH), random.Random(seed).randbytes(WIDE * HIGH))
    return Image.blend(picture, Image.merge("RGB", [grain] * 3), 0.08)


def blurred(picture: Image.Image, px: float = 9) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(px))


def half_covered(picture: Image.Image) -> Image.Image:
    covered = picture.copy()
    ImageDraw.Draw(covered).rectangle([0, 0, WIDE * 0.7, HIGH], fill=(60, 50, 45))
    return covered


def plain(tone: int) -> Image.Image:
    return Image.new("RGB", (WIDE, HIGH), (tone, tone, tone))


def key_frame(picture: Image.Image, crf: int = 26) -> bytes:
    """One picture as an H.264 key frame with its parameter sets (Annex B)."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuv420p"
    encoder.options = {"crf": str(crf), "preset": "ultrafast", "tune": "zerolatency"}
    frame = av.VideoFrame.from_image(picture)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
