"""Two simulated months on ext4, xfs and btrfs; then a laboratory gets the raw image, and all passphrases.

    python -m proofs.forensics [--days 62] [--write docs/proofs.md]

Expected: no erased hour back, no clear piece, no key. Two set-ups that are known to be bad must be caught,
and plain files that were unlinked or shredded show what the same scans find when there is something to find.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs import forensics_token, forensics_traces
from proofs.forensics_attack import attack
from proofs.forensics_baseline import baseline_table
from proofs.forensics_images import FILE_SYSTEMS, MIB, FileSystem, NoLoopImages, loop_device, mounted
from proofs.forensics_months import Box, Footage
from proofs.forensics_scan import Needles, carve, clear_needles, photorec
from proofs.forensics_token import examine_token
from proofs.forensics_traces import traces
from proofs.tables import markdown, write_table

IMAGE_BYTES = 512 * MIB
KEEPS_OLD_SLOTS = {"ext4 data=journal": "journalled-data", "btrfs": "copy-on-write:btrfs"}
"""Where a slot as a file is known to live on, and the reason that the recorder must give for it."""


@dataclass
class Finding:
    """One set-up after its months. All numbers are counts."""

    system: str
    slot: str
    recorded: int
    erased: int
    erased_back: int
    segments_back: int
    live_open: int
    live: int
    clear: int
    clear_of: int
    keys: int
    keys_of: int
    blob_pieces: int
    carved: tuple[int, int]
    """Fragments seen by their boxes, frames that ffmpeg decodes."""
    photorec: str
    level: int
    irrecoverable: bool
    reasons: tuple[str, ...]

    @property
    def control(self) -> bool:
        """Known to be bad: the scan must catch it."""
        return self.slot == "file" and self.system in KEEPS_OLD_SLOTS

    def faults(self) -> list[str]:
        """What is not as it must be."""
        found = {
            "clear pieces": self.clear > 0,
            "keys in the clear": self.keys > 0,
            "carved": self.carved != (0, 0),
            "nothing was erased": self.erased == 0,
            "live hours do not open": self.live_open < self.live,
        }
        if self.control:
            found["the scan did not catch it"] = self.erased_back == 0 or self.blob_pieces == 0
            found["called irrecoverable"] = self.irrecoverable or self.level > 1
            found["the reason is not shown"] = KEEPS_OLD_SLOTS[self.system] not in self.reasons
        else:
            found["erased hours back"] = self.erased_back + self.segments_back > 0
            found["retired blobs"] = self.blob_pieces > 0
        return [f"{self.system}, slot {self.slot}: {text}" for text, wrong in found.items() if wrong]


HEAD = ("file system", "slot", "hours recorded", "erased", "erased hours back", "live hours that open",
        "clear pieces", "keys found", "old blob pieces", "carved fragments / frames", "PhotoRec",
        "level, reasons", "expected")  # fmt: skip


def told(one: Finding) -> list[str]:
    """A row of the table."""
    back = f"**{one.erased_back}**" if one.erased_back else "0"
    level = f"{one.level}: {', '.join(one.reasons)}"
    return [one.system, one.slot, str(one.recorded), str(one.erased), back, f"{one.live_open} of {one.live}",
            f"{one.clear} of {one.clear_of:,}", f"{one.keys} of {one.keys_of:,}", str(one.blob_pieces),
            "{} / {}".format(*one.carved), one.photorec, level,
            "caught" if one.control else "0 back"]  # fmt: skip


def examine(
    system: FileSystem, slot: str, hours: int, retention: dict[str, Any], scratch: Path, *, lab: bool
) -> Finding:
    """Live through the hours on that file system, pull the plug, scan. `lab`: with PhotoRec."""
    image, slot_image = scratch / "disk.img", scratch / "slot.img"
    footage = Footage(scratch)
    with loop_device(slot_image) as device, mounted(system, image, IMAGE_BYTES) as mount:
        box = Box(mount, device if slot == "raw" else None)
        asyncio.run(box.live(hours, retention, footage))
        status = box.keeper.status()
        erased = {row["hour"] for row in box.erased()}
        box.switch_off()
    images = [image, slot_image]
    oracle = box.oracle
    loot = attack(images, bytes(box.storehouse.private))
    clear, keys, blobs = clear_needles(footage.originals()), oracle.keys(), oracle.retired_blobs()
    needles = Needles(clear | keys | blobs)
    seen = needles.found(image) | needles.found(slot_image)
    dead, alive = erased & oracle.hours.keys(), oracle.hours.keys() - erased
    back = {hour for hour in dead if loot.secrets.get(hour) == oracle.hours[hour]}
    found = {hour for hour in alive if loot.secrets.get(hour) == oracle.hours[hour]}
    open_now = {hour for hour in found if loot.segments[hour]}
    carved = carve(image, scratch)
    named = "{} videos, {} pieces".format(*photorec(image, scratch, Needles(clear))) if lab else "not run"
    finding = Finding(
        system.name, slot, len(oracle.hours), len(dead), len(back),
        sum(len(found) for hour, found in loot.segments.items() if hour in dead),
        len(open_now), len(alive), len(seen & clear), len(clear), len(seen & keys), len(keys),
        len(seen & blobs), carved, named,
        int(str(status["level"])), bool(status["irrecoverable"]), tuple(status["reasons"]),  # type: ignore[arg-type]
    )  # fmt: skip
    for path in images:
        path.unlink()
    return finding


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.forensics")
    parser.add_argument("--days", type=int, default=62)
    parser.add_argument("--scratch", type=Path, help="where the images lie; /dev/shm is fast")
    parser.add_argument("--write", type=Path, help="put the tables into this document")
    chosen = parser.parse_args()
    retention = {"months": 1} if chosen.days > 40 else {"days": max(1, chosen.days // 2)}
    faults, rows = [], []
    with tempfile.TemporaryDirectory(prefix="kuramori-forensics-", dir=chosen.scratch) as folder:
        for system in FILE_SYSTEMS.values():
            for slot in ("raw", "file"):
                found = examine(system, slot, chosen.days * 24, retention, Path(folder), lab=True)
                faults += found.faults()
                rows.append(told(found))
                print(" | ".join(rows[-1]), flush=True)
        with_token = []
        for name in KEEPS_OLD_SLOTS:
            one = examine_token(FILE_SYSTEMS[name], chosen.days * 24, retention, Path(folder))
            faults += one.faults()
            with_token.append(one)
            print(" | ".join(one.told()), flush=True)
        if not any(one.proves for one in with_token):
            faults.append("slot file with T: no control brought anything back")
        plain, wrong = baseline_table(Path(folder))
        left, worse = traces(Path(folder))
        faults += wrong + worse
    whole = markdown(forensics_traces.HEAD, left)
    tables = {"forensics": markdown(HEAD, rows), "forensics-baseline": plain, "forensics-traces": whole}
    tables["forensics-token"] = markdown(forensics_token.HEAD, [one.told() for one in with_token])
    for name, table in tables.items():
        print(f"\n{table}")
        if chosen.write:
            write_table(chosen.write, name, table)
    print("\n".join(faults) or "everything as expected")
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoLoopImages as problem:
        sys.exit(f"cannot be proven here: {problem}")
