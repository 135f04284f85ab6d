"""Making footage durable: one sync per disk and beat, whatever the number of cameras.

A fragment is remembered in the clear until the sync after its writing has succeeded; if that sync fails, the
store is never trusted again and the lanes get their fragments back, to put them under new keys elsewhere.
Segments become rows of the journal only after they are durable.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from kuramori.errors import DiskFailed
from kuramori.recorder import states

if TYPE_CHECKING:
    from kuramori.recorder.fragmenter import Fragment
    from kuramori.recorder.journal import Journal
    from kuramori.recorder.running_segment import RunningSegment
    from kuramori.recorder.store import Store

log = structlog.get_logger()
IDLE_S = 1.0  # without a nudge; the journal is synced then too


class Owner(Protocol):
    """Whose fragments they are (a lane). Called on the syncing thread."""

    def durable(self, segment: RunningSegment) -> None:
        """The segment's first fragments are on the disk, and its row is in the journal."""

    def store_failed(self, store: Store) -> None:
        """Take back what was not durable there: `GroupCommit.surrender`."""


@dataclass(slots=True)
class Unsynced:
    """What was written to one segment since the last sync. `ended`: kind and fields of its last journal
    entry."""

    owner: Owner
    segment: RunningSegment
    fragments: list[Fragment] = field(default_factory=list)
    ended: tuple[str, dict[str, Any]] | None = None


class GroupCommit:
    """The syncer of one store. Life: start, then stop, which syncs once more.

    It has a thread of its own, so that a slow disk does not keep the next beat's fragments in our memory,
    where a kill would reach them.
    """

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._unsynced: dict[RunningSegment, Unsynced] = {}
        self._in_flight: dict[RunningSegment, Unsynced] = {}
        self._due = threading.Event()
        self._stopping = False
        self.syncing_since_s = 0.0
        """Since when a sync has been going on (monotonic); 0 while there is none."""
        self._thread = threading.Thread(target=self._run, name=f"sync-{store.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sync what is left and end; blocks until then."""
        self._stopping = True
        self._due.set()
        self._thread.join()

    def end(self) -> None:
        """Like `stop` for a store that has failed or is not used any more: does not wait for it."""
        self._stopping = True
        self._due.set()

    @property
    def idle(self) -> bool:
        """Nothing of anybody is here, and the thread has ended."""
        return not self._unsynced and not self._in_flight and not self._thread.is_alive()

    def nudge(self) -> None:
        """A beat's fragments have been written: sync now."""
        if self._unsynced or self._journal.waiting:
            self._due.set()

    def written(self, owner: Owner, segment: RunningSegment, fragment: Fragment) -> None:
        """`fragment` has been written to `segment`; keep it until it is durable."""
        with self._lock:
            self._entry(owner, segment).fragments.append(fragment)

    def ended(self, owner: Owner, segment: RunningSegment, kind: str, fields: dict[str, Any]) -> None:
        """Nothing more comes in `segment`: once durable, say so in the journal."""
        with self._lock:
            self._entry(owner, segment).ended = (kind, fields)

    def surrender(self, owner: Owner) -> list[Unsynced]:
        """Everything of `owner` that is not known to be durable, oldest first; no longer our business."""
        with self._lock:
            taken = []
            for pending in (self._in_flight, self._unsynced):
                for segment in [s for s, entry in pending.items() if entry.owner is owner]:
                    taken.append(pending.pop(segment))
        for entry in taken:
            entry.segment.release()
        return taken

    def sync_now(self) -> None:
        """One group commit: sync the disk, then tell the journal. Called by the thread, by tests directly."""
        with self._turn:
            self._commit()

    def _commit(self) -> None:
        with self._lock:
            batch, self._unsynced = self._unsynced, {}
            self._in_flight = batch
        if batch and not self._store.failed:
            self.syncing_since_s = time.monotonic()
            self._sync_disk(batch)
            self.syncing_since_s = 0.0
        if self._store.failed:
            self.give_back()
        else:
            with self._lock:
                done = list(self._in_flight.values())
                self._in_flight = {}
            self._tell(done)
        if not self._journal.failing:  # else its own disk refuses: the recorder's tick tries to mend it
            self._journal.sync()

    def _sync_disk(self, batch: dict[RunningSegment, Unsynced]) -> None:
        try:
            self._store.disk.sync([handle for segment in batch for handle in segment.sync_handles()])
        except (DiskFailed, OSError) as error:
            self._store.fail(states.of_disk_error(_errno(error)))
            log.error("store-failed", store=self._store.id, why=str(error))

    def _tell(self, done: list[Unsynced]) -> None:
        for entry in done:
            segment = entry.segment
            first_time = not segment.announced
            if first_time:
                self._journal.append("segment-open", **segment.opened())
                segment.announced = True
            if entry.fragments:
                segment.durable_end_ns = entry.fragments[-1].end_ns
            if entry.ended is not None:
                kind, fields = entry.ended
                self._journal.append(kind, **fields)
                segment.release()
            if first_time:
                entry.owner.durable(segment)

    def give_back(self) -> None:
        """Have every owner take its fragments back; until it does, they stay here."""
        with self._lock:
            for segment, entry in self._unsynced.items():
                earlier = self._in_flight.setdefault(segment, entry)
                if earlier is not entry:
                    earlier.fragments += entry.fragments
                    earlier.ended = entry.ended
            self._unsynced, self._in_flight = self._in_flight, {}
            owners = {id(entry.owner): entry.owner for entry in self._unsynced.values()}
        for owner in owners.values():
            owner.store_failed(self._store)

    def _entry(self, owner: Owner, segment: RunningSegment) -> Unsynced:
        entry = self._unsynced.get(segment)
        if entry is None:
            entry = self._unsynced[segment] = Unsynced(owner, segment)
        return entry

    def _run(self) -> None:
        while not self._stopping:
            self._due.wait(IDLE_S)
            self._due.clear()
            self._once()
        self._once()

    def _once(self) -> None:
        try:
            self.sync_now()
        except Exception:  # the edge of the thread: a failing journal must not end the syncing of footage
            log.exception("group-commit-failed", store=self._store.id)


def _errno(error: DiskFailed | OSError) -> int | None:
    number = error.values.get("errno") if isinstance(error, DiskFailed) else error.errno
    return number if isinstance(number, int) else None
