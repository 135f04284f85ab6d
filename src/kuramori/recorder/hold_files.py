"""The segment files that a hold is about, by their names and clear headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.errors import Damaged
from kuramori.recorder.footage_files import header_of
from kuramori.recorder.store import hour_folder
from kuramori.vault.segment_header import SUFFIX
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator
    from pathlib import Path

    from kuramori.recorder.hold_orders import Hold
    from kuramori.recorder.orders import Erase
    from kuramori.recorder.part_erasure import Span
    from kuramori.vault.segment_header import SegmentHeader


@dataclass(frozen=True, slots=True)
class Meant:
    """One segment that an order names: where its wrapped key is to be unwrapped."""

    segment: str
    hour: str
    wrapped: bytes


def meant_by(stores: Iterable[Path], order: Hold | Erase | Span) -> list[Meant]:
    """The segments of the order's camera of which any part lies in its interval; those still being written
    too."""
    first = order.from_s // HOUR_S * HOUR_S
    found: dict[str, Meant] = {}
    for store in stores:
        for start_s in range(first, order.until_s, HOUR_S):
            for path, header in _headers(store / order.camera / hour_folder(start_s)):
                if header.camera == order.camera and _inside(path, header, order):
                    found[header.segment] = Meant(header.segment, header.hour, header.wrapped_key)
    return list(found.values())


def in_hour(stores: Iterable[Path], camera: str, hour_start_s: int) -> list[SegmentHeader]:
    """The headers of every segment of one camera in one UTC hour."""
    return [header for store in stores for _, header in _headers(store / camera / hour_folder(hour_start_s))]


def living_among(
    stores: Iterable[Path], camera: str, segments: Collection[str], hours: Container[str]
) -> set[str]:
    """Which of these segments lie in hours that live; one without a readable file does not."""
    headers = [header_of(path) for path in _named(stores, camera, segments)]
    return {header.segment for header in headers if header is not None and header.hour in hours}


def unlink_segments(stores: Iterable[Path], camera: str, segments: Collection[str]) -> list[str]:
    """Unlink the files of these segments of one camera; returns the ids of those that had one, sorted."""
    gone: set[str] = set()
    for path in _named(stores, camera, segments):
        try:
            path.unlink(missing_ok=True)
            gone.add(_segment(path))
            path.parent.rmdir()
        except OSError:
            pass  # others are still there, or the store does not answer
    return sorted(gone)


def _named(stores: Iterable[Path], camera: str, segments: Collection[str]) -> list[Path]:
    if not segments:
        return []
    every = (path for store in stores for path in (store / camera).glob(f"*/*{SUFFIX}"))
    return [path for path in every if _segment(path) in segments]


def _segment(path: Path) -> str:
    return path.name.removesuffix(SUFFIX).rpartition("-")[2]


def _headers(folder: Path) -> Iterator[tuple[Path, SegmentHeader]]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if (header := header_of(path)) is not None:
            yield path, header


def _inside(path: Path, header: SegmentHeader, order: Hold | Erase | Span) -> bool:
    if header.start_ns >= order.until_s * NS_PER_S:
        return False
    if header.start_ns >= order.from_s * NS_PER_S:
        return True
    try:
        with SegmentFile(path) as file:
            return file.end_ns > order.from_s * NS_PER_S
    except (Damaged, OSError):
        return True  # rather one too many than one too few
