"""The picture worker: one job from stdin, one answer to stdout, then it ends.

`python -m kuramori.pictures.worker`. It is confined before the first byte of the job is read.
"""

from __future__ import annotations

import logging
import sys

from kuramori.errors import BadInput, KuramoriError
from kuramori.pictures import frames, invisible_mark, jobs, mask_area, mask_check
from kuramori.pictures.confine import confine


def main() -> int:
    """Do one job. A wrong input is an answer; a crash is the parent's to notice."""
    logging.disable(logging.CRITICAL)
    try:
        confine()
    except KuramoriError as error:
        _answer({"error": error.code}, b"")
        return 1
    header, payload = frames.read(sys.stdin.buffer)
    if header.get("kind") == "mask-check":
        return _check_mask(header, payload)
    if header.get("kind") == "mark":
        return _read_mark(payload)
    kind, side = str(header.get("kind")), header.get("most_side_px")
    if kind not in jobs.JOBS or not isinstance(side, int):
        _answer({"error": "worker-answer"}, b"")
        return 1
    try:
        said = header.get("outlines")
        mark = bytes.fromhex(str(header.get("mark") or ""))
        result, picture = jobs.run(kind, payload, side, mask_area.checked(said) if said else (), mark)
    except BadInput as error:
        _answer({"error": error.code}, b"")
        return 0
    except MemoryError:
        _answer({"error": "picture-too-large"}, b"")
        return 0
    _answer(result, picture)
    return 0


def _check_mask(header: dict[str, object], payload: bytes) -> int:
    try:
        _answer(mask_check.look(payload, mask_area.checked(header.get("outlines"))), b"")
    except (BadInput, MemoryError) as error:
        _answer({"error": error.code if isinstance(error, BadInput) else "picture-too-large"}, b"")
    return 0


def _read_mark(payload: bytes) -> int:
    try:
        mark, clear = invisible_mark.read(jobs.photo(payload, jobs.MARKED_SIDE_PX))
        _answer({"mark": mark.hex(), "clear": clear}, b"")
    except (BadInput, MemoryError) as error:
        _answer({"error": error.code if isinstance(error, BadInput) else "picture-too-large"}, b"")
    return 0


def _answer(header: dict[str, object], payload: bytes) -> None:
    sys.stdout.buffer.write(frames.pack(header, payload))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
