"""One segment file being written, with the facts that the journal will tell of it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kuramori.errors import DiskFailed
from kuramori.recorder.fmp4 import fragment_parts, init_segment
from kuramori.vault.disk import close_apart
from kuramori.vault.hour_wrap import wrap_sealed_key
from kuramori.vault.secret_bytes import fresh_secret
from kuramori.vault.segment_header import FORMAT_VERSION, Flag, SegmentHeader
from kuramori.vault.segment_writer import SegmentWriter
from kuramori.vault.storehouse import SealContext, seal_segment_key

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.cameras.rtsp import VideoTrack
    from kuramori.recorder.fragmenter import Fragment
    from kuramori.recorder.settings_rows import Mask, StorehouseSettings
    from kuramori.recorder.store import Store
    from kuramori.vault.key_table import HourRow

SEGMENT_KEY_BYTES = 32
MS_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """What the event loop decided about a segment before its first fragment is written."""

    recorder: str
    camera: str
    hour: HourRow
    purpose_version: int
    policy_version: int
    storehouse: StorehouseSettings
    video: VideoTrack
    mask: Mask | None = None
    machine_error_ns: int | None = None
    """How far the machine's clock may be off; None: nobody vouches for it."""


class RunningSegment:
    """The file, its key sealed from the first byte. One writer thread uses it; `durable_end_ns` is the
    syncer's."""

    def __init__(self, plan: SegmentPlan, store: Store, first: Fragment) -> None:
        """Create the file and write the init segment. Raises DiskFailed or OSError."""
        self.plan = plan
        self.store = store
        self.segment = secrets.token_hex(16)
        key = fresh_secret(SEGMENT_KEY_BYTES)
        self.header = _header(plan, self.segment, first, key)
        path = store.segment_path(plan.camera, plan.hour.hour_start_s, first.wall_ns, self.segment)
        self._path = path
        self._writer = self._create(key)
        store.disk.created(path)
        self._sync_handle = os.dup(self._writer.fileno()) if store.disk.mode == "fdatasync" else -1
        self.path = store.told(path)
        self.key_frames = 0
        self.lost_packets = 0
        self.announced = False
        self.durable_end_ns = first.wall_ns
        video = plan.video
        try:
            self._writer.append(
                init_segment(video.sps, video.pps, video.width, video.height, video.vps),
                wall_ns=first.wall_ns,
                media_90k=first.base_media_90k,
                duration_90k=0,
                flags=Flag.INIT,
            )
        except DiskFailed:
            self.release()
            _remove(path)
            raise
        self._on_store = True
        store.count(1)

    def _create(self, key: bytearray) -> SegmentWriter:
        try:
            return SegmentWriter(self._path, self.header, key)
        except DiskFailed:
            _remove(self._path)
            raise

    def sync_handles(self) -> list[int]:
        """For the syncer, where files are synced one by one: outlives the writer's own descriptor."""
        return [self._sync_handle] if self._sync_handle >= 0 else []

    def release(self) -> None:
        """From the syncer: nothing of this file is left to be synced."""
        handle, self._sync_handle = self._sync_handle, -1
        if handle >= 0 and self.store.failed:
            close_apart(handle)
        elif handle >= 0:
            os.close(handle)

    def append(self, fragment: Fragment) -> None:
        """Seal and write one fragment. Raises DiskFailed; the segment has then ended."""
        flags = (Flag.KEY if fragment.key else 0) | (Flag.DISCONTINUITY if fragment.discontinuity else 0)
        self._writer.append(
            fragment_parts(self._writer.records, fragment.base_media_90k, fragment.units),
            wall_ns=fragment.wall_ns,
            media_90k=fragment.base_media_90k,
            duration_90k=fragment.duration_90k,
            flags=flags,
        )
        self.key_frames += fragment.key

    def close(self) -> dict[str, Any]:
        """Write the closing record and forget the key; returns the fields of `segment-closed`."""
        closed = self._writer.close()
        self._leave_store()
        return self._ended(closed.end_ns, closed.records, closed.size_bytes, closed.sha256)

    def cut(self, end_ns: int) -> dict[str, Any]:
        """Give the file up after an error; returns the fields of `segment-cut`. It is good up to `end_ns`."""
        self._writer.abandon(hangs=self.store.failed)
        self._leave_store()
        return self._ended(end_ns, self._writer.records, self._writer.size_bytes, "")

    def opened(self) -> dict[str, Any]:
        """The fields of `segment-open`."""
        header = self.header
        return {
            "segment": self.segment,
            "camera": header.camera,
            "path": self.path,
            "start_ns": header.start_ns,
            "run": header.run,
            "hour": header.hour,
            "hour_start_s": header.hour_start_s,
            "erase_at_ns": header.erase_at_ns,
            "purpose_version": header.purpose_version,
            "policy_version": header.policy_version,
            "storehouse_key": header.storehouse_key,
            "codec": header.codec,
            "width": header.width,
            "height": header.height,
            "provisional": header.provisional,
            "mask_version": header.mask_version,
            "clock_error_ms": header.clock_error_ms,
        }

    def _leave_store(self) -> None:
        if self._on_store:
            self._on_store = False
            self.store.count(-1)

    def _ended(self, end_ns: int, records: int, size_bytes: int, sha256: str) -> dict[str, Any]:
        return {
            "segment": self.segment,
            "camera": self.plan.camera,
            "end_ns": end_ns,
            "records": records,
            "bytes": size_bytes,
            "sha256": sha256,
            "key_frames": self.key_frames,
            "lost_packets": self.lost_packets,
        }


def _remove(path: Path) -> None:
    """A file that got no further than its beginning: nothing is in it."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _header(plan: SegmentPlan, segment: str, first: Fragment, key: bytearray) -> SegmentHeader:
    """`key` goes in sealed to the storehouse and wrapped under the hour: from here on only people open it."""
    start_ns = first.wall_ns
    sealed = seal_segment_key(
        plan.storehouse.public,
        key,
        SealContext(FORMAT_VERSION, plan.recorder, plan.camera, segment, start_ns, plan.storehouse.key),
    )
    return SegmentHeader(
        recorder=plan.recorder,
        camera=plan.camera,
        segment=segment,
        run=first.run,
        hour=plan.hour.hour,
        hour_start_s=plan.hour.hour_start_s,
        start_ns=start_ns,
        erase_at_ns=plan.hour.erase_at_ns,
        provisional=plan.hour.provisional,
        purpose_version=plan.purpose_version,
        policy_version=plan.policy_version,
        storehouse_key=plan.storehouse.key,
        codec=plan.video.rfc6381,
        width=plan.video.width,
        height=plan.video.height,
        wrapped_key=wrap_sealed_key(plan.hour.secret, segment, sealed),
        mask_version=plan.mask.version if plan.mask else 0,
        mask_sha256=plan.mask.sha256 if plan.mask else "",
        clock_error_ms=_error_ms(plan, first),
    )


def _error_ms(plan: SegmentPlan, first: Fragment) -> int | None:
    """The machine's clock against UTC, and the pictures' times against the machine's clock; rounded up."""
    if plan.machine_error_ns is None or plan.hour.provisional:
        return None
    return -(-(plan.machine_error_ns + first.error_ns) // MS_NS)
