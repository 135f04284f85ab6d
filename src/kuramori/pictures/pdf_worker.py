"""The worker that looks at one PDF: `python -m kuramori.pictures.pdf_worker`, locked in like the other.

Answers {"pages": n} and no bytes; the parent keeps the bytes it has.
"""

from __future__ import annotations

import io
import logging
import sys

from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import frames, pdf_rules
from kuramori.pictures.confine import confine


def _warm() -> None:
    """Read one PDF of our own first: once locked in, nothing can be imported."""
    writer = PdfFileWriter(stream_xrefs=True)
    stream = writer.add_object(_empty_stream())
    writer.insert_page(PageObject(contents=stream, media_box=(0, 0, 10, 10)))
    out = io.BytesIO()
    writer.write(out)
    pdf_rules.pages_of(out.getvalue())


def _empty_stream() -> object:
    from pyhanko.pdf_utils.generic import StreamObject

    made = StreamObject(stream_data=b"q Q")
    made.compress()
    return made


def main() -> int:
    logging.disable(logging.CRITICAL)
    _warm()
    try:
        confine()
    except KuramoriError as error:
        _answer({"error": error.code})
        return 1
    _header, payload = frames.read(sys.stdin.buffer)
    try:
        _answer({"pages": pdf_rules.pages_of(payload)})
    except BadInput as error:
        _answer({"error": error.code})
    except MemoryError:
        _answer({"error": "pdf-too-long"})
    return 0


def _answer(header: dict[str, object]) -> None:
    sys.stdout.buffer.write(frames.pack(header, b""))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
