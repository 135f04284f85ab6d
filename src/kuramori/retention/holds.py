"""Making, approving and ending holds. Each decision is an order to the recorder, signed as it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput, Refusal
from kuramori.footage import orders
from kuramori.footage.models import HeldSegment, Order
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places.models import Body
from kuramori.recorder.hold_orders import LONGEST_INTERVAL_S, LONGEST_NS, OWN_APPROVAL_S
from kuramori.retention.hold_models import Hold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.people.models import Account


def ask(writer: Account, *, second_person: str = "", **fields: Any) -> Hold:
    """A new hold; ordered at once where it is approved by that, else it waits for a second person.

    `fields` as in `Hold`. Approved at once: the form signed by a second person, a request from outside that
    the manager decides, a one-person body's own. Raises `Refusal`, `BadInput`.
    """
    now_ns = clock.now_ns()
    require_role(writer, now_ns, MANAGER)
    _require_sense(fields, now_ns)
    second = second_person.strip()
    if second and second in (writer.full_name, writer.username):
        raise Refusal("own-request", clause="T6d", kind="regulations")
    with transaction.atomic():
        hold = Hold.objects.create(made_by=writer, made_at_ns=now_ns, second_person=second, **fields)
        _ledger("hold-asked", writer, hold, hold.reason)
        if second:
            _order(hold, f"second-person:{second}")
        elif hold.asked_by:
            hold.approved_by = writer
            _order(hold, writer.actor)
        elif _alone(hold):
            hold.approved_by, hold.self_approved = writer, True
            _order(hold, writer.actor)
    return hold


def approve(approver: Account, hold: Hold) -> None:
    """Somebody else than who wrote it approves. Raises `Refusal`."""
    require_role(approver, clock.now_ns(), MANAGER, OPERATOR)
    with transaction.atomic():
        hold = Hold.objects.select_for_update().get(pk=hold.pk)
        if hold.order:
            return
        if approver == hold.made_by:
            raise Refusal("own-request", clause="T6d", kind="regulations")
        hold.approved_by = approver
        _order(hold, approver.actor)


def end(manager: Account, hold: Hold, reason: str) -> None:
    """End it before its date; what lives by it alone dies. Raises `Refusal`, `BadInput`."""
    require_role(manager, clock.now_ns(), MANAGER)
    if not reason.strip():
        raise BadInput("reason-missing")
    with transaction.atomic():
        hold = Hold.objects.select_for_update().get(pk=hold.pk)
        if not hold.order:
            _ledger("hold-withdrawn", manager, hold, reason)
            hold.delete()
            return
        hold.end_reason = reason.strip()
        hold.end_order = orders.issue(
            "end-hold", actor=manager.actor, hold=hold.order, reason=hold.end_reason
        )
        hold.save()


def file(hold: Hold, approver: str) -> None:
    """Ledger the asking and order the recorder to keep it; in the caller's transaction."""
    _ledger("hold-asked", hold.made_by, hold, hold.reason)
    _order(hold, approver)


def state(hold: Hold) -> str:
    """waiting, ordered, held, refused or ended: what the recorder has confirmed, nothing earlier."""
    return states([hold])[hold.pk]


def states(of: Iterable[Hold]) -> dict[int, str]:
    """The same of many, by primary key."""
    every = list(of)
    orders = {hold.order for hold in every if hold.order}
    kept = HeldSegment.objects.filter(hold__in=orders).order_by().values_list("hold", flat=True).distinct()
    refused = Order.objects.filter(id__in=orders, state="refused").values_list("id", flat=True)
    known = dict.fromkeys(refused, "refused")  # then what says more
    known |= dict.fromkeys(kept, "ended")
    known |= dict.fromkeys(kept.filter(ended_ns=None), "held")
    return {hold.pk: known.get(hold.order, "ordered") if hold.order else "waiting" for hold in every}


def _ledger(act: str, by: Account, hold: Hold, reason: str) -> None:
    about = {"camera": hold.camera_id, "hold": hold.order or f"asked-{hold.pk}"}
    detail = {"case_text": hold.case_text, "asked_by": hold.asked_by, "second": hold.second_person}
    entries.record(act, actor=by.actor, obj=about, outcome="done", reason=reason, detail=detail)


def _order(hold: Hold, approver: str) -> None:
    hold.order = orders.issue(
        "hold",
        actor=hold.made_by.actor,
        camera=hold.camera_id,
        from_s=hold.start_ns // clock.NS_PER_S,
        until_s=-(-hold.end_ns // clock.NS_PER_S),
        case=hold.case_text,
        basis=hold.basis,
        reason=hold.reason,
        requester=f"outside:{hold.asked_by}"[:100] if hold.asked_by else hold.made_by.actor,
        approver=approver[:100],
        ends_at_ns=hold.ends_at_ns,
        review_at_ns=hold.review_at_ns,
    )
    hold.save()


def _alone(hold: Hold) -> bool:
    """A body whose regulations declare it one-person may approve its own request for up to an hour."""
    body = Body.objects.first()
    short = hold.end_ns - hold.start_ns <= OWN_APPROVAL_S * clock.NS_PER_S
    return bool(body and body.one_person and short)


def _require_sense(fields: dict[str, Any], now_ns: int) -> None:
    for name in ("case_text", "basis", "reason"):
        if not str(fields[name]).strip() or not str(fields[name]).isprintable():
            raise BadInput("hold-words", name=name)
    if not fields["start_ns"] < fields["end_ns"] <= now_ns:
        raise BadInput("interval-not-in-the-past")
    if fields["end_ns"] - fields["start_ns"] > LONGEST_INTERVAL_S * clock.NS_PER_S:
        raise BadInput("interval-too-long", hours=LONGEST_INTERVAL_S // 3600)
    if not now_ns < fields["review_at_ns"] <= fields["ends_at_ns"] <= now_ns + LONGEST_NS:
        raise BadInput("hold-dates")
