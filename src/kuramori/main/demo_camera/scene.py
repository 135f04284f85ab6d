"""The street that the demonstration camera looks at: a still background and small moving figures.

Everything is kept as the three planes of I420, so that a frame costs one copy and a few pastes (about 1 ms).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kuramori.main.demo_camera import frame_number
from kuramori.main.demo_camera.figures import Sprite, bicycle, car, walker

WIDTH, HEIGHT = 1280, 720
JST = timezone(timedelta(hours=9))
_FONT = Path("/usr/share/fonts/truetype/bizud-gothic/BIZUDGothic-Bold.ttf")
_CLOCK_AT = (24, 20)
_CLOCK_SIZE = 34


@dataclass(frozen=True)
class Passer:
    """Somebody who crosses the picture again and again: speed in pixels a second, negative to the left."""

    sprites: list[Sprite]
    feet_y: int
    speed: float
    offset: float
    steps_per_s: float = 2.0

    def placed(self, seconds: float) -> tuple[Sprite, int, int]:
        """The sprite and its top left corner (even numbers, for the half-size colour planes)."""
        sprite = self.sprites[int(seconds * self.steps_per_s * len(self.sprites)) % len(self.sprites)]
        span = WIDTH + 2 * sprite.width
        x = (self.offset + seconds * self.speed) % span - sprite.width
        return sprite, int(x) & ~1, (self.feet_y - sprite.height) & ~1


class Street:
    """Draws the frame of any number; the same number gives the same picture."""

    def __init__(self) -> None:
        self._planes = Sprite.of(_background().convert("RGBA"))
        self._passers = sorted(_passers(), key=lambda passer: passer.feet_y)
        self._digits = _digits()

    def draw(self, number: int) -> bytes:
        """One I420 picture, 1280 x 720, with clock and frame number in it."""
        seconds = number / frame_number.FRAMES_PER_S % 86_400
        luma, blue, red = self._planes.luma.copy(), self._planes.blue.copy(), self._planes.red.copy()
        for passer in self._passers:
            sprite, x, y = passer.placed(seconds)
            luma.paste(sprite.luma, (x, y), sprite.mask)
            blue.paste(sprite.blue, (x // 2, y // 2), sprite.half_mask)
            red.paste(sprite.red, (x // 2, y // 2), sprite.half_mask)
        self._write_clock(luma, number)
        strip = frame_number.strip_row(number, WIDTH) * frame_number.STRIP_HEIGHT
        kept = (HEIGHT - frame_number.STRIP_HEIGHT) * WIDTH
        return b"".join((luma.tobytes()[:kept], strip, blue.tobytes(), red.tobytes()))

    def _write_clock(self, luma: Image.Image, number: int) -> None:
        moment = datetime.fromtimestamp(frame_number.wall_ns_of(number) / 1e9, UTC).astimezone(JST)
        x, y = _CLOCK_AT
        for letter in f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}":
            glyph = self._digits[letter]
            luma.paste(glyph, (x, y))
            x += glyph.width


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The Japanese face where Debian's package is installed, else Pillow's own (Latin letters only)."""
    return ImageFont.truetype(_FONT, size) if _FONT.exists() else ImageFont.load_default(size)


def _digits() -> dict[str, Image.Image]:
    face = font(_CLOCK_SIZE)
    glyphs = {}
    for letter in "0123456789-:. ":
        glyph = Image.new("L", (19, _CLOCK_SIZE + 8), frame_number.DARK)
        ImageDraw.Draw(glyph).text((1, 2), letter, fill=frame_number.LIGHT, font=face)
        glyphs[letter] = glyph
    return glyphs


def _passers() -> list[Passer]:
    return [
        Passer(walker(150, "#8c3b3b", "#2f3640", "#3a2a20"), 470, 62, 100),
        Passer(walker(150, "#d9b44a", "#3c4a63", "#22201f"), 486, -55, 700, 1.8),
        Passer(walker(170, "#3f6f5c", "#27303b", "#5a4632"), 520, 74, 980),
        Passer(walker(120, "#c8657b", "#5c3b52", "#1f1a18"), 498, 66, 1060, 2.4),
        Passer(bicycle(170), 640, 190, 300, 1.5),
        Passer(car(300), 622, -260, 200, 1.0),
        Passer(walker(205, "#44679a", "#1f2630", "#2b2523"), 690, -80, 1240, 1.7),
    ]


def _background() -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#bcd3e2")
    pen = ImageDraw.Draw(picture)
    _houses(pen)
    pen.rectangle((0, 430, WIDTH, 530), fill="#b9b4aa")
    for x in range(-200, WIDTH, 64):
        pen.line((x, 530, x + 90, 430), fill="#a8a399", width=2)
    pen.rectangle((0, 530, WIDTH, 660), fill="#5d6064")
    pen.rectangle((0, 526, WIDTH, 534), fill="#d7d4cc")
    for x in range(0, WIDTH, 120):
        pen.rectangle((x, 592, x + 64, 598), fill="#d9d9d2")
    pen.rectangle((0, 656, WIDTH, HEIGHT), fill="#aaa59b")
    pen.rectangle((_CLOCK_AT[0] - 8, _CLOCK_AT[1] - 4, _CLOCK_AT[0] + 19 * 23 + 8, 68), fill="#000000")
    pen.rectangle((1040, 16, 1256, 64), fill="#000000")
    pen.text((1056, 26), "実演 DEMO 01" if _FONT.exists() else "DEMO 01", fill="#ffffff", font=font(26))
    return picture


def _houses(pen: ImageDraw.ImageDraw) -> None:
    """A row of shop fronts; no real street."""
    fronts = [(0, 250, 120, "#cdbfa6"), (250, 520, 190, "#9fb0b4"), (520, 860, 90, "#d8cdbb"),
              (860, 1060, 170, "#b99f8a"), (1060, 1280, 130, "#c4c9bf")]  # fmt: skip
    for left, right, top, colour in fronts:
        pen.rectangle((left, top, right, 430), fill=colour, outline="#7d776c", width=3)
        for x in range(left + 28, right - 50, 78):
            pen.rectangle((x, top + 36, x + 44, top + 92), fill="#6f8796", outline="#565c5f", width=3)
        pen.rectangle((left + 24, 330, right - 24, 430), fill="#4c4a47")
        pen.rectangle((left + 12, 300, right - 12, 330), fill="#7a3e35" if left % 520 else "#2f4f62")
    if _FONT.exists():
        pen.text((600, 301), "くらもり商店", fill="#fff6e0", font=font(26))
        pen.text((905, 301), "薬局", fill="#fff6e0", font=font(26))
