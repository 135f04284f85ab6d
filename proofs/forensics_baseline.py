"""The same scans on plain recordings that were unlinked or shredded: what others leave behind."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from proofs.forensics_images import FILE_SYSTEMS, MIB, mounted
from proofs.forensics_months import Footage
from proofs.forensics_scan import Needles, carve, clear_needles, photorec
from proofs.tables import markdown

if TYPE_CHECKING:
    from pathlib import Path

CLIPS = 8
WAYS = {"unlink": ("rm",), "shred": ("shred", "-n1", "-u")}
HEAD = ("file system", "way", "clear pieces still there", "frames carved", "PhotoRec")
STAYS = {(name, "unlink") for name in FILE_SYSTEMS} | {("ext4 data=journal", "shred"), ("btrfs", "shred")}
"""Where a scan that finds nothing would be a scan that sees nothing."""


def baseline(system: str, way: str, scratch: Path, *, lab: bool) -> tuple[list[str], int]:
    """A row of the table, and how many known pieces were found."""
    footage = Footage(scratch)
    image = scratch / "plain.img"
    share = len(footage.fragments) // CLIPS
    with mounted(FILE_SYSTEMS[system], image, 160 * MIB) as mount:
        clips = [mount / f"{number}.mp4" for number in range(CLIPS)]
        for number, clip in enumerate(clips):
            some = footage.fragments[number * share : (number + 1) * share]
            clip.write_bytes(b"".join([footage.init, *some]))
        subprocess.run(["sync", "-f", str(mount)], check=True)
        subprocess.run([*WAYS[way], *map(str, clips)], check=True)
        subprocess.run(["sync", "-f", str(mount)], check=True)
    known = clear_needles(footage.fragments[: share * CLIPS])
    needles = Needles(known)
    found = len(needles.found(image))
    frames = carve(image, scratch)[1]
    named = "{} videos, {} pieces".format(*photorec(image, scratch, needles)) if lab else "not run"
    image.unlink()
    of = share * CLIPS * 5
    return [system, way, f"{found / len(known):.0%}", f"{frames} of {of}", named], found


def baseline_table(scratch: Path, *, lab: bool = True) -> tuple[str, list[str]]:
    """All file systems and ways as a table, and what the scan ought to have seen and did not."""
    rows, faults = [], []
    for system in FILE_SYSTEMS:
        for way in WAYS:
            row, found = baseline(system, way, scratch, lab=lab)
            rows.append(row)
            if (system, way) in STAYS and not found:
                faults.append(f"{system}, {way}: the scan sees nothing where something must be")
    return markdown(HEAD, rows), faults
