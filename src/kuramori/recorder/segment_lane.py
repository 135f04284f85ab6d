"""One camera's way to the disk: from fragments on the event loop to records on a writer thread."""

from __future__ import annotations

import asyncio
import errno
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from kuramori.errors import DiskFailed
from kuramori.recorder import states
from kuramori.recorder.running_segment import RunningSegment, SegmentPlan

if TYPE_CHECKING:
    from kuramori.recorder.fragmenter import Fragment
    from kuramori.recorder.pens import Pen
    from kuramori.recorder.storage import Storage
    from kuramori.recorder.store import Store

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class LaneEar(Protocol):
    """Who hears how it went; called on the event loop."""

    def segment_durable(self, segment: str, start_ns: int) -> None:
        """A new segment's first fragments are on the disk."""

    def lane_lost(self, since_ns: int, reason: str) -> None:
        """From `since_ns` on nothing could be stored, for `reason` (a state)."""


class SegmentLane:
    """`write` and `close` on the event loop, in order; everything with an underscore on the lane's pen."""

    def __init__(self, camera: str, pen: Pen, storage: Storage, ear: LaneEar) -> None:
        self.camera = camera
        self.lost_packets = 0
        self._pen = pen
        self._storage = storage
        self._ear = ear
        self._loop = asyncio.get_running_loop()
        self._put_bytes = 0
        self._done_bytes = 0
        self._plan: SegmentPlan | None = None
        self._segment: RunningSegment | None = None
        self._lost_now = self._lost_told = 0
        self._last_end_ns = 0
        self._dropping = False

    @property
    def backlog_bytes(self) -> int:
        """Handed over and not yet written."""
        return self._put_bytes - self._done_bytes

    def write(self, fragment: Fragment, plan: SegmentPlan | None) -> None:
        """Store `fragment`; with a `plan` it is the first of a new segment."""
        self._put_bytes += fragment.size_bytes
        self._pen.put_soon(self._write, fragment, plan, self.lost_packets)

    def close(self) -> asyncio.Future[None]:
        """End the running segment. The future is done when its file is closed and its key forgotten."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._pen.put_soon(self._close, done, self.lost_packets)
        return done

    def drained(self) -> asyncio.Future[None]:
        """Done when everything handed over before has been written."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._pen.put_soon(self._tell, _finish, done)
        return done

    def durable(self, segment: RunningSegment) -> None:
        """From the syncer: tell the ear."""
        self._tell(self._ear.segment_durable, segment.segment, segment.header.start_ns)

    def store_failed(self, store: Store) -> None:
        """From the syncer: the store is lost; what was not durable goes elsewhere."""
        self._pen.put(self._rescue, store)

    def _write(self, fragment: Fragment, plan: SegmentPlan | None, lost_packets: int) -> None:
        self._done_bytes += fragment.size_bytes
        self._lost_now = lost_packets
        if plan is not None:
            self._end_segment()
            self._plan = plan
        self._put(fragment)

    def _close(self, done: asyncio.Future[None], lost_packets: int) -> None:
        self._lost_now = lost_packets
        try:
            self._end_segment()
            self._plan = None
        finally:
            self._tell(_finish, done)

    def _put(self, fragment: Fragment) -> None:
        """Append, beginning a segment where there is none; moves on from a store that fails, or drops."""
        while self._segment is not None or self._begin(fragment):
            segment = self._segment
            assert segment is not None
            try:
                segment.append(fragment)
            except DiskFailed as error:
                self._give_up(segment, error)
                continue
            self._last_end_ns = fragment.end_ns
            self._storage.commit(segment.store).written(self, segment, fragment)
            return

    def _begin(self, fragment: Fragment) -> bool:
        """A new segment for `fragment`; False when it cannot be stored (the ear is told once)."""
        if self._plan is None or (self._dropping and not fragment.key):
            return False
        if not any(self._plan.hour.secret):  # the hour was erased under us: its secret is wiped
            row = self._storage.keeper.hour_for(self.camera, fragment.wall_ns)
            if row is None:
                return self._drop(fragment, states.NO_HOUR_KEY)
            self._plan = replace(self._plan, hour=row)
        while (store := self._storage.pick()) is not None:
            try:
                self._segment = RunningSegment(self._plan, store, fragment)
            except (DiskFailed, OSError) as error:
                if _is_full(error):
                    return self._drop(fragment, states.DISK_RESERVE)
                store.fail()
                continue
            self._dropping = False
            return True
        return self._drop(fragment, states.DISK_FAILED)

    def _drop(self, fragment: Fragment, reason: str) -> bool:
        if not self._dropping:
            self._dropping = True
            self._tell(self._ear.lane_lost, fragment.wall_ns, reason)
        return False

    def _end_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        segment.lost_packets = self._lost_now - self._lost_told
        self._lost_told = self._lost_now
        try:
            fields = segment.close()
        except DiskFailed as error:
            self._segment = segment
            self._give_up(segment, error)
            return
        self._storage.commit(segment.store).ended(self, segment, "segment-closed", fields)

    def _give_up(self, segment: RunningSegment, error: DiskFailed) -> None:
        """After a write error: on a full disk what is written stays good; otherwise the store is done for."""
        if _is_full(error):
            self._segment = None
            fields = segment.cut(self._last_end_ns)
            self._storage.commit(segment.store).ended(self, segment, "segment-cut", fields)
        else:
            segment.store.fail()
            self._rescue(segment.store)

    def _rescue(self, store: Store) -> None:
        """Put everything that was not durable on `store` under new keys into new files on another one."""
        entries = self._storage.commit(store).surrender(self)
        cut = [entry.segment for entry in entries]
        if self._segment is not None and self._segment.store is store:
            if self._segment not in cut:
                cut.append(self._segment)
            self._segment = None
        for segment in cut:
            fields = segment.cut(segment.durable_end_ns)
            if segment.announced:
                self._storage.journal.append("segment-cut", **fields)
        plan = self._plan
        for entry in entries:
            self._plan = entry.segment.plan
            for fragment in entry.fragments:
                self._put(fragment)
            if entry.ended is not None or self._plan is not plan:
                self._end_segment()
        self._plan = plan

    def _tell(self, call: object, *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)  # type: ignore[arg-type]
        except RuntimeError:
            pass  # the loop has ended: nobody is left to hear it


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


def _is_full(error: DiskFailed | OSError) -> bool:
    number = error.values.get("errno") if isinstance(error, DiskFailed) else error.errno
    return number in NO_SPACE or (isinstance(error, DiskFailed) and error.code == "segment-write-short")
