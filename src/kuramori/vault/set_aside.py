"""Pairs of slot and table that do not open: kept unharmed until the last date that could matter.

A token may come back. Until then nothing is overwritten; after the date, the slots are, like any old slot.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.vault.pair_search import look, newest_pair, table_of_pair
from kuramori.vault.slot import PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kuramori.vault.key_files import KeyFiles
    from kuramori.vault.key_table import KeyTable
    from kuramori.vault.part_turn import PartTurn
    from kuramori.vault.slot import KeySlot

_NOTE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class AsidePair:
    """One pair set aside; its tables lie under `record_dir` and in `copies`."""

    name: str
    until_ns: int
    record_dir: Path
    copies: tuple[Path, ...]


class SetAside:
    """The set-aside directory of one recorder."""

    def __init__(
        self,
        record_dir: Path,
        copies: Sequence[Path],
        files: KeyFiles,
        slot: KeySlot,
        parts: Sequence[PartTurn],
    ) -> None:
        self._record_dir = record_dir
        self._copies = copies
        self._files = files
        self._slot = slot
        self._parts = parts

    def put(self, epoch: int, until_ns: int) -> str:
        """Move slots, tables and copies. Done again after a crash, it moves what is left."""
        pair = self._pair(f"{epoch:012d}", until_ns)
        note = pair.record_dir / "until.json"
        text = json.dumps({"until_ns": str(until_ns)}).encode()
        self._files.reserve(note, _NOTE_BYTES)
        self._files.write(note, text + b" " * (_NOTE_BYTES - len(text)))
        self._files.sync(note)
        self._slot.put_aside(pair.name)
        moves = [(self._record_dir / "table", pair.record_dir / "table")]
        moves += zip(self._copies, pair.copies, strict=True)
        for source, target in moves:
            for place in PLACES:
                if self._files.exists(source / place):
                    self._files.move_aside(source / place, target / place)
        return pair.name

    def pairs(self) -> list[AsidePair]:
        """Everything that is set aside now."""
        folder = self._record_dir / "set-aside"
        if not folder.is_dir():
            return []
        found = []
        for entry in sorted(folder.iterdir()):
            note = entry / "until.json"
            if self._files.exists(note):
                until_ns = int(json.loads(self._files.read(note)[0])["until_ns"])
                found.append(self._pair(entry.name, until_ns))
        return found

    def open(self, pair: AsidePair) -> KeyTable | None:
        """Its table, when it opens now. Raises `StorehouseError("table-kind-unknown")`."""
        places = [pair.record_dir / "table", *pair.copies]
        remains = look([self._slot.aside(pair.name)], self._files, places)
        try:
            tokens = [token for part in self._parts for token in part.values()]
            found = newest_pair(remains, tokens)
        finally:
            remains.wipe()
        return None if found is None else table_of_pair(found)

    def destroy(self, pair: AsidePair) -> None:
        """Overwrite its slots and remove its files. Raises `CannotErase` or `OSError`; may be tried again."""
        slot = self._slot.aside(pair.name)
        for place in PLACES:
            slot.destroy(place)
        self._slot.forget_aside(pair.name)
        for folder in (pair.record_dir / "table", *pair.copies):
            for place in PLACES:
                self._files.remove(folder / place)
        self._files.remove(pair.record_dir / "until.json")

    def _pair(self, name: str, until_ns: int) -> AsidePair:
        copies = tuple(copy / "set-aside" / name for copy in self._copies)
        return AsidePair(name, until_ns, self._record_dir / "set-aside" / name, copies)
