"""`kuramori check` and `kuramori verify-ledger`: what they print and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.footage import checking
from kuramori.footage import rebuild as remaking
from kuramori.ledger import checking as ledger_checking
from kuramori.ledger import exporting, tree

if TYPE_CHECKING:
    from pathlib import Path


def main(*, rebuild: bool = False) -> int:
    """Compare index, files, headers, keys, journal and ledger; `rebuild` remakes the index first."""
    if rebuild:
        made = remaking.rebuild()
        print(f"index remade: {made.segments} segments, {made.gaps} gaps")
        for name in made.unreadable:
            print(f"unreadable: {name}")
    report = checking.check()
    for line in report.lines():
        print(line)
    return report.exit_code


def ledger(export: Path | None) -> int:
    """Check the ledger's hashes; write an export to `export` when it is given."""
    found = ledger_checking.findings()
    for finding in found:
        print(f"ledger: {finding}")
    before = None if found else ledger_checking.restored_from()
    if before:
        print(f"ledger: {tree.size()} entries, RESTORED: it begins after {before}")
    elif not found:
        print(f"ledger: {tree.size()} entries, whole")
    if export is not None:
        with export.open("w", encoding="utf-8") as out:
            out.writelines(exporting.lines())
    return 1 if found else 0
