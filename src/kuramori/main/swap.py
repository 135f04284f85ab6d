"""Whether memory may reach a disk in the clear. Knows no Django."""

from __future__ import annotations

from pathlib import Path

PROC_SWAPS = Path("/proc/swaps")
SYS_BLOCK = Path("/sys/class/block")


def in_the_clear(swaps: Path = PROC_SWAPS, block: Path = SYS_BLOCK) -> list[str]:
    """The active swap areas that are neither encrypted nor memory (zram): pictures may land there."""
    try:
        lines = swaps.read_text().splitlines()[1:]
    except FileNotFoundError:
        return []
    areas = [line.split()[0] for line in lines if line.strip()]
    return [area for area in areas if not _safe(area, block)]


def _safe(area: str, block: Path) -> bool:
    name = Path(area).resolve().name
    if name.startswith("zram"):
        return True
    try:
        return (block / name / "dm" / "uuid").read_text().startswith("CRYPT-")
    except OSError:
        return False
