"""What a laboratory does with a raw image: known pieces at every offset, and two carvers.

Nothing here knows the file system or the program's formats.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

from proofs.forensics_images import data_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PIECE_BYTES = 256 * 1024
NEEDLE_BYTES = 32
WORD = 8
CLEAR_STEP_BYTES = 512
PHOTOREC_S = 600
_BOX = struct.Struct(">I4s")
_BOXES = frozenset({b"ftyp", b"moov", b"moof", b"mdat", b"styp", b"sidx", b"free", b"mfra"})
_FRAME = re.compile(rb"frame=\s*(\d+)")
_BIGGEST_BOX = 64 * 1024 * 1024


class Needles:
    """Byte strings of 32 bytes, each looked for at every offset.

    All eight shifts of a needle's first words are kept, so that only every eighth offset has to be looked up.
    """

    def __init__(self, needles: Iterable[bytes]) -> None:
        self._words: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for needle in set(needles):
            for shift in range(WORD):
                word = int.from_bytes(needle[shift : shift + WORD], "little")
                self._words[word].append((shift, needle))

    def found(self, image: Path) -> set[bytes]:
        """The needles that are somewhere in `image`."""
        seen: set[bytes] = set()
        known = frozenset(self._words)
        for _, data in data_pieces(image, PIECE_BYTES, NEEDLE_BYTES + WORD):
            whole = len(data) // WORD * WORD
            words = memoryview(data)[:whole].cast("Q")
            if known.isdisjoint(words):
                continue
            for number, word in enumerate(words):
                if word in known:
                    seen.update(self._confirmed(data, number * WORD, word))
        return seen

    def _confirmed(self, data: bytes, at: int, word: int) -> list[bytes]:
        return [
            needle
            for shift, needle in self._words[word]
            if at >= shift and data[at - shift : at - shift + NEEDLE_BYTES] == needle
        ]


def clear_needles(originals: Iterable[bytes]) -> set[bytes]:
    """Pieces of pictures, one each 512 bytes, that could not be there by chance."""
    pieces = (
        data[at : at + NEEDLE_BYTES]
        for data in originals
        for at in range(0, len(data) - NEEDLE_BYTES, CLEAR_STEP_BYTES)
    )
    return {piece for piece in pieces if len(set(piece[:16])) > 8}


def carve(image: Path, scratch: Path) -> tuple[int, int]:
    """Walk MP4 boxes from every `ftyp`: (fragments seen anywhere, frames that ffmpeg decodes)."""
    data = image.read_bytes()
    fragments = sum(1 for at in _finds(data, b"moof") if data[at + 8 : at + 12] == b"mfhd")
    frames = 0
    for number, at in enumerate(_finds(data, b"ftyp")):
        chain = _chain(data, at - 4)
        if b"moov" in chain and b"mdat" in chain:
            clip = scratch / f"carved-{number}.mp4"
            clip.write_bytes(chain)
            frames += _frames(clip)
            clip.unlink()
    return fragments, frames


def _finds(data: bytes, kind: bytes) -> Iterable[int]:
    at = data.find(kind)
    while at >= 0:
        yield at
        at = data.find(kind, at + 1)


def _chain(data: bytes, start: int) -> bytes:
    at = start
    while at + _BOX.size <= len(data):
        size, kind = _BOX.unpack_from(data, at)
        if kind not in _BOXES or not _BOX.size <= size <= _BIGGEST_BOX or (kind == b"ftyp" and at != start):
            break
        at += size
    return data[start:at]


def _frames(clip: Path) -> int:
    words = ["ffmpeg", "-nostdin", "-v", "error", "-stats", "-i", str(clip), "-f", "null", "-"]
    done = subprocess.run(words, check=False, capture_output=True)
    counts = _FRAME.findall(done.stderr)
    return int(counts[-1]) if counts else 0


def photorec(image: Path, scratch: Path, needles: Needles) -> tuple[int, int]:
    """(videos that PhotoRec names, known pieces in everything that it writes out)."""
    out = scratch / "photorec"
    command = "partition_none,options,paranoid,fileopt,everything,enable,wholespace,search"
    words = ["photorec", "/log", "/logname", os.devnull, "/d", str(out / "r"), "/cmd", str(image), command]
    out.mkdir()
    subprocess.run(
        words, check=True, cwd=scratch, stdin=subprocess.DEVNULL, capture_output=True, timeout=PHOTOREC_S
    )
    files = [path for path in out.rglob("*") if path.is_file()]
    videos = sum(path.suffix in (".mp4", ".mov", ".m4p", ".h264", ".3gp") for path in files)
    pieces: set[bytes] = set()
    for path in files:
        pieces |= needles.found(path)
        path.unlink()
    for folder in sorted(out.rglob("*"), reverse=True):
        folder.rmdir()
    out.rmdir()
    return videos, len(pieces)
