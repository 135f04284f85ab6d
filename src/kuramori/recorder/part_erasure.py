"""Erasing a part of an hour: the pieces that stay get rows of their own, and the hour's secret goes.

A row of what stays (`HoldRow.rest`) is no hold: it dies on the day on which its hour would have died, and
earlier when another order or a shorter period says so. All of it works while the storehouse is locked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.errors import Damaged
from kuramori.recorder.hold_files import meant_by
from kuramori.recorder.hour_dates import EARLY_NS
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_table import HoldRow, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.hold_files import Meant
    from kuramori.recorder.hour_dates import Period
    from kuramori.recorder.orders import Erase
    from kuramori.vault.key_table import HourRow, KeyTable

REST_OVER = "rest-expired"
REST_BY = "rest-order:"


@dataclass(frozen=True, slots=True)
class Span:
    """One UTC hour of one camera, as `meant_by` asks for it."""

    camera: str
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What erasure orders leave of the hours that they touch, as found on the disks."""

    stay: tuple[Meant, ...] = ()
    """Segments of dying hours that no order means."""
    hit: Mapping[str, str] | None = None
    """Row key of a piece left by an earlier order → id of the order that means it now."""


def rest_id(hour: str, by: str = "") -> str:
    """The id of what stays of `hour` (32 hexadecimal digits); of the part of it that the order `by` ends."""
    return hashlib.sha256(f"kuramori rest {hour} {by}".encode()).hexdigest()[:32]


def touched(orders: Iterable[Erase], hours: Iterable[HourRow]) -> list[HourRow]:
    """The hours of which an order means a part and leaves a part."""
    orders = list(orders)
    return [row for row in hours if any(_partly(order, row.hour_start_s) for order in _of(orders, row))]


def look(stores: Iterable[Path], orders: Iterable[Erase], dying: Iterable[HourRow], table: KeyTable) -> Parts:
    """Compare the files with the orders. Nobody writes under the `dying` hours any more.

    A piece whose times cannot be read is meant, and one whose disk does not answer goes with its hour.
    """
    stores, orders = list(stores), list(orders)
    stay: list[Meant] = []
    for row in {row.hour: row for row in touched(orders, dying)}.values():
        meant = {one.segment for order in _of(orders, row) for one in meant_by(stores, order)}
        span = Span(row.camera, row.hour_start_s, row.hour_start_s + HOUR_S)
        whole = [one for one in meant_by(stores, span) if one.hour == row.hour]
        stay += [one for one in whole if one.segment not in meant]
    return Parts(tuple(stay), dict(_hit(stores, orders, table)))


def rests(row: HourRow, until_ns: int, stay: Iterable[Meant]) -> Iterator[HoldRow]:
    """Rows for what stays of a dying hour."""
    for one in stay:
        if one.hour != row.hour:
            continue
        try:
            sealed = bytearray(unwrap_sealed_key(row.secret, one.segment, one.wrapped))
        except Damaged:
            continue  # a header that was changed: its footage opens for nobody
        yield HoldRow(
            hold=rest_id(row.hour),
            camera=row.camera,
            segment=one.segment,
            sealed=sealed,
            until_ns=until_ns,
            review_ns=until_ns,
            case="",
            basis=str(row.hour_start_s),
            reason=row.hour,
            approver="",
        )


def shortened(row: HoldRow, view: TimeView, period: Period | None) -> HoldRow:
    """The row under the present period: never later than before."""
    if not view.trusted or period is None or not row.rest:
        return row
    earlier_ns = min(row.until_ns, period.end_ns(row.hour_start_s * NS_PER_S))
    return replace(row, until_ns=earlier_ns, review_ns=earlier_ns) if earlier_ns < row.until_ns else row


def ended(row: HoldRow, hit: Mapping[str, str], view: TimeView) -> HoldRow | None:
    """The row without its key, under the id of its death, where it dies now; else None."""
    if (order := hit.get(row.key)) is not None:
        return replace(row, sealed=bytearray(), hold=rest_id(row.reason, order))
    if row.until_ns <= view.now_ns + EARLY_NS:
        return replace(row, sealed=bytearray())
    return None


def stone(row: HoldRow, hit: Mapping[str, str], was: HoldRow, view: TimeView) -> Tombstone:
    """The tombstone of `row`, which was `was`."""
    why = REST_BY + hit[was.key] if was.key in hit else REST_OVER
    return Tombstone(row.camera, 0, row.hold, row.until_ns, view.now_ns, why)


def is_of_rest(one: Tombstone) -> bool:
    """Is it left of a part that had stayed, not of an hour?"""
    return one.reason == REST_OVER or one.reason.startswith(REST_BY)


def _hit(stores: list[Path], orders: list[Erase], table: KeyTable) -> Iterator[tuple[str, str]]:
    for key, row in table.holds.items():
        if not (row.rest and row.sealed):
            continue
        for order in _of(orders, row):
            if not _overlaps(order, row.hour_start_s):
                continue
            if not _partly(order, row.hour_start_s) or _means(stores, order, row):
                yield key, order.id
                break


def _means(stores: list[Path], order: Erase, row: HoldRow) -> bool:
    span = Span(row.camera, row.hour_start_s, row.hour_start_s + HOUR_S)
    there = {one.segment for one in meant_by(stores, span)}
    return row.segment not in there or row.segment in {one.segment for one in meant_by(stores, order)}


def _of(orders: list[Erase], row: HourRow | HoldRow) -> list[Erase]:
    return [order for order in orders if order.camera == row.camera]


def _overlaps(order: Erase, start_s: int) -> bool:
    return start_s < order.until_s and start_s + HOUR_S > order.from_s


def _partly(order: Erase, start_s: int) -> bool:
    return _overlaps(order, start_s) and not (order.from_s <= start_s and order.until_s >= start_s + HOUR_S)
