"""Asks a locked-in worker whether a PDF may be kept as it came."""

from __future__ import annotations

from kuramori.errors import BadInput
from kuramori.pictures.asking import TIMEOUT_S, exchange

PDF_BYTES = 12 * 1024 * 1024


def pdf_pages(upload: bytes, *, timeout_s: float = TIMEOUT_S) -> int:
    """The number of pages of a harmless PDF.

    Raises BadInput: `pdf-too-long` (also over 12 MiB), `pdf-unreadable` (also when the worker died over it),
    `pdf-unsafe` (it acts by itself, reaches out, carries a file, or is locked), `worker-not-confined`.
    """
    if len(upload) > PDF_BYTES:
        raise BadInput("pdf-too-long")
    try:
        header, _none = exchange("kuramori.pictures.pdf_worker", {"kind": "pdf"}, upload, timeout_s)
    except BadInput as error:
        raise BadInput("pdf-unreadable") from error
    pages = header.get("pages")
    if not isinstance(pages, int) or pages < 1:
        raise BadInput(str(header.get("error", "pdf-unreadable"))[:48])
    return pages
