"""Which orders about holds can be carried out, and what they mean on the disks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.recorder.hold_files import meant_by
from kuramori.recorder.hold_orders import EndHold, Hold
from kuramori.recorder.hold_plan import MOST_SEGMENTS, HoldWishes, hour_for, rest_for
from kuramori.recorder.hour_dates import EARLY_NS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.hold_files import Meant
    from kuramori.recorder.order_desk import OrderDesk
    from kuramori.recorder.orders import Order
    from kuramori.vault.key_table import KeyTable


def judge_holds(
    orders: Iterable[Order], table: KeyTable, stores: Iterable[Path], desk: OrderDesk, view: TimeView
) -> tuple[list[Order], HoldWishes]:
    """Refuse what cannot be; the orders that stay, and what is to be held or ended. A hold that a crash kept
    from being ticked off is in the table by its order's id already: it stays, and nothing is done again."""
    stores, known = list(stores), {row.hold for row in table.holds.values()}
    good: list[Order] = []
    new: list[tuple[Hold, tuple[Meant, ...]]] = []
    end: list[EndHold] = []
    for order in orders:
        if isinstance(order, EndHold):
            if order.hold not in known:
                desk.refuse_order(order, "no-such-hold")
                continue
            end.append(order)
        elif isinstance(order, Hold) and order.id not in known:
            meant = tuple(meant_by(stores, order))
            if why := _impossible(order, meant, table, view):
                desk.refuse_order(order, why)
                continue
            new.append((order, meant))
        good.append(order)
    return good, HoldWishes(tuple(new), tuple(end))


def _impossible(order: Hold, meant: tuple[Meant, ...], table: KeyTable, view: TimeView) -> str:
    if order.ends_at_ns <= view.now_ns + EARLY_NS:
        return "hold-over"
    if not any(hour_for(order, one, table) or rest_for(order, one, table) for one in meant):
        return "hold-nothing-left"
    return "hold-too-many" if len(meant) > MOST_SEGMENTS else ""
