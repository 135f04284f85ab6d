"""What the next key table holds beyond its hours: new holds, holds that go on, holds that end. Pure.

A held segment's sealed key is copied out of its hour's wrapping; the hour itself goes on its day like any
other. An ended hold leaves rows without a key and one tombstone under its id, until the ledger has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kuramori.errors import Damaged
from kuramori.recorder.hour_dates import EARLY_NS
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_table import HoldRow, KeyTable, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.hold_files import Meant
    from kuramori.recorder.hold_orders import EndHold, Hold
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
    stones: list[Tombstone] = field(default_factory=list)


def plan_holds(table: KeyTable, view: TimeView, wishes: HoldWishes, forgotten: frozenset[str]) -> HoldPlan:
    """From the present table; `forgotten` are tombstones that the ledger has acknowledged."""
    plan = HoldPlan()
    ended_by = {order.hold: order.id for order in wishes.end}
    for key, row in table.holds.items():
        if row.hold in forgotten and not row.sealed:
            continue
        plan.rows[key] = row
        if row.sealed and (row.hold in ended_by or is_over(row, view)):
            plan.rows[key] = replace(row, sealed=bytearray())
            plan.gone.append(row)
    for order, meant in wishes.new:
        for made in rows_for(order, meant, table):
            plan.rows[made.key] = made
            plan.new.append(made)
    plan.stones = _stones(plan.gone, ended_by, view)
    return plan


def rows_for(order: Hold, meant: Iterable[Meant], table: KeyTable) -> list[HoldRow]:
    """A row for each named segment that can be kept."""
    rows = []
    for one in meant:
        if (hour := hour_for(order, one, table)) is None:
            continue
        try:
            sealed = bytearray(unwrap_sealed_key(hour.secret, one.segment, one.wrapped))
        except Damaged:
            continue  # a header that was changed: its footage opens for nobody
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


def is_over(row: HoldRow, view: TimeView) -> bool:
    """Has the stated end come?"""
    return row.until_ns <= view.now_ns + EARLY_NS


def is_of_hold(stone: Tombstone) -> bool:
    """Is it left of a hold, not of an hour?"""
    return stone.reason == ENDED or stone.reason.startswith(ENDED_BY)


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
