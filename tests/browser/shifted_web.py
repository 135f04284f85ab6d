"""The box's pages under a clock that a test moves: seconds ahead of the machine's stand in a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kuramori import clock
from kuramori.main.command import main

AHEAD = "seconds-ahead"


class Ahead(clock.SystemClock):
    """The machine's clock, and what the file says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wall_ns(self) -> int:
        said = self._path.read_text() if self._path.exists() else "0"
        return super().wall_ns() + int(said) * clock.NS_PER_S


if __name__ == "__main__":
    with clock.use(Ahead(Path(os.environ["KURAMORI_DATA"]) / AHEAD)):
        sys.exit(main(["web"]))
