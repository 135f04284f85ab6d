"""That an entry of the ledger stands in the tree of a signed checkpoint: all that is needed to check it."""

from __future__ import annotations

from typing import Any

from kuramori.ledger import checkpoints, merkle, tree
from kuramori.ledger.models import Entry


def of(seq: int) -> dict[str, Any]:
    """Entry, salt, inclusion proof and a fresh checkpoint over it. The entry must be committed."""
    row = Entry.objects.get(seq=seq)
    newest = checkpoints.make()
    assert newest is not None and newest.size > seq
    return {
        "key": checkpoints.signer().verifier_key,
        "seq": seq,
        "salt": bytes(row.salt).hex(),
        "text": row.text,
        "proof": [one.hex() for one in merkle.inclusion_proof(seq, newest.size, tree.read)],
        "checkpoint": newest.note,
    }
