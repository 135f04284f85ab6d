"""What the storehouse costs: rotation, sealing, reading, erasing; opening and rebuilding in `bench.opening`.

    python -m bench.storehouse [--quick]

Each figure is a ratio of two jobs done in turn in one run, best of several: other work on the machine only
ever makes a time longer.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import opening
from bench.results import Result, told
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import HourRow, KeyTable
from kuramori.vault.record_seal import HEADER_BYTES, RecordSealer, nonce
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HOURS = 31 * 24
FRAGMENT_BYTES = 150_000
MB = 1_000_000


def run(quick: bool) -> list[Result]:
    """All of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [rotation(folder / f"r{n}", n) for n in ((1, 100) if quick else (1, 100, 1000))]
        rows += [sealing(), random_read(folder), *erasing(folder, 16_384 if quick else 262_144)]
        return rows + opening.run(folder, quick)


def ab(one: Callable[[], object], two: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """Best seconds of each."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for job, times in zip((one, two), took, strict=True):
            before = time.perf_counter()
            job()
            times.append(time.perf_counter() - before)
    return min(took[0]), min(took[1])


def a_table(cameras: int, hours: int = HOURS) -> KeyTable:
    """Hour secrets of `cameras` over `hours`, as the recorder keeps them."""
    made = KeyTable()
    for number in range(cameras * hours):
        camera, hour = f"{number % cameras + 1:032x}", secrets.token_hex(16)
        start_s = 1_795_424_400 + number // cameras * 3600
        secret, until_ns = bytearray(os.urandom(32)), (start_s + HOURS * 3600) * 10**9
        made.hours[hour] = HourRow(camera, start_s, hour, secret, until_ns, False, "boot", 0)
    return made


class NotingFiles(RealFiles):
    """The operating system's files; what was asked of them is noted, to be asked again without a purpose."""

    def __init__(self) -> None:
        self.done: list[tuple[str, tuple[Any, ...]]] = []

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        self.done.append(("write", (path, bytes(data), offset)))
        super().write(path, data, offset)

    def sync(self, path: Path) -> None:
        self.done.append(("sync", (path,)))
        super().sync(path)

    def read(self, path: Path, size_bytes: int | None = None, offset: int = 0) -> tuple[bytes, bool]:
        self.done.append(("read", (path, size_bytes, offset)))
        return super().read(path, size_bytes, offset)


def rotation(folder: Path, cameras: int) -> Result:
    """A rotation of 31 days against exactly its own writes, syncs and read-backs."""
    noting, plain = NotingFiles(), RealFiles()
    noted = KeyStore(folder / "noted", [folder / "noted-copy"], files=noting)
    whole = a_table(cameras)
    noted.open()
    noted.rotate(whole)
    noting.done.clear()
    noted.rotate(whole)
    asked = list(noting.done)
    store = KeyStore(folder / "record", [folder / "copy"])
    store.open()
    store.rotate(whole)

    def alone() -> None:
        for name, arguments in asked:
            getattr(plain, name)(*arguments)

    alone_s, rotated_s = ab(alone, lambda: store.rotate(whole), 120 if cameras < 10 else 7)
    print(f"rotation, {cameras} cameras: {rotated_s * 1000:.1f} ms; its writes alone {alone_s * 1000:.1f} ms")
    return Result(
        f"rotation × its writes and syncs, {cameras} cameras × 31 days", rotated_s / alone_s, "×", 2
    )


def sealing() -> Result:
    """Records sealed against bare AES-GCM over the same buffers."""
    key, buffers = os.urandom(32), [os.urandom(FRAGMENT_BYTES) for _ in range(16)]
    bare, room, associated = AESGCM(key), bytearray(FRAGMENT_BYTES + 16), bytes(68)
    sealer, count = RecordSealer(bytearray(key), bytes(32)), 200

    def alone() -> None:
        for number in range(count):
            bare.encrypt_into(number.to_bytes(12, "big"), buffers[number % 16], associated, room)

    def sealed() -> None:
        for number in range(count):
            sealer.seal(buffers[number % 16], number, number, 36_000, 0)

    alone_s, sealed_s = ab(alone, sealed)
    print(f"sealing: {count * FRAGMENT_BYTES / sealed_s / MB:.0f} MB/s")
    return Result("sealing, share of bare AES-GCM", alone_s / sealed_s, "×", 0.6, at_most=False)


def random_read(folder: Path) -> Result:
    """One record of an opened segment against reading and opening the same bytes at a known place."""
    path, key, _ = opening.five_minutes(folder)
    bare, handle = AESGCM(key), os.open(path, os.O_RDONLY)
    with SegmentFile.open(path) as segment:
        frames = segment.key_frames()
        at = frames[len(frames) // 2]

        def alone() -> None:
            for _ in range(200):
                head = os.pread(handle, HEADER_BYTES, at.offset)
                body = os.pread(handle, at.length, at.offset + HEADER_BYTES)
                bare.decrypt(nonce(at.seq, at.flags), body, segment.header_digest + head)

        def read() -> None:
            for _ in range(200):
                segment.read(at.seq, key)

        alone_s, read_s = ab(alone, read)
    os.close(handle)
    return Result("random read × the same bytes at a known place", read_s / alone_s, "×", 2)


def erasing(folder: Path, size_bytes: int) -> Iterable[Result]:
    """A day of 100 cameras, one file an hour: a rotation that leaves its keys out and the unlinking, against
    `shred` of the same files. The real day is some thousand times as big; only `shred` then takes longer."""
    whole, store = a_table(100), KeyStore(folder / "e/record", [folder / "e/copy"])
    store.open()
    store.rotate(whole)

    def files() -> list[Path]:
        there = folder / "day"
        there.mkdir(exist_ok=True)
        paths = [there / str(number) for number in range(2400)]
        for path in paths:
            path.write_bytes(os.urandom(size_bytes))
        subprocess.run(["sync", "-f", str(there)], check=True)
        return paths

    paths = files()
    began = time.perf_counter()
    whole.bury(list(whole.hours.values())[:2400], 0, "expired")
    store.rotate(whole)
    for path in paths:
        path.unlink()
    ours_s = time.perf_counter() - began
    paths = files()
    began = time.perf_counter()
    subprocess.run(["shred", "-n", "1", "-u", *map(str, paths)], check=True)
    shred_s = time.perf_counter() - began
    size = f"{2400 * size_bytes / MB:.0f} MB"
    yield Result("erasing a day of 100 cameras (2,400 hours)", ours_s, "s")
    yield Result(f"shred of the same files, {size} in all", shred_s, "s")
    yield Result("erasing × shred", ours_s / shred_s, "×", 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.storehouse")
    parser.add_argument("--quick", action="store_true")
    return told(run(parser.parse_args().quick))


if __name__ == "__main__":
    raise SystemExit(main())
