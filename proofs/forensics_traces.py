"""The whole program on a disk image: database, write-ahead log, temporary files, journal, logs, pictures.

`kuramori demo-erase` (real camera server, real recorder, real pages' database) with its data directory and
every temporary file on the image. At the end it deletes all of that itself; then the raw image is searched.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from proofs.forensics_images import FILE_SYSTEMS, MIB, mounted
from proofs.forensics_scan import carve

ROOT = Path(__file__).resolve().parents[1]
STORY_S = 300
THERE = {
    "SQLite database": b"SQLite format 3\0",
    "journal line": b'"kind":"rotation"',
}
"""What the program does write: a scan that does not see these sees nothing."""
CLEAR = {
    "MP4 fragment": re.compile(rb"moof....mfhd", re.DOTALL),
    "MP4 start": re.compile(rb"ftyp(?:iso|mp4|avc)"),
    "H.264 parameters": re.compile(rb"avcC\x01[\x42\x4d\x64]"),
    "H.264 stream": re.compile(
        rb"\x00\x00\x00\x01[\x67\x27][\x42\x4d\x64][\x00-\xff]{1,40}\x00\x00\x00\x01[\x68\x28]"
    ),
    "passphrase": re.compile(rb"(?<![0-9])(?:[0-9]{4}-){5}[0-9]{4}(?![0-9])"),
}
JPEG = re.compile(rb"\xff\xd8\xff[\xe0\xe1\xdb]..(?:JFIF|Exif)", re.DOTALL)
SIGN = b"\xff\xc0\x00\x11\x08\x02\xd0\x03\xc0"
"""960 × 720: the photograph of the sign on the wall, which the database keeps on purpose."""
HEAD = ("what", "must be", "found")


def traces(scratch: Path) -> tuple[list[list[str]], list[str]]:
    """Rows of the table, and what is not as it must be."""
    image = scratch / "whole.img"
    with mounted(FILE_SYSTEMS["ext4 data=ordered"], image, 256 * MIB) as mount:
        environment = {**os.environ, "TMPDIR": str(mount), "PYTHONPATH": str(ROOT / "src")}
        environment.pop("KURAMORI_DATA", None)
        command = [sys.executable, "-m", "kuramori.main.command", "demo-erase"]
        told = subprocess.run(command, env=environment, capture_output=True, timeout=STORY_S, cwd=ROOT)
        subprocess.run(["sync", "-f", str(mount)], check=True)
    data = image.read_bytes()
    rows, faults = [], []
    if told.returncode:
        faults.append(f"demo-erase ended with {told.returncode}: {told.stderr[-300:]!r}")
    for name, mark in THERE.items():
        rows.append([name, "there", str(data.count(mark))])
    for name, pattern in CLEAR.items():
        rows.append([name, "0", str(len(pattern.findall(data)))])
    signs = [SIGN in data[found.start() : found.start() + 1024] for found in JPEG.finditer(data)]
    rows.append(["JPEG: the photograph of the sign", "there", str(sum(signs))])
    rows.append(["JPEG: anything else", "0", str(len(signs) - sum(signs))])
    del data
    frames = carve(image, scratch)[1]
    rows.append(["frames carved", "0", str(frames)])
    image.unlink()
    return rows, [*faults, *(f"{name}: {count}" for name, wanted, count in rows if _wrong(wanted, count))]


def _wrong(wanted: str, count: str) -> bool:
    return (count == "0") == (wanted == "there")
