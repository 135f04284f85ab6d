"""Orders about holds (保全): keep named footage beyond its hour, up to a stated end; or end that early."""

from __future__ import annotations

from dataclasses import dataclass

from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput

LONGEST_INTERVAL_S = 24 * 3600
OWN_APPROVAL_S = 3600
LONGEST_NS = 366 * 86_400 * NS_PER_S
TEXT_MAX_CHARS = {"case": 80, "basis": 160, "reason": 400, "requester": 100, "approver": 100}
"""So that a row of the key table fits its chunk, whatever the words are (three bytes a character)."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep what one camera recorded in [from_s, until_s) until `ends_at_ns`, whatever becomes of its hours.

    `requester` and `approver` are different persons, or the interval is at most an hour (自己承認).
    """

    id: str
    made_at_ns: int
    camera: str
    from_s: int
    until_s: int
    case: str
    basis: str
    reason: str
    requester: str
    approver: str
    ends_at_ns: int
    review_at_ns: int


@dataclass(frozen=True, slots=True)
class EndHold:
    """End a hold before its date: what lives only by it dies."""

    id: str
    made_at_ns: int
    hold: str


def require_sense(order: Hold) -> None:
    """Raises BadInput: `order-field`, `hold-own-approval`, `hold-too-long`."""
    for name, most in TEXT_MAX_CHARS.items():
        said = getattr(order, name)
        if not said.strip() or len(said) > most or not said.isprintable():
            raise BadInput("order-field", name=name)
    length_s = order.until_s - order.from_s
    if not 0 < length_s <= LONGEST_INTERVAL_S or order.until_s * NS_PER_S > order.made_at_ns + NS_PER_S:
        raise BadInput("order-field", name="until_s")
    if order.requester == order.approver and length_s > OWN_APPROVAL_S:
        raise BadInput("hold-own-approval")
    if not order.made_at_ns < order.review_at_ns <= order.ends_at_ns:
        raise BadInput("order-field", name="review_at_ns")
    if order.ends_at_ns > order.made_at_ns + LONGEST_NS:
        raise BadInput("hold-too-long")
