"""bench/results.json: a list of {name, value, unit, bar, holds}. Every benchmark adds its rows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

PATH = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Result:
    """`bar` None: printed, not judged."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_most: bool = True

    @property
    def holds(self) -> bool | None:
        """Whether the value is on the right side of its bar."""
        if self.bar is None:
            return None
        return self.value <= self.bar if self.at_most else self.value >= self.bar


def write(rows: list[Result], path: Path = PATH) -> None:
    """Put `rows` into the file, replacing older ones of the same names."""
    known = json.loads(path.read_text()) if path.exists() else []
    fresh = {row.name for row in rows}
    kept = [row for row in known if row["name"] not in fresh]
    for row in rows:
        shown = {**asdict(row), "holds": row.holds}
        del shown["at_most"]
        kept.append(shown)
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def told(rows: list[Result]) -> int:
    """Print and keep `rows`; the exit code, 1 when a bar does not hold."""
    print(table(rows))
    write(rows)
    return 0 if all(row.holds is not False for row in rows) else 1


def table(rows: list[Result]) -> str:
    """The rows for people."""
    lines = [f"{'what':<58} {'value':>10} {'unit':<8} {'bar':>8}  holds"]
    for row in rows:
        bar = "" if row.bar is None else f"{'≤' if row.at_most else '≥'} {row.bar:g}"
        holds = {None: "", True: "yes", False: "NO"}[row.holds]
        lines.append(f"{row.name:<58} {row.value:>10.3f} {row.unit:<8} {bar:>8}  {holds}")
    return "\n".join(lines)
