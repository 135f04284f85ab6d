"""Turns a paper's template and data into a PDF.

Data reaches the template as JSON and is only ever shown as text: a body's name full of `#` and `$` prints
as it is typed. What would turn the words of a line around, or stand there unseen, is printed as its number.
Templates are files per language, because a paper's wording is not a matter of translation.
"""

from __future__ import annotations

import base64
import io
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import segno
import typst

from kuramori.errors import BadInput
from kuramori.paper import faces, law

PAPERS = Path(__file__).parent / "papers"
Data = dict[str, object]
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""Control characters, and those that change the direction of what follows or take no room (not the selectors
by which one form of a kanji is chosen): with them a paper shows another name than the one in the record."""


def pdf(paper: str, data: Data) -> bytes:
    """The PDF of one of our papers (`sign`, `recovery-sheet` …) filled with `data`.

    Raises BadInput `faces-missing` when the machine lacks the fonts: a paper of boxes helps nobody.
    """
    return _compiled(paper, data, "pdf")


def png(paper: str, data: Data, *, dots_per_inch: int = 60) -> bytes:
    """The first page as a PNG, to show on a page before it is printed."""
    pages = _compiled(paper, data, "png", dots_per_inch)
    return pages[0] if isinstance(pages, list) else pages


def seen(value: object) -> object:
    """`value` with every character of `UNSEEN` written out; line ends as they are."""
    if isinstance(value, str):
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        return UNSEEN.sub(lambda one: f"[U+{ord(one[0]):04X}]", lines)
    if isinstance(value, dict):
        return {key: seen(one) for key, one in value.items()}
    return [seen(one) for one in value] if isinstance(value, (list, tuple)) else value


def qr_svg(text: str) -> str:
    """A QR code as SVG text, medium error correction, with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def framed_jpeg(jpeg: bytes) -> str:
    """A JPEG inside SVG text of 4:3, since data reaches a template as text only. Not decoded here."""
    inside = base64.b64encode(jpeg).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'viewBox="0 0 400 300" width="400" height="300">'
        f'<image width="400" height="300" xlink:href="data:image/jpeg;base64,{inside}"/></svg>'
    )


@lru_cache(maxsize=1)
def _faces_in(folders: tuple[str, ...]) -> typst.Fonts:
    """The faces of `folders`, read once: reading them takes ten times as long as a paper."""
    return typst.Fonts(include_system_fonts=False, font_paths=list(folders))


def _compiled(paper: str, data: Data, form: Literal["pdf", "png"], dots_per_inch: int | None = None) -> bytes:
    if faces.missing():
        raise BadInput("faces-missing", files=faces.missing())
    made: bytes = typst.compile(
        str(PAPERS / f"{paper}.typ"),
        root=str(PAPERS),
        font_paths=_faces_in(tuple(str(folder) for folder in faces.folders() if folder.is_dir())),
        ignore_system_fonts=True,
        format=form,
        ppi=dots_per_inch,
        sys_inputs={"data": json.dumps(seen({"law": law.in_words(), **data}), ensure_ascii=False)},
    )
    return made
