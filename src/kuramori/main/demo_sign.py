"""A drawn photograph of a sign on a wall, for the demonstration's stand-in to upload."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from kuramori.main.demo_camera.scene import font


def photo_of_sign(body: str, telephone: str) -> bytes:
    """A JPEG of 960 x 720: a board 「防犯カメラ作動中」 with the body's name, hung on a wall."""
    wall = Image.new("RGB", (960, 720), "#b6aa97")
    pen = ImageDraw.Draw(wall)
    for row in range(0, 720, 60):
        pen.line((0, row, 960, row), fill="#9d917e", width=3)
        for column in range(row // 60 % 2 * 80, 960, 160):
            pen.line((column, row, column, row + 60), fill="#9d917e", width=3)
    pen.rectangle((148, 118, 820, 560), fill="#8a7f6f")
    pen.rectangle((140, 110, 812, 552), fill="#fdf6d8", outline="#1d1d1b", width=8)
    for text, height, size in (
        ("防犯カメラ作動中", 180, 72),
        (f"設置者 {body}", 330, 36),
        ("目的 犯罪の防止", 390, 36),
        (f"連絡先 {telephone}", 450, 36),
    ):
        pen.text((476, height), text, fill="#1d1d1b", font=font(size), anchor="mm")
    out = io.BytesIO()
    wall.save(out, "JPEG", quality=88)
    return out.getvalue()
