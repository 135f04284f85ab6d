"""What the next key table holds: decided here, from the present one, the time, the settings and the orders.
Pure.

Nothing is appended to a table: the next one is the present one without the dead rows, with an hour secret for
this hour and the two after it for each camera.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, hour_start_s
from kuramori.recorder.hold_plan import HoldPlan, HoldWishes, plan_holds
from kuramori.recorder.hour_dates import (
    HOURS_AHEAD,
    Period,
    capped,
    dated,
    dies_at_ns,
    is_due,
    new_dates,
    usable_later,
)
from kuramori.recorder.order_judging import reason_of
from kuramori.recorder.part_erasure import Parts, rests
from kuramori.vault.key_table import CredentialRow, HourRow, KeyTable, Tombstone
from kuramori.vault.secret_bytes import fresh_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.orders import Erase
    from kuramori.recorder.settings_rows import RecorderSettings

SECRET_BYTES = 32
EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a rotation has been asked for, beside the passing of time."""

    erase: tuple[Erase, ...] = ()
    parts: Parts = Parts()
    """What those orders leave of the hours that they touch."""
    forget_tombstones: frozenset[str] = frozenset()
    credentials: Mapping[str, bytes | None] = field(default_factory=dict)
    """camera → JSON bytes, to be put in."""
    holds: HoldWishes = HoldWishes()


@dataclass
class RotationPlan:
    """The next table, and how it differs. Rows that stay are shared with the present table."""

    table: KeyTable
    holds: HoldPlan = field(default_factory=HoldPlan)
    erased: list[Tombstone] = field(default_factory=list)
    dated: list[HourRow] = field(default_factory=list)
    shortened: list[HourRow] = field(default_factory=list)
    """Hours whose date is now earlier than it was."""
    gone: list[HourRow] = field(default_factory=list)
    """The dead rows themselves: to be wiped once the rotation stands."""
    periods: dict[str, Period] = field(default_factory=dict)
    """How long each camera's footage lives, as it was when this was planned."""
    next_due_ns: int | None = None
    """Erasure time at which the next hour dies, as far as it is known now."""


def plan_rotation(
    table: KeyTable, view: TimeView, settings: RecorderSettings | None, wishes: Wishes = Wishes()
) -> RotationPlan:
    """The table to write now."""
    periods = periods_of(settings)
    holds = plan_holds(table, view, wishes.holds, wishes.forget_tombstones, wishes.parts.hit, periods)
    plan = RotationPlan(KeyTable(holds=holds.rows, epoch=table.epoch), holds, periods=periods)
    plan.erased += holds.stones
    for row in table.hours.values():
        kept = _redated(row, view, periods.get(row.camera), plan)
        why = _death(kept, view, periods.get(row.camera), wishes.erase)
        if why is None:
            plan.table.hours[kept.hour] = kept
            continue
        plan.gone.append(row)
        if not is_due(kept, view, periods.get(row.camera)):
            until_ns = dies_at_ns(kept, view, periods.get(row.camera))
            for made in rests(row, until_ns, wishes.parts.stay):
                plan.holds.add(made)
        stone = Tombstone(row.camera, row.hour_start_s, row.hour, kept.erase_at_ns, view.now_ns, why)
        plan.erased.append(stone)
    _keep_the_rest(table, plan, wishes)
    _provide(plan.table, view, periods)
    dates = [dies_at_ns(row, view, periods.get(row.camera)) for row in plan.table.hours.values()]
    dates += [row.until_ns for row in plan.table.holds.values() if row.sealed]
    plan.next_due_ns = min(dates, default=None)
    return plan


def periods_of(settings: RecorderSettings | None) -> dict[str, Period]:
    """camera → how long its footage lives. Cameras that are no longer in the settings keep the dates they
    have."""
    if settings is None:
        return {}
    return {camera.id: Period(camera.retention, settings.timezone) for camera in settings.cameras}


def overlaps(row: HourRow, order: Erase, view: TimeView) -> bool:
    """Does the order mean this hour? Only hours that have begun: it is about footage that exists."""
    begun = row.hour_start_s <= hour_start_s(view.wall_ns)
    inside = row.hour_start_s < order.until_s and row.hour_start_s + HOUR_S > order.from_s
    return row.camera == order.camera and begun and inside


def missing(table_rows: Iterable[HourRow], view: TimeView, starts_s: Iterable[int]) -> list[int]:
    """Which of the hours (by the machine's clock) have no row that footage may be written under."""
    rows = list(table_rows)
    return [
        start_s
        for start_s in starts_s
        if not any(row.hour_start_s == start_s and usable_later(row, view, start_s) for row in rows)
    ]


def hours_to_come(view: TimeView, ahead: int = HOURS_AHEAD) -> list[int]:
    """This hour and the next ones, as seconds since 1970, by the machine's clock."""
    first = hour_start_s(view.wall_ns)
    return [first + at * HOUR_S for at in range(ahead + 1)]


def meant_hours(table: KeyTable, orders: Iterable[Erase], view: TimeView) -> list[HourRow]:
    """The hours that these orders end."""
    orders = list(orders)
    return [row for row in table.hours.values() if any(overlaps(row, order, view) for order in orders)]


def _death(row: HourRow, view: TimeView, period: Period | None, orders: tuple[Erase, ...]) -> str | None:
    for order in orders:
        if overlaps(row, order, view):
            return reason_of(order)
    if is_due(row, view, period):
        return EXPIRED
    return None


def _redated(row: HourRow, view: TimeView, period: Period | None, plan: RotationPlan) -> HourRow:
    """On trusted time: date what was provisional, once; and let no date be later than the period allows."""
    if not view.trusted:
        return row
    if row.provisional:
        row = replace(row, provisional=False, erase_at_ns=dated(row, view, period))
        plan.dated.append(row)
    earlier_ns = capped(row, view, period)
    if earlier_ns == row.erase_at_ns:
        return row
    row = replace(row, erase_at_ns=earlier_ns)
    plan.shortened.append(row)
    return row


def _keep_the_rest(table: KeyTable, plan: RotationPlan, wishes: Wishes) -> None:
    stones = [stone for hour, stone in table.tombstones.items() if hour not in wishes.forget_tombstones]
    plan.table.tombstones = {stone.hour: stone for stone in [*stones, *plan.erased]}
    plan.table.credentials = dict(table.credentials)
    for camera, secret in wishes.credentials.items():
        if secret is None:
            plan.table.credentials.pop(camera, None)
        else:
            plan.table.credentials[camera] = CredentialRow(camera, bytearray(secret))


def _provide(table: KeyTable, view: TimeView, periods: Mapping[str, Period]) -> None:
    by_camera: dict[str, list[HourRow]] = {camera: [] for camera in periods}
    wanted = hours_to_come(view)
    for row in table.hours.values():
        if row.camera in by_camera and row.hour_start_s in wanted:
            by_camera[row.camera].append(row)
    for camera, period in periods.items():
        for start_s in missing(by_camera[camera], view, wanted):
            erase_at_ns, provisional, boot, run_ns = new_dates(start_s, view, period)
            secret, hour = fresh_secret(SECRET_BYTES), secrets.token_hex(16)
            row = HourRow(camera, start_s, hour, secret, erase_at_ns, provisional, boot, run_ns)
            table.hours[hour] = row
