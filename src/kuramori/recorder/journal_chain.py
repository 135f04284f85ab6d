"""The bytes of the journal: one line, its hash, and how the end of a journal is judged at start."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kuramori.errors import Damaged
from kuramori.recorder import exact_json
from kuramori.recorder.open_things import OpenThings

if TYPE_CHECKING:
    from pathlib import Path

FIRST_PREV = "0" * 64
RESERVED = frozenset({"seq", "prev", "at_ns", "kind"})
SUFFIX = ".jsonl"


@dataclass
class Tail:
    """How the newest journal file ends."""

    path: Path | None = None
    last_seq: int = 0
    last_hash: str = FIRST_PREV
    last_at_ns: int = 0
    size_bytes: int = 0
    """Bytes of whole, chained lines."""
    torn_bytes: int = 0
    """Bytes after them that are no line: a write that a crash cut off."""
    broken: str = ""
    """A code when a well-formed line does not follow the one before it: somebody changed the file."""
    things: OpenThings = field(default_factory=OpenThings)


def file_name(first_seq: int) -> str:
    """Name of the journal file that begins with entry `first_seq`."""
    return f"{first_seq:012d}{SUFFIX}"


def files(directory: Path) -> list[Path]:
    """The journal files, oldest first."""
    return sorted(path for path in directory.glob(f"*{SUFFIX}") if path.stem.isdigit())


def encode_line(seq: int, prev: str, at_ns: int, kind: str, fields: dict[str, Any]) -> bytes:
    """One entry as canonical JSON, without a newline. Nanoseconds are written as text (exact_json)."""
    if RESERVED & fields.keys():
        raise ValueError("reserved-field")
    entry = {"seq": seq, "prev": prev, "at_ns": at_ns, "kind": kind, **fields}
    return exact_json.dumps(entry)


def decode_line(line: bytes) -> dict[str, Any]:
    """The entry in `line`, numbers as they were appended. Raises Damaged("journal-line")."""
    try:
        entry = exact_json.loads(line)
    except Damaged:
        raise Damaged("journal-line") from None
    if (
        not entry.keys() >= RESERVED
        or not isinstance(entry["seq"], int)
        or not isinstance(entry["kind"], str)
    ):
        raise Damaged("journal-line")
    return entry


def line_hash(line: bytes) -> str:
    """What the next entry's "prev" must be."""
    return hashlib.sha256(line).hexdigest()


def read_tail(directory: Path) -> Tail:
    """Judge the newest file: whole lines kept, torn bytes counted, a broken chain named.

    A newest file without a whole line (a crash while it was begun) is judged with the one before it.
    """
    present = files(directory)
    if not present:
        return Tail()
    tail = _judge(present[-1], present[-2] if len(present) > 1 else None)
    if tail.size_bytes == 0 and not tail.broken and len(present) > 1:
        before = _judge(present[-2], present[-3] if len(present) > 2 else None)
        if not before.broken and not before.torn_bytes:
            before.path, before.size_bytes, before.torn_bytes = tail.path, 0, tail.torn_bytes
            return before
    return tail


def _judge(path: Path, before: Path | None) -> Tail:
    tail = Tail(path=path, last_seq=int(path.stem) - 1)
    if before is not None:
        tail.last_hash = _last_hash(before)
    data = path.read_bytes()
    for line in data.split(b"\n"):
        if tail.size_bytes + len(line) >= len(data):
            break  # what follows the last newline
        try:
            entry = decode_line(line)
        except Damaged:
            break
        first = before is None and tail.size_bytes == 0  # what came before was taken away with its file
        if entry["seq"] != tail.last_seq + 1 or (entry["prev"] != tail.last_hash and not first):
            tail.broken = "chain" if entry["seq"] == tail.last_seq + 1 else "sequence"
            break
        _take(tail, line, entry)
    tail.torn_bytes = len(data) - tail.size_bytes
    if tail.broken:
        _skip_broken(tail, data[tail.size_bytes :])
    return tail


def _take(tail: Tail, line: bytes, entry: dict[str, Any]) -> None:
    tail.last_seq = entry["seq"]
    tail.last_hash = line_hash(line)
    tail.last_at_ns = entry["at_ns"]
    tail.size_bytes += len(line) + 1
    fields = {key: value for key, value in entry.items() if key not in RESERVED}
    tail.things.apply(entry["seq"], entry["kind"], fields)


def _skip_broken(tail: Tail, rest: bytes) -> None:
    """Go on numbering after the changed part, so that no sequence number names two entries."""
    tail.torn_bytes = 0
    for line in rest.split(b"\n"):
        try:
            entry = decode_line(line)
        except Damaged:
            continue
        tail.last_seq = max(tail.last_seq, entry["seq"])
        tail.last_hash = line_hash(line)


def _last_hash(path: Path) -> str:
    lines = path.read_bytes().rsplit(b"\n", 2)
    return line_hash(lines[-2] if len(lines) > 1 else lines[-1])
