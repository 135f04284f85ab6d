"""Writing acts into the ledger."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Literal

import rfc8785
from django.db import transaction

from kuramori import clock
from kuramori.ledger import merkle, tree
from kuramori.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

OutcomeWord = Literal["done", "allowed", "refused", "failed"]
SALT_BYTES = 16
LARGEST_EXACT = 2**53 - 1
"""RFC 8785 numbers are IEEE doubles; larger integers (nanoseconds) go in as decimal strings."""


class OutsideTransaction(RuntimeError):
    """An act was about to be written apart from the change it belongs to."""


def record(
    act: str,
    *,
    actor: str,
    obj: Mapping[str, Any] | None = None,
    outcome: OutcomeWord = "done",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Append one entry inside the caller's transaction and return its number (from 0).

    `actor` is "account:<id>", "program:work", "program:record" or "anonymous". `obj` says on what (camera,
    grant, segment, interval), `detail` how; both must be JSON-able and must never hold a secret. Raises
    `OutsideTransaction` when the caller has none open: an act and its entry are committed together or not
    at all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(act)
    seq = tree.size()
    at_ns = clock.now_ns()
    text = _canonical(
        {
            "v": 1,
            "seq": seq,
            "at": clock.iso(at_ns),
            "act": act,
            "actor": actor,
            "object": obj or {},
            "outcome": outcome,
            "reason": reason,
            "detail": detail or {},
        }
    )
    salt = secrets.token_bytes(SALT_BYTES)
    Entry.objects.create(
        seq=seq, at_ns=at_ns, act=act, actor=actor, outcome=outcome, salt=salt, text=text.decode()
    )
    tree.add_leaf(seq, merkle.leaf_hash(salt + text))
    return seq


def record_now(act: str, *, actor: str, **fields: Any) -> int:
    """`record` in a transaction of its own, for what changes nothing else (a refusal)."""
    with transaction.atomic():
        return record(act, actor=actor, **fields)


def actor_of(account: Any) -> str:
    """How the ledger names whoever asks: "account:<id>", or "anonymous" before sign-in."""
    return f"account:{account.pk}" if getattr(account, "pk", None) else "anonymous"


def _canonical(entry: dict[str, Any]) -> bytes:
    return rfc8785.dumps(_exact(entry))


def _exact(value: Any) -> Any:
    """`value` in what canonical JSON can say exactly."""
    if isinstance(value, bool | str | None):
        return value if not isinstance(value, str) else str(value)
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_EXACT else str(value)
    if isinstance(value, float):
        return value
    if isinstance(value, dict):
        return {str(key): _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        inner = sorted(value) if isinstance(value, set | frozenset) else value
        return [_exact(one) for one in inner]
    return str(value)
