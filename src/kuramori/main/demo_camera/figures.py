"""The figures that move through the demonstration street, as small pictures with a mask."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

_STEPS = 8
_GROWN = 3  # drawn three times as large and shrunk, for smooth edges


@dataclass(frozen=True)
class Sprite:
    """A picture as I420 planes (limited range, BT.601) with masks at both sizes."""

    luma: Image.Image
    blue: Image.Image
    red: Image.Image
    mask: Image.Image
    half_mask: Image.Image

    @property
    def width(self) -> int:
        return self.luma.width

    @property
    def height(self) -> int:
        return self.luma.height

    @classmethod
    def of(cls, picture: Image.Image) -> Sprite:
        """Planes of an RGBA picture with even sides."""
        luma, blue, red = picture.convert("RGB").convert("YCbCr").split()
        half = (picture.width // 2, picture.height // 2)
        mask = picture.getchannel("A")
        return cls(
            luma=luma.point(lambda value: 16 + value * 219 // 255),
            blue=blue.resize(half).point(lambda value: 128 + (value - 128) * 224 // 255),
            red=red.resize(half).point(lambda value: 128 + (value - 128) * 224 // 255),
            mask=mask,
            half_mask=mask.resize(half),
        )


def _shrunk(picture: Image.Image) -> Sprite:
    width, height = picture.width // _GROWN & ~1, picture.height // _GROWN & ~1
    return Sprite.of(picture.resize((width, height), Image.Resampling.LANCZOS))


def _canvas(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGBA", (width * _GROWN, height * _GROWN), (90, 90, 90, 0))
    return picture, ImageDraw.Draw(picture)


def walker(height: int, coat: str, trousers: str, hair: str) -> list[Sprite]:
    """A person walking, eight steps, `height` pixels tall. Without a face, on purpose."""
    return [_one_step(height, coat, trousers, hair, math.tau * step / _STEPS) for step in range(_STEPS)]


def _one_step(height: int, coat: str, trousers: str, hair: str, phase: float) -> Sprite:
    picture, pen = _canvas(height // 2 + height // 10, height)
    unit = height * _GROWN / 100
    middle = picture.width / 2
    swing = math.sin(phase)
    for side in (1, -1):
        foot = (middle + side * swing * 15 * unit, 97 * unit - max(0.0, side * math.cos(phase)) * 4 * unit)
        knee = (middle + side * swing * 9 * unit + 2 * unit, 76 * unit)
        pen.line([(middle, 55 * unit), knee, foot], fill=trousers, width=round(9 * unit), joint="curve")
        hand = (middle - side * swing * 14 * unit, 55 * unit)
        pen.line([(middle, 26 * unit), hand], fill=coat, width=round(6 * unit))
    pen.rounded_rectangle(
        (middle - 11 * unit, 19 * unit, middle + 11 * unit, 60 * unit), radius=9 * unit, fill=coat
    )
    pen.ellipse((middle - 7 * unit, 3 * unit, middle + 7 * unit, 19 * unit), fill="#d9b08c")
    pen.pieslice((middle - 8 * unit, 1 * unit, middle + 8 * unit, 17 * unit), 180, 360, fill=hair)
    return _shrunk(picture)


def bicycle(width: int) -> list[Sprite]:
    """A bicycle with its rider, wheels turning."""
    return [_one_turn(width, math.tau * step / _STEPS) for step in range(_STEPS)]


def _one_turn(width: int, phase: float) -> Sprite:
    picture, pen = _canvas(width, width)
    unit = width * _GROWN / 100
    for centre in (24, 76):
        hub = (centre * unit, 76 * unit)
        pen.ellipse((hub[0] - 21 * unit, 55 * unit, hub[0] + 21 * unit, 97 * unit), outline="#20262b",
                    width=round(3 * unit))  # fmt: skip
        spoke = (20 * unit * math.cos(phase), 20 * unit * math.sin(phase))
        pen.line((hub[0] - spoke[0], hub[1] - spoke[1], hub[0] + spoke[0], hub[1] + spoke[1]),
                 fill="#5c6369", width=round(unit))  # fmt: skip
    frame = [(24, 76), (42, 50), (68, 50), (50, 76), (24, 76)]
    pen.line([(x * unit, y * unit) for x, y in frame], fill="#b3262e", width=round(3 * unit))
    pen.line((68 * unit, 44 * unit, 76 * unit, 76 * unit), fill="#b3262e", width=round(3 * unit))
    foot = (50 + 7 * math.cos(phase), 76 + 7 * math.sin(phase))
    pen.line([(42 * unit, 44 * unit), (56 * unit, 60 * unit), (foot[0] * unit, foot[1] * unit)],
             fill="#2c3440", width=round(6 * unit), joint="curve")  # fmt: skip
    pen.line([(44 * unit, 46 * unit), (54 * unit, 20 * unit), (70 * unit, 42 * unit)],
             fill="#e4e2da", width=round(9 * unit), joint="curve")  # fmt: skip
    pen.ellipse((50 * unit, 4 * unit, 64 * unit, 19 * unit), fill="#d9b08c")
    pen.pieslice((49 * unit, 2 * unit, 65 * unit, 17 * unit), 170, 370, fill="#f2f2f2")
    return _shrunk(picture)


def car(width: int) -> list[Sprite]:
    """A small delivery car; no number plate."""
    picture, pen = _canvas(width, width // 2)
    unit = width * _GROWN / 100
    pen.rounded_rectangle((2 * unit, 4 * unit, 98 * unit, 40 * unit), radius=7 * unit, fill="#e9eaec")
    pen.polygon([(5 * unit, 22 * unit), (14 * unit, 8 * unit), (30 * unit, 8 * unit), (30 * unit, 22 * unit)],
                fill="#5f7484")  # fmt: skip
    pen.rectangle((35 * unit, 9 * unit, 58 * unit, 22 * unit), fill="#5f7484")
    pen.rectangle((2 * unit, 27 * unit, 98 * unit, 30 * unit), fill="#3b6ea5")
    for centre in (20, 78):
        pen.ellipse(((centre - 8) * unit, 32 * unit, (centre + 8) * unit, 48 * unit), fill="#1e2124")
        pen.ellipse(((centre - 4) * unit, 36 * unit, (centre + 4) * unit, 44 * unit), fill="#a9adb0")
    return [_shrunk(picture)]
