"""The type faces of our papers, where they are found, and whether they have a name's characters."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

# Debian's fonts-morisawa-bizud-gothic and -mincho; another place may be named for other systems.
DEBIAN = (Path("/usr/share/fonts/truetype/bizud-gothic"), Path("/usr/share/fonts/truetype/bizud-mincho"))
FILES = ("BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf", "BIZUDMincho-Regular.ttf")
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
    """The characters of `text` that our sign face cannot draw, each once, in order.

    A name with such a character is still kept and shown on screen; the paper would show an empty box.
    """
    return [character for character in dict.fromkeys(text) if not _drawable(character)]


@lru_cache(maxsize=4096)
def _drawable(character: str) -> bool:
    if character.isspace() or unicodedata.category(character) in ("Mn", "Cf"):
        return character.isspace()
    face = _face()
    return face is None or bytes(face.getmask(character)) != bytes(face.getmask(_NO_SUCH_CHARACTER))


@lru_cache(maxsize=1)
def _face() -> ImageFont.FreeTypeFont | None:
    path = found("BIZUDPGothic-Bold.ttf")
    return ImageFont.truetype(str(path), _CHECK_SIZE_PX) if path else None
