"""The segment files of erased hours, found by the hour's id in their clear headers, and unlinked.

Without its hour secret such a file is noise already; unlinking gives the space back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kuramori.errors import Damaged
from kuramori.recorder.store import hour_folder
from kuramori.vault.segment_header import DIGEST_BYTES, HEADER_JSON_MAX_BYTES, PREFIX, SUFFIX, SegmentHeader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kuramori.vault.key_table import Tombstone

HEAD_MAX_BYTES = PREFIX.size + HEADER_JSON_MAX_BYTES + DIGEST_BYTES


def unlink_erased(
    stores: Iterable[Path], erased: Iterable[Tombstone], held: Collection[str] = ()
) -> list[str]:
    """Unlink every segment file of these hours on every store, `held` segments left out; returns the segment
    ids, sorted.

    A store that does not answer is passed over: its files stay, and open for nobody.
    """
    wanted: dict[tuple[str, int], set[str]] = {}
    for stone in erased:
        wanted.setdefault((stone.camera, stone.hour_start_s), set()).add(stone.hour)
    gone: set[str] = set()
    for store in stores:
        for (camera, start_s), hours in wanted.items():
            gone |= _unlink_in(store / camera / hour_folder(start_s), hours, held)
    return sorted(gone)


def unlink_dead(root: Path, recorder: str, living: Collection[str], held: Collection[str]) -> list[str]:
    """On a disk that was away: unlink what died meanwhile, which is what this recorder made under hours that
    are not `living` any more and that no hold keeps; returns the segment ids."""
    gone = []
    for path in root.glob(f"*/*/*{SUFFIX}"):
        header = header_of(path)
        if header is None or header.recorder != recorder or header.hour in living or header.segment in held:
            continue
        with suppress(OSError):
            path.unlink()
            gone.append(header.segment)
            path.parent.rmdir()  # fails while something else is there
    return sorted(gone)


def header_of(path: Path) -> SegmentHeader | None:
    """The clear header of a segment file; None when it is not whole."""
    try:
        with path.open("rb") as source:
            return SegmentHeader.from_bytes(source.read(HEAD_MAX_BYTES))
    except (Damaged, OSError):
        return None


def _unlink_in(folder: Path, hours: set[str], held: Collection[str]) -> set[str]:
    gone: set[str] = set()
    try:
        for path in folder.glob(f"*{SUFFIX}"):
            header = header_of(path)
            if header is not None and header.hour in hours and header.segment not in held:
                path.unlink(missing_ok=True)
                gone.add(header.segment)
        folder.rmdir()
    except OSError:
        pass  # another hour secret's files are still there, or the store does not answer
    return gone
