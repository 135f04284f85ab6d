"""Reading a journal that another process is writing, the chain verified line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.errors import Damaged
from kuramori.recorder.journal_chain import FIRST_PREV, decode_line, files, line_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class JournalBroken(Damaged):
    """The chain does not hold: an entry was changed, dropped or put in. `values` has seq and file."""

    default_code = "journal-broken"


def read_after(
    directory: Path, seq: int = 0, last_hash: str = FIRST_PREV
) -> Iterator[tuple[dict[str, Any], str]]:
    """Entries with a sequence number above `seq`, each with the hash of its line.

    `last_hash` is the hash of entry `seq` as it was read before (all zeros for seq 0): the first entry must
    follow it. A line without its newline is not there yet. Raises JournalBroken at the first entry that
    does not follow; after a `journal-broken` entry of the recorder itself, ask again with `seq` and hash of
    the last entry of the damaged part (see `after_break`).
    """
    expected, prev = seq + 1, last_hash
    for path in _files_from(directory, seq + 1):
        for line in _whole_lines(path):
            try:
                entry = decode_line(line)
            except Damaged:
                raise JournalBroken(seq=expected, file=path.name) from None
            if entry["seq"] < expected:
                if entry["seq"] == expected - 1 and line_hash(line) != prev:
                    raise JournalBroken(seq=entry["seq"], file=path.name)
                continue
            if entry["seq"] != expected or entry["prev"] != prev:
                raise JournalBroken(seq=expected, file=path.name)
            prev = line_hash(line)
            expected += 1
            yield entry, prev


def read_all(directory: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Every entry that is still there, each with the hash of its line. Raises JournalBroken."""
    present = files(directory)
    first = next(_whole_lines(present[0]), None) if present else None
    if first is None:
        return
    try:
        entry = decode_line(first)
    except Damaged:
        raise JournalBroken(seq=int(present[0].stem), file=present[0].name) from None
    yield from read_after(directory, entry["seq"] - 1, entry["prev"])


def verify(directory: Path) -> tuple[int, str]:
    """Check the whole chain that is still there; returns the last sequence number and its hash."""
    seq, last_hash = 0, FIRST_PREV
    for entry, line in read_all(directory):
        seq, last_hash = entry["seq"], line
    return seq, last_hash


def after_break(directory: Path, broken_seq: int) -> tuple[int, str] | None:
    """Where reading can go on behind damage at `broken_seq`: the place (seq, hash) just before the file
    that the recorder began after finding the damage, or None when it has not begun one yet."""
    for path in files(directory):
        if int(path.stem) > broken_seq:
            first = next(_whole_lines(path), None)
            if first is not None:
                entry = decode_line(first)
                return entry["seq"] - 1, entry["prev"]
    return None


def _files_from(directory: Path, seq: int) -> list[Path]:
    """The files that may hold entry `seq - 1` (to compare its hash) and everything after it."""
    present = files(directory)
    begins = [index for index, path in enumerate(present) if int(path.stem) <= max(seq - 1, 1)]
    return present[begins[-1] if begins else 0 :]


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        for line in source:
            if not line.endswith(b"\n"):
                return
            yield line[:-1]
