"""Orders to the recorder: signed at the moment of decision, spooled as files, never made again from rows.

Two steps, so that no order is lost and none goes out unledgered: the signed file is made durable under a name
that the recorder does not read, the ledger entry is committed, then the file gets its name. A crash in
between is repaired by `finish_spooling`: a file whose decision was committed is renamed, any other is
dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from kuramori import clock
from kuramori.footage import datadir, recorder_socket
from kuramori.footage.models import Order
from kuramori.ledger import entries
from kuramori.recorder.orders import sign_order

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("ack", "erase", "confirm-clock", "hold", "end-hold")
WAITING = ".waiting"
ABANDONED_AFTER_NS = 60 * clock.NS_PER_S


def issue(kind: str, *, actor: str = "program:work", **fields: Any) -> str:
    """Order the recorder to do something and return the order's id (32 hexadecimal digits).

    `kind` and `fields`: ack {through_seq}; erase {camera, from_s, until_s, reason}; confirm-clock
    {wall_ns, by}; hold, end-hold (recorder.hold_orders).
    The order leaves when the surrounding transaction commits; what became of it arrives
    with the journal (Order.state).
    """
    if kind not in KINDS:
        raise ValueError(f"no such order: {kind}")
    made_at_ns = clock.now_ns()
    order, signed = sign_order(_key(), kind, made_at_ns, **fields)
    path = _spool() / f"{order}.json"
    waiting = path.with_name(path.name + WAITING)
    with transaction.atomic():
        datadir.write_durably(waiting, signed)
        reason = str(fields.pop("reason", ""))
        Order.objects.create(id=order, kind=kind, made_at_ns=made_at_ns, reason=reason)
        entries.record(
            "order-issued",
            actor=actor,
            obj={"order": order, "kind": kind},
            outcome="done",
            reason=reason,
            detail=fields,
        )
        transaction.on_commit(lambda: _release(waiting))
    return order


def finish_spooling() -> int:
    """Give waiting orders of committed decisions their name; drop those never decided.

    Returns how many left.
    """
    released = 0
    for waiting in sorted(_spool().glob(f"*.json{WAITING}")):
        if Order.objects.filter(id=waiting.name.split(".")[0]).exists():
            _release(waiting)
            released += 1
        elif clock.SystemClock().wall_ns() - waiting.stat().st_mtime_ns > ABANDONED_AFTER_NS:
            waiting.unlink(missing_ok=True)
    return released


def _release(waiting: Path) -> None:
    try:
        waiting.replace(waiting.with_name(waiting.name.removesuffix(WAITING)))
    except FileNotFoundError:
        return  # `finish_spooling` of another process was quicker
    datadir.sync_directory(waiting.parent)
    recorder_socket.wake_if_running()


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes((datadir.data() / "keys" / "orders.key").read_bytes())


def _spool() -> Path:
    spool = datadir.record_dir() / "orders"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    return spool
