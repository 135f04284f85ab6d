"""What the next key table holds beyond its hours: new holds, holds that go on, holds that end. Pure.

A held segment's sealed key is copied out of its hour's wrapping; the hour itself goes on its day like any
other. An ended hold leaves rows without a key and one tombstone under its id, until the ledger has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S
from kuramori.errors import Damaged
from kuramori.recorder import part_erasure
from kuramori.recorder.hour_dates import EARLY_NS
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_table import HoldRow, KeyTable, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.hold_files import Meant
    from kuramori.recorder.hold_orders import EndHold, Hold
    from kuramori.recorder.hour_dates import Period
    from kuramori.vault.key_table import HourRow

MOST_SEGMENTS = 4000
ENDED = "hold-ended"
ENDED_BY = "hold-order:"


@dataclass(frozen=True, slots=True)
class HoldWishes:
    """Orders about holds that this rotation carries out."""

    new: tuple[tuple[Hold, tuple[Meant, ...]], ...] = ()
    end: tuple[EndHold, ...] = ()


@dataclass
class HoldPlan:
    """The next holds, and how they differ."""

    rows: dict[str, HoldRow] = field(default_factory=dict)
    new: list[HoldRow] = field(default_factory=list)
    gone: list[HoldRow] = field(default_factory=list)
    """Rows whose keys are left out: to be wiped once the rotation stands."""
    shortened: list[HoldRow] = field(default_factory=list)
    """What stays of partly erased hours and has an earlier date now."""
    stones: list[Tombstone] = field(default_factory=list)

    def add(self, row: HoldRow) -> None:
        """A row that is new in this table."""
        self.rows[row.key] = row
        self.new.append(row)


def plan_holds(
    table: KeyTable,
    view: TimeView,
    wishes: HoldWishes,
    forgotten: frozenset[str],
    hit: Mapping[str, str] | None = None,
    periods: Mapping[str, Period] | None = None,
) -> HoldPlan:
    """From the present table; `forgotten` are tombstones that the ledger has acknowledged, `hit` the pieces
    left of partly erased hours that an order means now."""
    plan, hit, periods = HoldPlan(), hit or {}, periods or {}
    ended_by = {order.hold: order.id for order in wishes.end}
    for key, row in table.holds.items():
        if row.hold in forgotten and not row.sealed:
            continue
        if row.rest:
            _plan_rest(plan, row, hit, view, periods)
            continue
        plan.rows[key] = row
        if row.sealed and (row.hold in ended_by or is_over(row, view)):
            plan.rows[key] = replace(row, sealed=bytearray())
            plan.gone.append(row)
    for order, meant in wishes.new:
        for made in rows_for(order, meant, table):
            plan.add(made)
    plan.stones += _stones([row for row in plan.gone if not row.rest], ended_by, view)
    return plan


def _plan_rest(
    plan: HoldPlan, row: HoldRow, hit: Mapping[str, str], view: TimeView, periods: Mapping[str, Period]
) -> None:
    """A piece that stayed when its hour was erased in part: it goes on, gets an earlier date, or dies."""
    now = part_erasure.shortened(row, view, periods.get(row.camera))
    over = part_erasure.ended(now, hit, view) if row.sealed else None
    if over is None:
        plan.rows[now.key] = now
        if now is not row:
            plan.shortened.append(now)
        return
    plan.rows[over.key] = over
    plan.gone.append(row)
    made = part_erasure.stone(over, hit, now, view)
    if all(made.hour != known.hour for known in plan.stones):
        plan.stones.append(made)


def rows_for(order: Hold, meant: Iterable[Meant], table: KeyTable) -> list[HoldRow]:
    """A row for each named segment that can be kept."""
    rows = []
    for one in meant:
        if (sealed := _sealed_key(order, one, table)) is None:
            continue
        rows.append(
            HoldRow(
                hold=order.id,
                camera=order.camera,
                segment=one.segment,
                sealed=sealed,
                until_ns=order.ends_at_ns,
                review_ns=order.review_at_ns,
                case=order.case,
                basis=order.basis,
                reason=order.reason,
                approver=order.approver,
            )
        )
    return rows


def hour_for(order: Hold, meant: Meant, table: KeyTable) -> HourRow | None:
    """The hour that the segment's key comes out of: it lives, and its date had not come when the hold was
    decided."""
    row = table.hours.get(meant.hour)
    if row is None or row.camera != order.camera:
        return None
    return row if row.provisional or order.made_at_ns < row.erase_at_ns else None


def rest_for(order: Hold, meant: Meant, table: KeyTable) -> HoldRow | None:
    """What stayed of the segment's hour when that was erased in part: a hold may keep it longer."""
    for row in table.holds.values():
        if row.segment == meant.segment and row.rest and row.sealed and row.camera == order.camera:
            undated = row.until_ns <= row.hour_start_s * NS_PER_S  # erased in part while it was provisional
            return row if undated or order.made_at_ns < row.until_ns else None
    return None


def _sealed_key(order: Hold, meant: Meant, table: KeyTable) -> bytearray | None:
    if (hour := hour_for(order, meant, table)) is None:
        rest = rest_for(order, meant, table)
        return None if rest is None else bytearray(rest.sealed)
    try:
        return bytearray(unwrap_sealed_key(hour.secret, meant.segment, meant.wrapped))
    except Damaged:
        return None  # a header that was changed: its footage opens for nobody


def is_over(row: HoldRow, view: TimeView) -> bool:
    """Has the stated end come?"""
    return row.until_ns <= view.now_ns + EARLY_NS


def is_of_hold(stone: Tombstone) -> bool:
    """Is it left of a hold, not of an hour?"""
    named = stone.reason == ENDED or stone.reason.startswith(ENDED_BY)
    return named or part_erasure.is_of_rest(stone)


def segments_of(holds: Mapping[str, HoldRow], hold: str) -> list[str]:
    """The segments that a hold names, ended or not, sorted."""
    return sorted(row.segment for row in holds.values() if row.hold == hold)


def held_segments(table: KeyTable) -> set[str]:
    """Every segment that some hold keeps."""
    return {row.segment for row in table.holds.values() if row.sealed}


def _stones(gone: list[HoldRow], ended_by: Mapping[str, str], view: TimeView) -> list[Tombstone]:
    """One for each hold that ends; its start is not an hour's, so there is none."""
    stones = {}
    for row in gone:
        why = ENDED_BY + ended_by[row.hold] if row.hold in ended_by else ENDED
        stones[row.hold] = Tombstone(row.camera, 0, row.hold, row.until_ns, view.now_ns, why)
    return list(stones.values())
