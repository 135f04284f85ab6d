"""The proof that a certificate is in the ledger: entry, path through the tree, signed head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.ledger import checkpoints, merkle, tree
from kuramori.ledger.models import Checkpoint, Entry

if TYPE_CHECKING:
    from kuramori.retention.models import Certificate


def proof(certificate: Certificate) -> dict[str, Any]:
    """What a verifier needs, JSON-able: the leaf is SHA-256(0x00 || salt || entry), the path is RFC 6962's.

    `entry` holds the certificate's SHA-256. The head is the first checkpoint that covers the entry; one is
    made when there is none yet.
    """
    index = certificate.ledger_index
    if index < 0:  # restored from a backup: the entry lies in the former ledger's export
        return {"index": -1 - index, "checkpoint": "", "former": True}
    head = Checkpoint.objects.filter(size__gt=index).order_by("size").first() or checkpoints.make()
    if head is None or head.size <= index:
        return {"index": index, "checkpoint": ""}
    entry = Entry.objects.filter(seq=index).first()
    return {
        "index": index,
        "entry": entry.text if entry else "",
        "salt": bytes(entry.salt).hex() if entry else "",
        "path": [step.hex() for step in merkle.inclusion_proof(index, head.size, tree.read)],
        "checkpoint": head.note,
        "key": checkpoints.signer().verifier_key,
    }


def holds(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether `path` leads from `leaf` at `index` to `root` of a tree of `size` leaves (RFC 9162)."""
    node, last, value = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = merkle.inner_hash(step, value)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            value = merkle.inner_hash(value, step)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root
