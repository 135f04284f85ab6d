"""Does the ledger hold together? Recomputes every hash from the texts and compares with what is stored."""

from __future__ import annotations

import json

from kuramori.ledger import checkpoints, merkle, tree
from kuramori.ledger.models import Checkpoint, Entry, Node


def findings() -> list[str]:
    """What is wrong, as codes with a number ("entry-altered 17"); empty when the ledger is whole.

    Finds altered, missing and inserted entries, altered or missing nodes, and checkpoints that no longer
    fit or are not signed by this recorder. What was cut off behind the last checkpoint, and rebuilt with
    the key, only somebody who kept a newer checkpoint elsewhere can see.
    """
    found: list[str] = []
    size = tree.size()
    checkpoint_roots = {row.size: row for row in Checkpoint.objects.order_by("size")}
    known: dict[merkle.Node, bytes] = {}
    stored = Node.objects.order_by("position").values_list("position", "hash").iterator(chunk_size=5000)
    rows = Entry.objects.order_by("seq").iterator(chunk_size=2000)
    for expected_seq, row in enumerate(rows):
        if row.seq != expected_seq:
            return [*found, f"entry-missing {expected_seq}"]
        if row.text:
            leaf = merkle.leaf_hash(bytes(row.salt) + row.text.encode())
        else:  # forgotten after its time: only the leaf is left, and the nodes above it must fit it
            leaf = next(iter(tree.read([(0, row.seq)]).values()), b"")
        for node, value in merkle.append(row.seq, leaf, known):
            position, kept = next(stored, (-1, b""))
            if position != merkle.position(node) or bytes(kept) != value:
                word = "entry-altered" if node[0] == 0 else "node-altered"
                return [*found, f"{word} {row.seq}"]
            known[node] = value
        expected_seq += 1
        if checkpoint := checkpoint_roots.pop(expected_seq, None):
            found += _checkpoint_findings(
                checkpoint, merkle.fold(merkle.complete_parts(0, expected_seq), known)
            )
        _forget_covered(known, expected_seq)
    if next(stored, None) is not None:
        found.append(f"entry-missing {size}")
    found += [f"checkpoint-beyond-end {beyond}" for beyond in checkpoint_roots]
    return found


def restored_from() -> str:
    """The former ledger's name, size and root, where this one began from a backup; else empty."""
    first = Entry.objects.filter(seq=0, act="ledger-restored").first()
    if first is None:
        return ""
    former = json.loads(first.text)["object"]
    return f"{former['origin']}, {former['size']} entries, root {former['root']}"


def _checkpoint_findings(checkpoint: Checkpoint, root: bytes) -> list[str]:
    if checkpoint.note != checkpoints.signer().checkpoint(checkpoint.size, root):
        return [f"checkpoint-differs {checkpoint.size}"]
    return []


def _forget_covered(known: dict[merkle.Node, bytes], size: int) -> None:
    """Keep only the peaks: all that later leaves combine with."""
    peaks = set(merkle.complete_parts(0, size))
    for node in [node for node in known if node not in peaks]:
        del known[node]
