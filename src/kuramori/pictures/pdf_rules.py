"""What a PDF may hold to be kept as it came: pages, text, pictures and faces. Runs only inside a worker."""

from __future__ import annotations

import io
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from kuramori.errors import BadInput

MOST_OBJECTS = 20_000
MOST_PAGES = 100
# ISO 32000-1: what acts by itself, reaches out, or carries another file (12.6, 12.7.8, 7.11.4, 13).
FORBIDDEN_KEYS = frozenset(
    {"/JS", "/JavaScript", "/OpenAction", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/AF"}
)
FORBIDDEN_KEYS |= {"/RichMediaContent", "/Launch", "/Collection"}
FORBIDDEN_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"})
FORBIDDEN_ACTIONS |= {"/URI", "/Movie", "/Sound", "/Rendition", "/RichMediaExecute", "/Hide", "/Named"}
FORBIDDEN_ACTIONS |= {"/SetOCGState", "/Trans", "/GoTo3DView", "/Thread"}
FORBIDDEN_SUBTYPES = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen", "/FileAttachment"})


def pages_of(payload: bytes) -> int:
    """How many pages a harmless PDF has. Raises BadInput `pdf-unreadable`, `pdf-unsafe`, `pdf-too-long`.

    Bytes before the header, after the end, or a repaired cross-reference are refused: another reader might
    see another document in them.
    """
    if not payload.startswith(b"%PDF-") or not payload.rstrip().endswith(b"%%EOF"):
        raise BadInput("pdf-unreadable")
    try:
        reader = PdfFileReader(io.BytesIO(payload), strict=True)
        if reader.encrypted:
            raise BadInput("pdf-unsafe")
        _walk(reader)
        count = int(reader.root["/Pages"]["/Count"])
    except BadInput:
        raise
    except (
        PdfError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as error:
        raise BadInput("pdf-unreadable") from error
    if not 1 <= count <= MOST_PAGES:
        raise BadInput("pdf-too-long" if count > MOST_PAGES else "pdf-unreadable")
    return count


def _walk(reader: PdfFileReader) -> None:
    """Look at every object of every revision, reachable or not: a reader that repairs may reach others."""
    waiting: list[Any] = [reader.trailer_view]
    for revision in range(reader.total_revisions):
        waiting += [
            reader.get_object(reference, revision=revision)
            for reference in reader.xrefs.explicit_refs_in_revision(revision)
        ]
    seen = 0
    while waiting:
        seen += 1
        if seen > MOST_OBJECTS * 10 or len(waiting) > MOST_OBJECTS * 10:
            raise BadInput("pdf-too-long")
        one = waiting.pop()
        if isinstance(one, generic.DictionaryObject):
            _require_harmless(one)
            waiting += [_raw(one, key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += [one.raw_get(index) for index in range(len(one))]


def _raw(one: generic.DictionaryObject, key: str) -> Any:
    """The value as it stands; what an object elsewhere holds is looked at as an object of its own."""
    return one.raw_get(key)


def _require_harmless(one: generic.DictionaryObject) -> None:
    if FORBIDDEN_KEYS & {str(key) for key in one}:
        raise BadInput("pdf-unsafe")
    said = {key: str(one.raw_get(key)) for key in ("/S", "/Subtype", "/Type") if key in one}
    if said.get("/S") in FORBIDDEN_ACTIONS or said.get("/Subtype") in FORBIDDEN_SUBTYPES:
        raise BadInput("pdf-unsafe")
    if said.get("/Type") in ("/EmbeddedFile", "/Filespec", "/F"):
        raise BadInput("pdf-unsafe")
