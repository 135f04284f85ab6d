"""A request's arrival protects its footage: a hold for a stated short time, before anybody has decided.

Whoever enters the request of somebody outside calls `protect` in the transaction in which the request is
kept. It works while the storehouse is locked, opens nothing, and cannot be renewed without end: the same
case protects the same footage for `LONGEST_NS` in all; after that a person has to decide about a hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput, Refusal
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.recorder.hold_orders import LONGEST_INTERVAL_S, TEXT_MAX_CHARS
from kuramori.retention import holds
from kuramori.retention.hold_models import LONGEST_PROTECTION_NS, Hold

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

DEFAULT_NS = 7 * 86_400 * clock.NS_PER_S
LONGEST_NS = LONGEST_PROTECTION_NS
BASIS = "依頼の受付による一時保全"
REASON = "依頼が届いたため、決定までの間、消去しない。"
PROGRAM = "program:protection"


def protect(
    camera: Camera,
    interval: tuple[int, int],
    case_number: str,
    until_ns: int | None = None,
    *,
    asked_by: str,
    by: Account,
) -> list[Hold]:
    """Keep what `camera` recorded in `interval` (ns UTC, start and end) until `until_ns` (default: 7 days).

    `asked_by` is who asks from outside, `by` the account that enters the request. A long interval becomes
    several holds of at most 24 hours; what lies in the future is left out. The same footage under the same
    case is not filed twice. Raises `Refusal` (`role-needed`, `protection-used-up`), `BadInput`
    (`interval-not-in-the-past`, `interval-empty`, `hold-dates`, `hold-words`).
    """
    now_ns = clock.now_ns()
    require_role(by, now_ns, MANAGER, OPERATOR)
    case, asker = case_number.strip(), asked_by.strip()
    if not case or not asker or not (case + asker).isprintable():
        raise BadInput("hold-words")
    until_ns = now_ns + DEFAULT_NS if until_ns is None else until_ns
    if not now_ns < until_ns <= now_ns + LONGEST_NS:
        raise BadInput("hold-dates")
    start_ns, end_ns = interval[0], min(interval[1], now_ns)
    if not interval[0] < interval[1]:
        raise BadInput("interval-empty")
    if start_ns >= now_ns:
        raise BadInput("interval-not-in-the-past")
    with transaction.atomic():
        return [
            _protect_one(camera, piece, case[: TEXT_MAX_CHARS["case"]], until_ns, asker[:90], by)
            for piece in pieces(start_ns, end_ns)
        ]


def release(case_number: str, reason: str, by: Account) -> int:
    """End the automatic protections of a case (it was closed, or a hold took their place); how many ended.

    Raises `Refusal` (not the manager), `BadInput` `reason-missing`.
    """
    require_role(by, clock.now_ns(), MANAGER)
    automatic = Hold.objects.filter(case_text=case_number.strip(), automatic=True, end_order="")
    states = holds.states(automatic)
    standing = [one for one in automatic if states[one.pk] in ("ordered", "held")]
    with transaction.atomic():
        for one in standing:
            holds.end(by, one, reason)
    return len(standing)


def pieces(start_ns: int, end_ns: int) -> list[tuple[int, int]]:
    """The interval in pieces of at most 24 hours, in order."""
    step_ns = LONGEST_INTERVAL_S * clock.NS_PER_S
    return [(at, min(at + step_ns, end_ns)) for at in range(start_ns, end_ns, step_ns)]


def _protect_one(
    camera: Camera, piece: tuple[int, int], case: str, until_ns: int, asker: str, by: Account
) -> Hold:
    """One hold, or the one that protects all of the piece for that long already."""
    now_ns = clock.now_ns()
    known = Hold.objects.filter(
        camera=camera, case_text=case, automatic=True, start_ns__lt=piece[1], end_ns__gt=piece[0]
    )
    first_ns = min((one.made_at_ns for one in known), default=now_ns)
    for one in known:
        whole = one.start_ns <= piece[0] and piece[1] <= one.end_ns
        if whole and one.ends_at_ns >= until_ns and not one.end_order:
            return one
    if until_ns > first_ns + LONGEST_NS:
        raise Refusal("protection-used-up", clause="T6d", kind="regulations")
    hold = Hold.objects.create(
        camera=camera,
        start_ns=piece[0],
        end_ns=piece[1],
        case_text=case,
        basis=BASIS,
        reason=REASON,
        asked_by=asker,
        made_by=by,
        made_at_ns=now_ns,
        ends_at_ns=until_ns,
        review_at_ns=until_ns,
        automatic=True,
    )
    holds.file(hold, PROGRAM)
    return hold
