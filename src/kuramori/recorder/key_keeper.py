"""The keeper of the key table: its only writer. It gives out hour secrets, and loses them on their day.

Thread-safe: `hour_for`, `unwrap` and `credentials` from any thread; `rotate` and `put_credentials` on the
loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kuramori.clock import NS_PER_S, hour_start_s
from kuramori.errors import CannotErase, DiskFailed
from kuramori.recorder import hour_dates
from kuramori.recorder.dead_files import DeadFiles
from kuramori.recorder.hold_judging import judge_holds
from kuramori.recorder.hold_plan import HoldWishes, held_segments
from kuramori.recorder.keys_in_force import KeysInForce
from kuramori.recorder.order_judging import acknowledged_seq, erasures, judge
from kuramori.recorder.orders import Erase
from kuramori.recorder.part_erasure import Parts, look
from kuramori.recorder.rotation_plan import Wishes, meant_hours, periods_of, plan_rotation
from kuramori.recorder.rotation_told import RotationsTold
from kuramori.recorder.unverified import doubts_of, kept_of
from kuramori.vault.key_table import KeyTable
from kuramori.vault.patience import within

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from pathlib import Path

    from kuramori.recorder.erasure_guard import ErasureGuard, TimeView
    from kuramori.recorder.hour_dates import Period
    from kuramori.recorder.journal import Journal
    from kuramori.recorder.order_desk import OrderDesk
    from kuramori.recorder.orders import Order
    from kuramori.recorder.rotation_plan import RotationPlan
    from kuramori.vault.key_store import KeyStore, RotationResult
    from kuramori.vault.key_table import HoldRow, HourRow

COPY = "table-copy"
"""Folder of a store in which a copy of the key table lies."""
RETRY_NS = 60 * NS_PER_S
LEAVE_S = 5.0
LOOK_S = 120.0
"""How long the disks may take to say what orders mean; then this rotation is tried again later."""
Seen = TypeVar("Seen")


async def _nobody_writes(hours: frozenset[str]) -> None:
    """No camera worker is there to leave an hour."""


class KeyKeeper(KeysInForce):
    """See the module. `leave_hours` is set by whoever has the workers."""

    def __init__(
        self,
        store: KeyStore,
        journal: Journal,
        guard: ErasureGuard,
        desk: OrderDesk,
        stores: list[Path],
        recorder: str = "",
    ) -> None:
        super().__init__(guard)
        self.stores = stores
        """Roots of the stores that may hold segments and that answer."""
        self._dead = DeadFiles(recorder)
        self.leave_hours: Callable[[frozenset[str]], Awaitable[None]] = _nobody_writes
        self.failing: str = ""
        """Code of why the last rotation failed; empty when it stood."""
        self._store = store
        self._journal = journal
        self._desk = desk
        self._turn = asyncio.Lock()
        self._told = RotationsTold(journal)
        self._rotated_hour_s: int | None = None
        self._left: set[str] = set()
        """Hours of which this rotation has asked everybody to leave them."""
        self._periods: dict[str, Period] = {}
        self._tried_boot_ns: int | None = None
        self._next_due_ns: int | None = None
        self._result: RotationResult | None = None

    def use_stores(self, stores: list[Path], back: Iterable[Path] = ()) -> None:
        """From now on these: erasing must not wait for a disk that does not answer. `back`: were away."""
        self.stores = stores
        self._store.copies = [root / COPY for root in stores]
        self._dead.came_back(back)

    def open(self) -> None:
        """Read the table as it was left. Raises StorehouseError when something is there and nothing opens."""
        self._put_in_force(self._store.open() or KeyTable())
        self._told.remind(self._table.tombstones)

    def adopt(self, table: KeyTable) -> None:
        """Take over the rows of a table that had been set aside and opens again; in force with the next
        rotation, which drops what has expired before it copies."""
        merged = KeyTable(
            hours={**table.hours, **self._table.hours},
            credentials={**table.credentials, **self._table.credentials},
            tombstones={**table.tombstones, **self._table.tombstones},
            holds={**table.holds, **self._table.holds},
            epoch=self._table.epoch,
        )
        merged.hours = {hour: row for hour, row in merged.hours.items() if hour not in merged.tombstones}
        self._put_in_force(merged)
        self._told.remind(merged.tombstones)

    def status(self) -> dict[str, object]:
        """For the status screen: epoch, live hours, assurance level and reasons, and whether erasing is
        overdue."""
        result = self._result
        assurance = result.assurance if result else None
        return {
            "epoch": self._table.epoch,
            "hours": len(self._table.hours),
            "tombstones": len(self._table.tombstones),
            "level": self._store.level,
            "reasons": list(assurance.reasons) if assurance else [],
            "irrecoverable": bool(assurance and assurance.irrecoverable),
            "failing": self.failing,
        }

    # The rotation, on the event loop

    async def put_credentials(self, camera: str, credentials: dict[str, str]) -> None:
        """Keep them in the table; returns after a durable rotation. Raises CannotErase."""
        await self.change_credentials({camera: credentials})

    async def change_credentials(self, rows: Mapping[str, dict[str, str] | None]) -> None:
        """Several rows in one durable rotation; None takes a row away. Raises CannotErase."""
        secrets = {
            camera: None if row is None else json.dumps(row, ensure_ascii=False).encode()
            for camera, row in rows.items()
        }
        await self.rotate("credentials", secrets)

    def due(self, view: TimeView) -> str | None:
        """Why a rotation is needed now, or None. Cheap: asked every second."""
        if self._tried_boot_ns is None:
            return "start"
        if self.failing:
            return "retry" if view.boot_ns - self._tried_boot_ns >= RETRY_NS else None
        if self._rotated_hour_s != hour_start_s(view.wall_ns):
            return "hour"
        if self._next_due_ns is not None and view.now_ns + hour_dates.EARLY_NS >= self._next_due_ns:
            return "expired"
        if view.trusted and self._rows.provisional:
            return "trusted"
        if view.trusted and self._periods != periods_of(self.settings):
            return "periods"  # a shorter one applies to what exists, at once
        if self._lacks_hours(view):
            return "provide"
        if self._journal.things.doubts:
            return "mask"
        if self._dead.waiting(self.stores):
            return "disk"
        return "order" if self._desk.urgent() else None

    async def rotate(
        self, reason: str, credentials: Mapping[str, bytes | None] | None = None
    ) -> RotationResult:
        """Read the orders, lose what must go, provide what will be needed; returns when that is durable and
        journalled, and the files of the erased hours are unlinked. Raises CannotErase; `due` then says
        `retry`."""
        async with self._turn:
            self._left = set()
            self._tried_boot_ns = self._guard.view().boot_ns
            orders = await asyncio.to_thread(self._desk.read)
            orders = judge(orders, self._desk, self._guard, self._journal.last_seq)
            table, view = self._table, self._guard.view()
            doubts = doubts_of(self._journal.things.doubts)
            orders, holds = await self._seen(
                partial(judge_holds, orders, table, self.stores, self._desk, view)
            )
            for doubt in doubts:
                kept = await self._seen(partial(kept_of, doubt, table, self.stores, view))
                holds = HoldWishes(holds.new + tuple(kept), holds.end)
            if (
                doubts
            ):  # what an order erases in part must not keep what is in doubt: it waits for the next one
                orders = [order for order in orders if not isinstance(order, Erase)]
            erase = erasures(orders, self._table.tombstones.values())
            wishes = Wishes(
                erase + tuple(doubt.order for doubt in doubts),
                await self._parts(erase, view),
                self._told.acknowledged(acknowledged_seq(orders)),
                credentials or {},
                holds,
            )
            plan = plan_rotation(self._table, self._guard.view(), self.settings, wishes)
            await self._end_writing({row.hour for row in plan.gone})
            result = await asyncio.to_thread(self._carry_out, plan, orders, reason)
            for doubt in doubts:
                self._journal.append("mask-erased", camera=doubt.camera, since_ns=doubt.since_ns)
            return result

    async def _parts(self, erase: tuple[Erase, ...], view: TimeView) -> Parts:
        """What these orders leave. Looked at when nobody writes under the dying hours any more."""
        if not erase:
            return Parts()
        meant = meant_hours(self._table, erase, view)
        await self._end_writing({row.hour for row in meant})
        return await self._seen(partial(look, self.stores, erase, meant, self._table))

    async def _seen(self, look_at: Callable[[], Seen]) -> Seen:
        """What the disks say. Raises CannotErase when one stays silent: `storage` gives it up by then."""
        try:
            return await asyncio.to_thread(within, LOOK_S, look_at)
        except TimeoutError:
            self._tell_failing("disk-silent")
            raise CannotErase("disk-silent", live=False) from None

    async def _end_writing(self, hours: set[str]) -> None:
        """These hours die. Wait until nobody writes under them, but not for ever: a stuck disk must not stop
        erasing. What is still written then is lost with its hour, and its file is unlinked."""
        with self._lock:
            self._dying |= hours
        if self._left and hours <= self._left:
            return
        self._left |= hours
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self.leave_hours(self._dying)

    def _carry_out(self, plan: RotationPlan, orders: list[Order], reason: str) -> RotationResult:
        self._told.announce(plan)
        try:
            result = self._store.rotate(plan.table, self._guard.view().now_ns)
        except (CannotErase, DiskFailed) as problem:
            self._failed(problem, plan)
            raise
        self._stands(plan, result)
        told, over = self._told.tell(plan, result, reason, self.stores)
        for order in orders:
            self._desk.done(order)
        held = held_segments(plan.table)
        gone = self._dead.unlink(self.stores, told, over, held)
        if self._store.aside.pairs():
            self._dead.forget()  # hours of a table that is set aside may come back
        gone += self._dead.sweep(self.stores, plan.table.hours, held)
        if gone:
            self._journal.append_durable("files-erased", segments=gone)
        return result

    def _stands(self, plan: RotationPlan, result: RotationResult) -> None:
        self._put_in_force(plan.table)
        _wipe(plan.gone, plan.holds.gone)
        self._next_due_ns = plan.next_due_ns
        self._periods = plan.periods
        self._rotated_hour_s = hour_start_s(self._guard.view().wall_ns)
        self._result = result
        self.failing = ""

    def _failed(self, problem: CannotErase | DiskFailed, plan: RotationPlan) -> None:
        """The table in force may already be the new one (only its predecessor's key could not be
        destroyed): then what it erased is gone from it, but not yet for certain, and is told when a
        rotation has stood."""
        self._result = None
        if problem.values.get("live"):
            self._put_in_force(plan.table, keep_dying=True)
            _wipe(plan.gone, plan.holds.gone)
            self._told.remind(stone.hour for stone in plan.erased)
        else:
            _wipe([], plan.holds.new)  # the order still waits, and makes them again
        self._tell_failing(problem.code)

    def _tell_failing(self, why: str) -> None:
        first, self.failing = self.failing != why, why
        if first:
            self._journal.append_durable("rotation-failed", why=why)


def _wipe(hours: list[HourRow], holds: list[HoldRow]) -> None:
    for hour in hours:
        hour.wipe()
    for hold in holds:
        hold.wipe()
