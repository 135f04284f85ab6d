"""The type faces of our papers, where they are found, and whether they have a name's characters."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

# Debian's fonts-morisawa-bizud-gothic, -mincho and fonts-noto-cjk; another place may be named elsewhere.
DEBIAN = (
    Path("/usr/share/fonts/truetype/bizud-gothic"),
    Path("/usr/share/fonts/truetype/bizud-mincho"),
    Path("/usr/share/fonts/opentype/noto"),
)
# Noto has what BIZ UD lacks: rare kanji of names, Chinese and Korean.
RARE = "NotoSansCJK-Bold.ttc"
FILES = (
    *("BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf", "BIZUDMincho-Regular.ttf"),
    *("NotoSansCJK-Regular.ttc", RARE, "NotoSerifCJK-Regular.ttc"),
)
_CHECK_SIZE_PX = 24
_NO_SUCH_CHARACTER = "\U0010fffd"


def folders() -> list[Path]:
    """Where faces are looked for: the folder in KURAMORI_FONTS if set, then Debian's."""
    named = os.environ.get("KURAMORI_FONTS")
    return [*([Path(named)] if named else []), *DEBIAN]


def found(file: str) -> Path | None:
    return next((folder / file for folder in folders() if (folder / file).is_file()), None)


def missing() -> list[str]:
    """The files of FILES that are nowhere."""
    return [file for file in FILES if found(file) is None]


def unprintable(text: str) -> list[str]:
    """The characters of `text` that our sign faces cannot draw, each once, in order.

    A name with such a character is still kept and shown on screen; the paper would show an empty box.
    """
    return [character for character in dict.fromkeys(text) if not _drawable(character)]


@lru_cache(maxsize=4096)
def _drawable(character: str) -> bool:
    if character.isspace() or unicodedata.category(character) in ("Mn", "Cf"):
        return character.isspace()
    known = [face for face in (_face("BIZUDPGothic-Bold.ttf"), _face(RARE)) if face]
    return not known or any(_has(face, character) for face in known)


def _has(face: ImageFont.FreeTypeFont, character: str) -> bool:
    return bytes(face.getmask(character)) != bytes(face.getmask(_NO_SUCH_CHARACTER))


@lru_cache(maxsize=2)
def _face(file: str) -> ImageFont.FreeTypeFont | None:
    path = found(file)
    return ImageFont.truetype(str(path), _CHECK_SIZE_PX) if path else None
