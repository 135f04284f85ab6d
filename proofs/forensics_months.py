"""Months of a recorder's life on a disk image under a clock moved by hand; every key there was is noted.

The recorder's own code: key keeper, key store as slot.json has it, segment writer, journal, orders.
"""

from __future__ import annotations

import secrets
import struct
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.recorder.keeper_rig import KeeperRig, Written, camera_id, settings

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.vault.configured_store import build_part, key_store, move
from kuramori.vault.disk import Disk
from kuramori.vault.key_files import RealFiles
from kuramori.vault.slot import HEAD_BYTES, MAGIC, Place
from kuramori.vault.slot_config import SetUp, SlotPlace
from proofs.forensics_attack import kek_of
from proofs.forensics_scan import NEEDLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kuramori.vault.key_store import KeyStore
    from kuramori.vault.slot_config import TokenPlace

STARTS = "2026-12-20T00:00:00+09:00"
CAMERAS = (1, 2)
FRAGMENTS_PER_SEGMENT = 2
PLACES: tuple[Place, Place] = ("A", "B")
REBOOT_EVERY_H = 61
BLOB_STEP_BYTES = 4096


class WatchingFiles(RealFiles):
    """The operating system's files; the slot records that go through them are noted."""

    def __init__(self) -> None:
        self.blobs: dict[int, bytes] = {}

    def write(self, path: Path, data: bytes | bytearray | memoryview, offset: int = 0) -> None:
        if bytes(data[: len(MAGIC)]) == MAGIC:
            self.blobs[int.from_bytes(data[10:18], "big")] = bytes(data[HEAD_BYTES:])
        super().write(path, data, offset)


@dataclass
class Oracle:
    """Every key that ever was, kept by the test alone."""

    hours: dict[str, bytes] = field(default_factory=dict)
    segments: list[tuple[Written, bytes]] = field(default_factory=list)
    blobs: dict[int, bytes] = field(default_factory=dict)

    def keys(self) -> set[bytes]:
        """Hour secrets, segment keys, sealed keys and KEKs: none may be on the medium in the clear."""
        found = set(self.hours.values())
        for written, key in self.segments:
            found |= {key, written.sealed[:NEEDLE_BYTES], written.sealed[-NEEDLE_BYTES:]}
        return found | {kek_of(epoch, blob) for epoch, blob in self.blobs.items()}

    def retired_blobs(self) -> set[bytes]:
        """One piece of each 4 KiB of every blob but the one in force."""
        newest = max(self.blobs)
        return {
            blob[at : at + NEEDLE_BYTES]
            for epoch, blob in self.blobs.items()
            if epoch != newest
            for at in range(0, len(blob), BLOB_STEP_BYTES)
        }


class Box(KeeperRig):
    """The rig over a mounted image, its slot where `slot_device` says (None: two files on that image), T in
    `part`."""

    def __init__(self, mount: Path, slot_device: Path | None, part: TokenPlace | None = None) -> None:
        super().__init__(mount / "data", ManualClock.at(STARTS))
        self.files = WatchingFiles()
        self.oracle = Oracle(blobs=self.files.blobs)
        self.copies = [self.data / "store/0/table-copy"]
        self._disk = Disk(self.data / "store/0", "syncfs")
        self.tokens: list[tuple[bytes, int]] = []
        """Every T, and when it was made by the erasure clock (ns), oldest first."""
        self._part = part
        if slot_device is not None or part is not None:
            slot = SlotPlace("raw", str(slot_device)) if slot_device is not None else SlotPlace()
            wanted = SetUp((slot,), part)
            move(self.record, self.copies, wanted, self.clock.wall_ns(), files=self.files)

    def store(self) -> KeyStore:
        return key_store(self.record, self.copies, self.files)

    async def live(self, hours: int, retention: dict[str, Any], footage: Footage) -> None:
        """So many hours of two cameras: an early erasure half way, a restart every few days."""
        document = settings(len(CAMERAS), storehouse=self.storehouse, retention=retention)
        document["cameras"][0]["retention"] = {"days": max(1, retention.get("days", 28) // 2)}
        self.use(document)
        await self.boot()
        for hour in range(hours):
            for camera in CAMERAS:
                self._record(camera, footage)
            self._disk.sync()
            if hour == hours - 6:
                at_s = self.clock.wall_ns() // NS_PER_S
                self.order(
                    "erase",
                    camera=camera_id(1),
                    from_s=at_s - 5 * HOUR_S,
                    until_s=at_s - 2 * HOUR_S,
                    reason="court",
                )
            if hour % REBOOT_EVERY_H == REBOOT_EVERY_H - 1:
                self.journal.close()
                self.clock.reboot(60, f"boot-{hour}")
                await self.boot()
            await self.run_s(HOUR_S)
            self._note_token()

    async def one_hour(self, footage: Footage) -> None:
        """One more of the same."""
        for camera in CAMERAS:
            self._record(camera, footage)
        self._disk.sync()
        await self.run_s(HOUR_S)
        self._note_token()

    def _note_token(self) -> None:
        holder = build_part(SetUp(part=self._part))
        if holder is None:
            return
        for record in (found for place in PLACES if (found := holder.read(place)) is not None):
            noted = (bytes(record.value), record.made_at_ns)
            if noted not in self.tokens:
                self.tokens.append(noted)
        self.tokens.sort(key=lambda one: one[1])

    def switch_off(self) -> None:
        """Let go of the disk."""
        self.journal.close()
        self._disk.close()

    def _record(self, camera: int, footage: Footage) -> None:
        row = self.keeper.hour_for(camera_id(camera), self.clock.wall_ns())
        assert row is not None, "no durable hour"
        self.oracle.hours[row.hour] = bytes(row.secret)
        number = len(self.oracle.segments)
        key = secrets.token_bytes(32)
        written = self.record_segment(camera, key, footage.payloads(number))
        self.oracle.segments.append((written, key))


class Footage:
    """Real H.264 in fragmented MP4 from ffmpeg; noisy pictures, so that no two blocks are alike."""

    def __init__(self, folder: Path, seconds: int = 120) -> None:
        path = folder / "footage.mp4"
        picture = f"testsrc2=size=320x240:rate=5:duration={seconds},noise=alls=4:allf=t"
        subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-an",
             "-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p", "-g", "5",
             "-bf", "0", "-threads", "1",
             "-movflags", "+frag_keyframe+empty_moov+default_base_moof", str(path)],
            check=True,
        )  # fmt: skip
        parts = list(_fragments(path.read_bytes()))
        self.init, self.fragments = parts[0], parts[1:]

    def payloads(self, number: int) -> list[bytes]:
        """The clear records of segment `number`."""
        first = number * FRAGMENTS_PER_SEGMENT
        some = range(first, first + FRAGMENTS_PER_SEGMENT)
        return [self.init, *(self.fragments[at % len(self.fragments)] for at in some)]

    def originals(self) -> Iterable[bytes]:
        return [self.init, *self.fragments]


def _fragments(data: bytes) -> Iterable[bytes]:
    """The init segment, then each moof with its mdat."""
    at, begun = 0, 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind in (b"moof", b"mfra") and at > begun:
            yield data[begun:at]
            begun = at
        if kind == b"mfra":
            return
        at += size
    yield data[begun:]
