"""Result tables of the proofs, for the terminal and for docs/proofs.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every row as long as `head`."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_table(document: Path, name: str, table: str) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`. Raises `ValueError` without them."""
    text = document.read_text()
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = text.partition(start)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{document} has no place for {name}")
    document.write_text(before + start + table + "\n" + end + after)
