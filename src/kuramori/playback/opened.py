"""The segment files that a grant's interval touches, and what of them the grant lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.access.granted_footage import Opened, interval, open_file, rows
from kuramori.errors import Damaged
from kuramori.playback.parts import parts_of
from kuramori.playback.playlist import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.access.models import Grant

__all__ = ["Opened", "interval", "open_file", "rows", "stretches"]


def stretches(grant: Grant, now_ns: int) -> Iterator[Stretch]:
    """The pieces of the interval, segment by segment. A file that is gone or damaged is left out."""
    for row in rows(grant, now_ns):
        try:
            opened = open_file(row, grant)
        except (FileNotFoundError, Damaged):
            continue
        with opened.file:
            if opened.allowed:
                yield Stretch(row.id, opened.file.header.run, parts_of(row.id, opened.allowed))
