"""Following the recorder's journal: only whole lines, each bound to the one before, from where one stopped.

The place in the file is remembered in memory, so that asking every second costs one `stat`. After a
restart it is found again by sequence number and hash. Nothing here writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kuramori.errors import Damaged
from kuramori.recorder.journal_chain import FIRST_PREV, decode_line, files, line_hash
from kuramori.recorder.journal_reader import JournalBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, the hash of its bytes, and the hash that it names as its predecessor's."""

    entry: dict[str, Any]
    hash: str

    @property
    def seq(self) -> int:
        """The entry's sequence number."""
        return int(self.entry["seq"])


@dataclass(frozen=True, slots=True)
class Place:
    """Behind the line `seq` with `hash`: `offset` bytes into `path`."""

    path: Path
    offset: int
    seq: int
    hash: str


class JournalTail:
    """A reader of one journal directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._place: Place | None = None
        self._committed: Place | None = None

    def read(self, seq: int, last_hash: str, limit: int) -> tuple[list[Line], JournalBroken | None]:
        """At most `limit` lines after line `seq`, whose hash was `last_hash`, and the break that ended them.

        A line is held back when the next one does not confirm its hash: it is the line that was changed.
        """
        lines: list[Line] = []
        try:
            place = self._find(seq, last_hash or FIRST_PREV)
            while place and len(lines) < limit:
                found, place = _lines_behind(place, limit - len(lines))
                lines += found
                if not found and (place := self._next_file(place)) is None:
                    break
        except _Break as broken:
            lines += broken.before
            kept = lines[:-1] if broken.doubts_last and lines else lines
            return kept, JournalBroken(seq=broken.seq, file=broken.file)
        return lines, None

    def committed(self) -> None:
        """What was read so far is in the database for good."""
        self._committed = self._place

    def nothing_new(self) -> bool:
        """Whether all is committed and the journal has not grown since; False before the first reading."""
        place = self._committed
        try:
            if place is None or place.path.stat().st_size != place.offset:
                return False
        except FileNotFoundError:
            return False
        return not any(path.name > place.path.name for path in files(self._directory))

    def at_its_end(self, seq: int, last_hash: str) -> bool:
        """Whether line `seq` was found where it was left, with nothing cut off behind it since."""
        place = self._place
        if place is None or (place.seq, place.hash) != (seq, last_hash):
            return False
        try:
            return place.path.stat().st_size >= place.offset
        except FileNotFoundError:
            return False

    def stand_before(self, seq: int) -> Place | None:
        """Go on with the first readable line from `seq` on, taking its word for what came before it."""
        for path in files(self._directory):
            offset = 0
            for line in _whole_lines(path):
                try:
                    entry = decode_line(line)
                except Damaged:
                    entry = {"seq": -1}
                if entry["seq"] >= seq:
                    return self._remember(Place(path, offset, entry["seq"] - 1, entry["prev"]))
                offset += len(line) + 1
        return None

    def last_seq(self) -> int | None:
        """Sequence number of the newest whole line; None for an empty journal."""
        for path in reversed(files(self._directory)):
            newest = None
            for line in _whole_lines(path):
                newest = line
            if newest is not None:
                try:
                    return int(decode_line(newest)["seq"])
                except Damaged:
                    return None
        return None

    def hashes(self) -> Iterator[tuple[int, str, str]]:
        """(sequence, hash, predecessor's hash as named) of every readable line there is, oldest first."""
        for path in files(self._directory):
            for line in _whole_lines(path):
                try:
                    entry = decode_line(line)
                except Damaged:
                    continue
                yield int(entry["seq"]), line_hash(line), str(entry["prev"])

    def _find(self, seq: int, last_hash: str) -> Place | None:
        """The place behind line `seq`; None while the journal has not come so far."""
        place = self._place
        if place and self.at_its_end(seq, last_hash):
            return place
        present = files(self._directory)
        if not present:
            return None
        if seq == 0:
            if int(present[0].stem) != 1:
                raise _Break(1, present[0].name)
            return self._remember(Place(present[0], 0, 0, FIRST_PREV))
        holding = [path for path in present if int(path.stem) <= seq]
        if not holding:
            return self._at_the_start(present[0], seq, last_hash)
        return self._scan(holding[-1], seq, last_hash)

    def _scan(self, path: Path, seq: int, last_hash: str) -> Place | None:
        offset = newest = 0
        for line in _whole_lines(path):
            offset += len(line) + 1
            try:
                found = int(decode_line(line)["seq"])
            except Damaged:
                continue  # said of a part that was taken in long ago; a later look at the chain reports it
            if found == seq:
                if line_hash(line) != last_hash:
                    raise _Break(seq, path.name)
                return self._remember(Place(path, offset, seq, last_hash))
            newest = max(newest, found)
        if newest > seq:
            raise _Break(seq, path.name)
        return None

    def _at_the_start(self, first: Path, seq: int, last_hash: str) -> Place | None:
        """Older files are gone: the first one that is left must follow the line that was taken in last."""
        if int(first.stem) != seq + 1:
            raise _Break(seq + 1, first.name)
        return self._remember(Place(first, 0, seq, last_hash))

    def _next_file(self, place: Place) -> Place | None:
        self._remember(place)
        later = [path for path in files(self._directory) if path.name > place.path.name]
        if not later:
            return None
        if int(later[0].stem) != place.seq + 1:
            raise _Break(place.seq + 1, later[0].name)
        return self._remember(Place(later[0], 0, place.seq, place.hash))

    def _remember(self, place: Place) -> Place:
        self._place = place
        return place


class _Break(Exception):  # noqa: N818 - it carries where the chain ends, and never leaves this module
    def __init__(self, seq: int, file: str) -> None:
        super().__init__(seq, file)
        self.seq, self.file = seq, file
        self.before: list[Line] = []
        self.doubts_last = False


def _lines_behind(place: Place, limit: int) -> tuple[list[Line], Place]:
    """The whole lines behind `place`, checked, and the place behind them."""
    with place.path.open("rb") as source:
        source.seek(place.offset)
        data = source.read(READ_BYTES)
    lines: list[Line] = []
    offset, seq, prev = place.offset, place.seq, place.hash
    for raw in data[: data.rfind(b"\n") + 1].splitlines(keepends=True)[:limit]:
        broken = _Break(seq + 1, place.path.name)
        broken.before = lines
        try:
            entry = decode_line(raw[:-1])
        except Damaged:
            raise broken from None
        if entry["seq"] != seq + 1 or entry["prev"] != prev:
            broken.doubts_last = entry["seq"] == seq + 1
            raise broken
        seq, prev, offset = seq + 1, line_hash(raw[:-1]), offset + len(raw)
        lines.append(Line(entry, prev))
    return lines, Place(place.path, offset, seq, prev)


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        for line in source:
            if line.endswith(b"\n"):
                yield line[:-1]


def readable_entries(directory: Path) -> Iterator[dict[str, Any]]:
    """Every entry that can be read, oldest first, chain or no chain: for remaking what is only a cache."""
    for path in files(directory):
        for line in _whole_lines(path):
            try:
                yield decode_line(line)
            except Damaged:
                continue
