"""Which of the signed orders can be carried out, and what they ask of the next key table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S
from kuramori.recorder.orders import Ack, ConfirmClock, Erase, Unmasked
from kuramori.recorder.part_erasure import REST_BY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.recorder.erasure_guard import ErasureGuard
    from kuramori.recorder.order_desk import OrderDesk
    from kuramori.recorder.orders import Order
    from kuramori.vault.key_table import Tombstone

UNMASKED = "mask-check"
CONFIRM_WITHIN_NS = 600 * NS_PER_S
"""A person's word about the clock holds for the clock they saw: it must not have gone elsewhere since."""


def judge(orders: Iterable[Order], desk: OrderDesk, guard: ErasureGuard, last_seq: int) -> list[Order]:
    """Refuse what cannot be; take a person's word about the clock at once, since all dating depends on it."""
    good: list[Order] = []
    for order in orders:
        if isinstance(order, ConfirmClock):
            if not 0 <= guard.view().wall_ns - order.wall_ns <= CONFIRM_WITHIN_NS:
                desk.refuse_order(order, "clock-has-moved")
                continue
            guard.confirm()
        elif isinstance(order, Ack) and order.through_seq > last_seq:
            desk.refuse_order(order, "no-such-entry")
            continue
        good.append(order)
    return good


def acknowledged_seq(orders: Iterable[Order]) -> int:
    """The journal entry up to which the ledger has taken everything in, by these orders; 0 for none."""
    return max((order.through_seq for order in orders if isinstance(order, Ack)), default=0)


def erasures(orders: Iterable[Order], tombstones: Iterable[Tombstone]) -> tuple[Erase, ...]:
    """The orders to erase that have not been carried out yet. One that a crash kept from being ticked off
    has left its name on the tombstones: carried out again it would take the rest of a running hour with
    it."""
    done = {stone.reason for stone in tombstones}
    waiting = (order for order in orders if isinstance(order, Erase))
    return tuple(order for order in waiting if not {reason_of(order), REST_BY + order.id} & done)


def reason_of(order: Erase) -> str:
    """The reason that tombstones and journal give for an hour erased by this order."""
    return UNMASKED if isinstance(order, Unmasked) else f"order:{order.id}"
