"""What the mixed kills know of their box: every segment, order, hour and secret that was ever seen.

All of it is read from the files of the killed box, with the independent reader where an attacker would look.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.recorder_side import Picture, RecorderSide
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.vectors.independent_reader import hour_rows, slot_records, table_chunks

from kuramori.errors import StorehouseError
from kuramori.recorder.journal_chain import FIRST_PREV
from kuramori.recorder.journal_reader import read_after
from kuramori.recorder.orders import sign_order
from kuramori.vault.configured_store import key_store
from kuramori.vault.key_table import KeyTable
from kuramori.vault.segment_header import FORMAT_VERSION
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key

if TYPE_CHECKING:
    from collections.abc import Iterator

NS_PER_S = 1_000_000_000
PRIORITY = -10
PATIENCE_S = 120.0
WITH_A_PICTURE = 2
"""Records of a segment that holds anything: the first one is what a player has to know."""
SMALL_DISK_BYTES = 6 * 1024 * 1024
LEFT_BYTES = 300 * 1024
"""Room on the small disk: less than half a second of two cameras."""


@dataclass
class Known:
    """A segment file as it was when it was first found after a kill."""

    path: Path
    content: bytes
    camera: str
    hour: str
    context: SealContext
    start_ns: int
    end_ns: int
    pictures: list[Picture]
    wrapped: bytes
    empty: bool
    """Killed before its first picture was written: the next start unlinks it, nothing was stored in it."""


@dataclass
class Filed:
    """An order in the spool; `meant` are segments that it surely names, [from_ns, until_ns) what it may."""

    kind: str
    camera: str
    from_ns: int
    until_ns: int
    meant: set[str]
    hold: str = ""

    def may_mean(self, one: Known) -> bool:
        """Also one that was still being written then."""
        return self.camera == one.camera and one.start_ns < self.until_ns and one.end_ns > self.from_ns


@dataclass
class MixedBox:
    """One data directory through many kills, with a small second disk (tmpfs) that runs full."""

    data: Path
    urls: list[str]
    side: RecorderSide = field(init=False)
    known: dict[str, Known] = field(default_factory=dict)
    filed: dict[str, Filed] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    """order → `order-done` or `order-refused`."""
    hours_seen: set[str] = field(default_factory=set)
    hours_told: set[str] = field(default_factory=set)
    """Hours whose death the journal tells."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    _last: tuple[int, str] = (0, FIRST_PREV)
    _starts: int = 0

    def __post_init__(self) -> None:
        self.side = RecorderSide(self.data, self.urls)
        self.key = Ed25519PrivateKey.from_private_bytes((self.data / "keys/orders.key").read_bytes())
        self.small = self.data / "store/1"
        self.small.mkdir(parents=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES}", "tmpfs", str(self.small))

    def start(self) -> None:
        """Start the recorder; as an installed one it goes before the rest of the machine."""
        self._starts = sum(1 for entry in self.entries if entry["kind"] == "start")
        os.setpriority(os.PRIO_PROCESS, self.side.start(), PRIORITY)

    def wait_until_recording(self) -> None:
        """Until every camera of this run has footage on the disk. Raises TimeoutError."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            self.read_journal()
            starts = [at for at, entry in enumerate(self.entries) if entry["kind"] == "start"]
            if len(starts) > self._starts:
                said = (entry for entry in self.entries[starts[-1] :] if entry["kind"] == "camera-state")
                if {entry["camera"] for entry in said if entry["state"] == "recording"} == set(
                    self.side.cameras
                ):
                    return
            time.sleep(0.05)
        raise TimeoutError((self.data / "record.log").read_text()[-2000:])

    def close(self) -> None:
        """Nothing of it runs or is mounted afterwards."""
        if self.side.process is not None and self.side.process.poll() is None:
            self.side.kill()
        _run("umount", str(self.small))

    def use_small_disk_first(self, *, first: bool) -> None:
        """It is the first choice and nearly full, or the second one."""
        ballast = self.small / "ballast"
        ballast.unlink(missing_ok=True)
        if first:
            room = os.statvfs(self.small)
            ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - LEFT_BYTES)))
        names = ("1", "0") if first else ("0", "1")
        self.side.settings["stores"] = [
            {"id": name, "path": f"store/{name}", "reserve_bytes": 1} for name in names
        ]
        self.side.settings["serial"] += 1
        self.side.write_settings()

    def order(self, kind: str, filed: Filed, **fields: Any) -> str:
        """File a signed order, as the pages do."""
        name, data = sign_order(self.key, kind, time.time_ns(), **fields)
        draft = self.data / "record/orders" / f"{name}.new"
        draft.parent.mkdir(mode=0o700, exist_ok=True)
        draft.write_bytes(data)
        draft.rename(draft.with_suffix(".json"))
        self.filed[name] = filed
        return name

    def read_journal(self) -> None:
        """What is new in it, the chain verified."""
        for entry, line in read_after(self.data / "record/journal", *self._last):
            self._last = (entry["seq"], line)
            self.entries.append(entry)
            if entry["kind"] in ("order-done", "order-refused"):
                self.settled[entry["order"]] = entry["kind"]
            if entry["kind"] == "rotation":
                self.hours_told |= {dead["hour"] for dead in entry["erased"]}

    def table(self) -> KeyTable:
        """The key table as the next start will read it. Raises StorehouseError."""
        copies = [self.data / f"store/{name}/table-copy" for name in ("0", "1")]
        found = key_store(self.data / "record", copies).open()
        if found is not None and found.damaged_chunks:
            raise StorehouseError("key-table-unreadable", chunks=found.damaged_chunks)
        return found or KeyTable()

    def opens(self, one: Known, table: KeyTable) -> bytes | None:
        """The segment's key out of this table and the storehouse's private key; None when it is gone."""
        from kuramori.vault.hour_wrap import unwrap_sealed_key

        row = table.hours.get(one.hour)
        if row is not None:
            sealed = unwrap_sealed_key(row.secret, one.context.segment, one.wrapped)
        else:
            held = (h for h in table.holds.values() if h.segment == one.context.segment and h.sealed)
            if (hold := next(held, None)) is None:
                return None
            sealed = bytes(hold.sealed)
        return bytes(open_segment_key(self.side.key.private, sealed, one.context))

    def take_in(self, path: Path, table: KeyTable) -> Known:
        """A file that was not there before. Raises KuramoriError, KeyError, ValueError for a bad one."""
        with SegmentFile(path) as found:
            head = found.header
            context = SealContext(
                FORMAT_VERSION, head.recorder, head.camera, head.segment, head.start_ns, head.storehouse_key
            )
            content, end_ns = path.read_bytes(), found.end_ns
            one = Known(
                path, content, head.camera, head.hour, context, head.start_ns, end_ns, [], head.wrapped_key,
                len(found.records) < WITH_A_PICTURE,
            )  # fmt: skip
        if one.hour in table.hours:
            one.pictures = self.side.pictures(path, {one.hour: bytes(table.hours[one.hour].secret)})
        self.known[head.segment] = one
        return one

    def files(self) -> Iterator[Path]:
        """All segment files of both disks, oldest first."""
        found = [path for name in ("0", "1") for path in (self.data / "store" / name).glob("*/*/*.kura")]
        return iter(sorted(found, key=lambda path: int(path.name.split("-")[0])))

    def hours_for_a_thief(self) -> set[str]:
        """Hours that open with every slot record and every table in any file of the box."""
        places = ("record/slot", "record/table", "record/set-aside", "slots", "store/0/table-copy",
                  "store/1/table-copy")  # fmt: skip
        found_files = [path for place in places for path in (self.data / place).rglob("*") if path.is_file()]
        blobs = [path.read_bytes() for path in found_files]
        chunks = {chunk for data in blobs for chunk in table_chunks(data)}
        found: set[str] = set()
        for epoch, blob in {record for data in blobs for record in slot_records(data)}:
            for chunk in chunks:
                found.update(hour_rows(chunk, epoch, blob) or {})
        return found


def hold_fields(camera: str, from_s: int, until_s: int) -> dict[str, Any]:
    """A hold of that stretch for ten days."""
    now_ns = time.time_ns()
    day_ns = 86_400 * NS_PER_S
    return {
        "camera": camera, "from_s": from_s, "until_s": until_s, "case": f"proof {secrets.token_hex(4)}",
        "basis": "照会書", "reason": "proof", "requester": "account:1", "approver": "account:2",
        "ends_at_ns": now_ns + 10 * day_ns, "review_at_ns": now_ns + 5 * day_ns,
    }  # fmt: skip


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
