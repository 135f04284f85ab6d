"""One camera's way to the disk: from fragments on the event loop to records on a writer thread.

While no disk takes them, fragments stay in memory, bounded (`held_memory`); then a gap row says why.
"""

from __future__ import annotations

import asyncio
import enum
from collections import deque
from typing import TYPE_CHECKING, Protocol, TypeVar

from kuramori.clock import NS_PER_S
from kuramori.errors import DiskFailed
from kuramori.recorder import states
from kuramori.recorder.running_segment import RunningSegment, SegmentPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.recorder.fragmenter import Fragment
    from kuramori.recorder.pens import Pen
    from kuramori.recorder.storage import Storage
    from kuramori.recorder.store import Store

Made = TypeVar("Made")
HOLD_NS = 30 * NS_PER_S
"""How much of a camera's footage waits in memory for a disk."""


class Outcome(enum.Enum):
    """What became of one try to store a fragment."""

    STORED = enum.auto()
    WAITS = enum.auto()  # no disk takes it
    AGAIN = enum.auto()  # a disk has just failed or is full: perhaps another one takes it
    GONE = enum.auto()  # its hour was erased, and what is still here of it goes with it


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
        self._held: deque[tuple[Fragment, SegmentPlan]] = deque()
        """What is not written yet, oldest first: one fragment for a moment, many while no disk takes them."""
        self._counted_bytes = 0
        self._why = ""
        self._lost_now = self._lost_told = 0
        self._last_end_ns = 0
        self._dropping = False

    @property
    def backlog_bytes(self) -> int:
        """Handed over and not yet looked at."""
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

    def disk_back(self) -> None:
        """What is held goes to the disk, without waiting for the next picture. From any thread."""
        self._pen.put(self._release)

    def durable(self, segment: RunningSegment) -> None:
        """From the syncer: tell the ear."""
        self._tell(self._ear.segment_durable, segment.segment, segment.header.start_ns)

    def store_failed(self, store: Store) -> None:
        """From the syncer: the store is lost; what was not durable goes elsewhere."""
        self._pen.put(self.overtaken, store)

    def overtaken(self, store: Store) -> None:
        """On the pen: `store` is lost, and perhaps the pen's former thread hangs in it."""
        self._collect(store)
        self._release()

    def _write(self, fragment: Fragment, plan: SegmentPlan | None, lost_packets: int) -> None:
        self._done_bytes += fragment.size_bytes
        self._lost_now = lost_packets
        self._plan = plan or self._plan
        if self._plan is not None:
            self._put(fragment, self._plan)

    def _close(self, done: asyncio.Future[None], lost_packets: int) -> None:
        self._lost_now = lost_packets
        try:
            self._end_segment()
            self._plan = None
        finally:
            self._tell(_finish, done)

    def _put(self, fragment: Fragment, plan: SegmentPlan) -> None:
        """Store it after all that is held. What does not fit into memory any more is lost, with a row."""
        self._release()
        if self._dropping and (self._held or not fragment.key):
            return
        self._held.append((fragment, plan))
        if self._release():
            self._dropping = False
        elif self._held and not self._fits(fragment):
            self._held.pop()
            self._drop(fragment, self._why)

    def _fits(self, fragment: Fragment) -> bool:
        first, _ = self._held[0]
        if fragment.end_ns - first.wall_ns > HOLD_NS or not self._storage.memory.take(fragment.size_bytes):
            return False
        self._counted_bytes += fragment.size_bytes
        self._storage.waiting.add(self)
        return True

    def _release(self) -> bool:
        """Store what is held, oldest first, as far as it goes; True when the last one of it was stored."""
        outcome = None
        while self._held and outcome is not Outcome.WAITS:
            if self._segment is not None and self._segment.store.failed:
                self._collect(self._segment.store)
            outcome = self._store(*self._held[0])
            if outcome in (Outcome.STORED, Outcome.GONE):
                fragment, _ = self._held.popleft()
                if outcome is Outcome.GONE:
                    self._drop(fragment, states.NO_HOUR_KEY)
        if not self._held and self._counted_bytes:
            self._storage.waiting.discard(self)
            self._storage.memory.give_back(self._counted_bytes)
            self._counted_bytes = 0
        return outcome is Outcome.STORED

    def _store(self, fragment: Fragment, plan: SegmentPlan) -> Outcome:
        """Append, beginning a segment where there is none."""
        if self._segment is not None and self._segment.plan is not plan and not self._end_segment():
            return Outcome.AGAIN
        if self._segment is None:
            if not any(plan.hour.secret):  # wiped: the hour was erased under us
                return Outcome.GONE
            store = self._storage.pick()
            if store is None:
                self._why = self._storage.why_none()
                return Outcome.WAITS
            try:
                self._segment = self._touch(store, lambda: RunningSegment(plan, store, fragment))
            except (DiskFailed, OSError) as error:
                _blame(store, error)
                return Outcome.AGAIN
        segment = self._segment
        try:
            self._touch(segment.store, lambda: segment.append(fragment))
        except DiskFailed as error:
            self._give_up(segment, error)
            return Outcome.AGAIN
        self._last_end_ns = fragment.end_ns
        self._storage.commit(segment.store).written(self, segment, fragment)
        return Outcome.STORED

    def _touch(self, store: Store, act: Callable[[], Made]) -> Made:
        """Do something that may hang in the store's files. Raises Overtaken when it did, for too long."""
        self._pen.touch(self, store)
        try:
            return act()
        finally:
            self._pen.let_go()

    def _drop(self, fragment: Fragment, reason: str) -> None:
        if not self._dropping:
            self._dropping = True
            self._tell(self._ear.lane_lost, fragment.wall_ns, reason)

    def _end_segment(self) -> bool:
        """False when that could not be written: then what was not durable of it is held again."""
        segment = self._segment
        if segment is None:
            return True
        segment.lost_packets = self._lost_now - self._lost_told
        self._lost_told = self._lost_now
        try:
            fields = self._touch(segment.store, segment.close)
        except DiskFailed as error:
            self._give_up(segment, error)
            if segment.store.failed:
                self._collect(segment.store)
            return False
        self._segment = None
        self._storage.commit(segment.store).ended(self, segment, "segment-closed", fields)
        return True

    def _give_up(self, segment: RunningSegment, error: DiskFailed) -> None:
        """After a write error: on a full disk what is written stays good; otherwise the store is done for."""
        _blame(segment.store, error)
        if not segment.store.failed:
            self._segment = None
            fields = segment.cut(self._last_end_ns)
            self._storage.commit(segment.store).ended(self, segment, "segment-cut", fields)

    def _collect(self, store: Store) -> None:
        """Hold again what was not durable on `store`: it goes under new keys into new files elsewhere."""
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
        older = [(fragment, entry.segment.plan) for entry in entries for fragment in entry.fragments]
        self._held.extendleft(reversed(older))

    def _tell(self, call: object, *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)  # type: ignore[arg-type]
        except RuntimeError:
            pass  # the loop has ended: nobody is left to hear it


def _blame(store: Store, error: DiskFailed | OSError) -> None:
    """A full disk is not a failed one."""
    number = error.values.get("errno") if isinstance(error, DiskFailed) else error.errno
    why = states.of_disk_error(number if isinstance(number, int) else None)
    if why == states.DISK_FULL or (isinstance(error, DiskFailed) and error.code == "segment-write-short"):
        store.full = True
    else:
        store.fail(why)


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
