"""At start: what the last run left open is closed, from the files themselves and never from guesses.

A segment that was not closed is known to be cut: its whole records are good, and the journal says so. Files
that were written but not yet told of are told of now. From the last footage of each camera until it is
recorded again there is a gap, because the recorder was stopped or the box was off.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuramori.clock import HOUR_S, hour_start_s
from kuramori.errors import Damaged
from kuramori.recorder import states
from kuramori.recorder.gaps import Gaps
from kuramori.recorder.journal_chain import files
from kuramori.recorder.store import hour_folder
from kuramori.vault.segment_header import SUFFIX
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.recorder.parts import RecorderParts
    from kuramori.vault.segment_header import SegmentHeader

JOURNAL_FILES_READ = 2


def recover(parts: RecorderParts, previous_boot: str, *, died: bool = False) -> None:
    """Settle segments and gaps of the last run in the journal. Called once, before anything is recorded.

    `previous_boot` is the boot id of the last run: another one than now means that the box was off meanwhile.
    `died`: the last run ended without saying so.
    """
    journal = parts.journal
    ended_ns = journal.found.last_at_ns
    for row in list(journal.things.segments.values()):
        _settle(parts, parts.data / row["path"], row)
    for path in _untold(parts, ended_ns):
        with suppress(OSError):  # its disk failed just now
            _tell(parts, path)
    reason = states.RECORDER_DIED if died else states.RECORDER_STOPPED
    if previous_boot != parts.clock.boot_id():
        reason = states.BOX_OFF
    _gaps(parts, ended_ns, reason)
    journal.sync()


def _settle(parts: RecorderParts, path: Path, row: dict[str, Any]) -> None:
    """Say how a segment ended that the journal knows as open; of one whose disk is away, nothing is known."""
    try:
        if not any(path.is_relative_to(root) for root in parts.keeper.stores):
            raise FileNotFoundError
        with SegmentFile(path) as found:
            kind, fields = _ending(found)
    except (OSError, Damaged):
        kind = "segment-cut"
        fields = {"end_ns": row["start_ns"], "records": 0, "bytes": 0, "sha256": "", "key_frames": 0}
    parts.journal.append(kind, segment=row["segment"], camera=row["camera"], lost_packets=0, **fields)


def _tell(parts: RecorderParts, path: Path) -> None:
    """A file that no entry names: killed between its first write and the next sync. Empty ones go."""
    try:
        with SegmentFile(path) as found:
            header = found.header
            if len(found.records) < 2:  # not one picture in it
                path.unlink()
                return
            kind, fields = _ending(found)
    except Damaged:
        path.unlink()
        return
    told = path.relative_to(parts.data) if path.is_relative_to(parts.data) else path
    parts.journal.append("segment-open", path=told.as_posix(), **_opened(header))
    parts.journal.append(kind, segment=header.segment, camera=header.camera, lost_packets=0, **fields)


def _ending(found: SegmentFile) -> tuple[str, dict[str, Any]]:
    fields = {
        "end_ns": found.end_ns,
        "records": len(found.records),
        "bytes": found.whole_bytes,
        "sha256": found.sha256(),
        "key_frames": len(found.key_frames()),
    }
    return ("segment-closed" if found.state == "closed" else "segment-cut"), fields


def _opened(header: SegmentHeader) -> dict[str, Any]:
    names = (
        "segment camera start_ns run hour hour_start_s erase_at_ns purpose_version policy_version"
        " storehouse_key codec width height provisional mask_version clock_error_ms"
    )
    return {name: getattr(header, name) for name in names.split()}


def _untold(parts: RecorderParts, ended_ns: int) -> Iterator[Path]:
    """Files of the last run's last hours that no `segment-open` in the newest journal files names."""
    if parts.settings is None or not ended_ns:
        return
    last_hour_s = hour_start_s(ended_ns)
    folders = [hour_folder(last_hour_s + step * HOUR_S) for step in (-1, 0, 1)]
    found = [
        path
        for root in parts.keeper.stores
        for folder in folders
        for path in sorted(root.glob(f"*/{folder}/*{SUFFIX}"))
    ]
    if not found:
        return
    newest = b"".join(
        path.read_bytes() for path in files(parts.data / "record/journal")[-JOURNAL_FILES_READ:]
    )
    pending = {row["segment"] for row in parts.journal.things.segments.values()}
    for path in found:
        segment = path.stem.rpartition("-")[2]
        if segment not in pending and f'"segment":"{segment}"'.encode() not in newest:
            yield path


def _gaps(parts: RecorderParts, ended_ns: int, reason: str) -> None:
    """Close what was open when the last run ended, and begin the gap that lasts until recording does
    again."""
    journal = parts.journal
    open_cameras = set()
    for row in list(journal.things.gaps.values()):
        gaps = Gaps(row["camera"], journal)
        gaps.resume(row["gap"], row["since_ns"], row["reason"])
        gaps.close(max(ended_ns, row["since_ns"]))
        open_cameras.add(row["camera"])
    cameras = open_cameras if parts.settings is None else {row.id for row in parts.settings.cameras}
    for camera in sorted(cameras):
        since_ns = journal.things.recording.get(camera)
        if since_ns is not None:
            Gaps(camera, journal).open(min(since_ns, parts.clock.wall_ns()), reason)


__all__ = ["recover"]
