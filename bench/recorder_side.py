"""The recorder as the bench runs it: the real process over a throw-away data directory, and what it
stored."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuramori.main import instance
from kuramori.recorder import journal_reader
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_header import Flag
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, StorehouseKey, new_storehouse_key, open_segment_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.vault.segment_header import SegmentHeader

READY_S = 20.0


@dataclass(frozen=True)
class Picture:
    """One stored picture: media time (90 kHz) and whether its record starts with a key frame."""

    media_90k: int
    wall_ns: int
    run: str


class RecorderSide:
    """Life: make it with camera addresses, `start`, then `stop` or `kill`, then `start` again or read."""

    def __init__(
        self, data: Path, urls: list[str], reserve_bytes: int = 1 << 20, inside: Sequence[str] = ()
    ) -> None:
        """`inside`: what the process is started by, as for a network namespace."""
        self.data = data
        self._inside = inside
        self.key: StorehouseKey = new_storehouse_key()
        self.cameras = [secrets.token_hex(16) for _ in urls]
        self.process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        made = instance.prepare(data)
        self.recorder = made.recorder_id
        rows = [
            _camera(camera, number, url)
            for number, (camera, url) in enumerate(zip(self.cameras, urls, strict=True), 1)
        ]
        self.settings: dict[str, Any] = {
            "format": 1,
            "serial": 1,
            "made_at_ns": time.time_ns(),
            "recorder": self.recorder,
            "timezone": "Asia/Tokyo",
            "storehouse": {"key": self.key.id, "public": self.key.public.hex()},
            "stores": [{"id": "0", "path": "store/0", "reserve_bytes": reserve_bytes}],
            "cameras": rows,
            "loopback_only": True,
        }
        self.write_settings()

    @property
    def journal(self) -> Path:
        return self.data / "record" / "journal"

    def write_settings(self) -> None:
        """Replace the settings file as the pages do."""
        path = self.data / "record" / "settings.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(self.settings))
        fresh.rename(path)

    def start(self) -> int:
        """Start the process; returns its pid at once."""
        self._starts = len(self.entries("start")) if self.journal.exists() else 0
        log = (self.data / "record.log").open("ab")
        command = [*self._inside, sys.executable, "-m", "kuramori.recorder", "--data", str(self.data)]
        self.process = subprocess.Popen(
            command, stderr=log, stdout=log, env={**os.environ, "PYTHONPATH": "src"}
        )
        return self.process.pid

    def stop(self) -> None:
        """SIGTERM, and wait for the clean end."""
        assert self.process is not None
        self.process.terminate()
        if self.process.wait(15) != 0:
            raise RuntimeError((self.data / "record.log").read_text())

    def kill(self) -> None:
        """SIGKILL at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def entries(self, kind: str = "") -> list[dict[str, Any]]:
        """The journal so far, verified; only one kind if named."""
        found = [entry for entry, _ in journal_reader.read_after(self.journal)]
        return [entry for entry in found if not kind or entry["kind"] == kind]

    def wait_until_recording(self, seconds: float = READY_S) -> None:
        """Until every camera of this run has footage on the disk."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            entries = self.entries()
            starts = [entry["seq"] for entry in entries if entry["kind"] == "start"]
            begun = starts[-1] if len(starts) > self._starts else sys.maxsize
            ready = {e["camera"] for e in entries if _recording(e) and e["seq"] > begun}
            if begun < sys.maxsize and ready >= set(self.cameras):
                return
            time.sleep(0.1)
        raise TimeoutError((self.data / "record.log").read_text()[-4000:])

    def segments(self, camera: str) -> list[Path]:
        """Files of one camera, oldest first."""
        return sorted(
            (self.data / "store/0" / camera).glob("*/*.kura"), key=lambda path: int(path.name.split("-")[0])
        )

    def secrets_of_hours(self) -> dict[str, bytes]:
        """Hour id → secret, from the key table of the stopped recorder (the bench plays key-holder and
        thief)."""
        table = KeyStore(self.data / "record", [self.data / "store/0/table-copy"]).open()
        assert table is not None
        return {hour: bytes(row.secret) for hour, row in table.hours.items()}

    def segment_key(self, head: SegmentHeader, hours: dict[str, bytes]) -> bytes:
        """A segment's key, as whoever holds the storehouse's private key and the hour's secret gets it."""
        sealed = unwrap_sealed_key(hours[head.hour], head.segment, head.wrapped_key)
        return bytes(open_segment_key(self.key.private, sealed, SealContext.of(head)))

    def pictures(self, path: Path, hours: dict[str, bytes]) -> list[Picture]:
        """Every picture in one segment file, opened with the storehouse's private key."""
        with SegmentFile(path) as found:
            head, key = found.header, self.segment_key(found.header, hours)
            stored = []
            for info in found.records:
                payload = found.read(info.seq, key)
                if not info.flags & (Flag.INIT | Flag.LAST):
                    stored += _samples(payload, info.media_90k, info.wall_ns, head.run)
            return stored


def _recording(entry: dict[str, Any]) -> bool:
    return bool(entry["kind"] == "camera-state" and entry["state"] == "recording")


def _samples(payload: bytes, media_90k: int, wall_ns: int, run: str) -> list[Picture]:
    at = payload.index(b"trun") + 4
    flags = int.from_bytes(payload[at : at + 4], "big")
    count = int.from_bytes(payload[at + 4 : at + 8], "big")
    step = 16 if flags & 0x800 else 12
    pictures = []
    for number in range(count):
        pictures.append(Picture(media_90k, wall_ns, run))
        field = at + 12 + number * step
        media_90k += int.from_bytes(payload[field : field + 4], "big")
    return pictures


def _camera(camera: str, number: int, url: str) -> dict[str, Any]:
    return {
        "id": camera,
        "number": number,
        "name": f"bench {number}",
        "url": url,
        "priority": 1,
        "purpose_version": 1,
        "policy_version": 1,
        "retention": {"days": 14},
        "gates": [],
    }
