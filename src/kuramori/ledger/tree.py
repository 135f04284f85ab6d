"""The stored Merkle tree: reading nodes from the database for `merkle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.ledger import merkle
from kuramori.ledger.models import Entry, Node

if TYPE_CHECKING:
    from collections.abc import Iterable


def size() -> int:
    """How many entries the ledger holds."""
    last = Entry.objects.order_by("-seq").values_list("seq", flat=True).first()
    return 0 if last is None else last + 1


def read(nodes: Iterable[merkle.Node]) -> dict[merkle.Node, bytes]:
    """The hashes of stored nodes, in one query; KeyError later means the ledger has been damaged."""
    by_position = {merkle.position(node): node for node in nodes}
    rows = Node.objects.filter(position__in=by_position).values_list("position", "hash")
    return {by_position[position]: bytes(value) for position, value in rows}


def root(at_size: int) -> bytes:
    """The tree head over the first `at_size` entries."""
    return merkle.root(at_size, read)


def add_leaf(at_size: int, leaf: bytes) -> None:
    """Store the nodes that the leaf hash completes; the caller's transaction holds the write lock."""
    siblings = read(merkle.left_siblings(at_size))
    made = merkle.append(at_size, leaf, siblings)
    Node.objects.bulk_create(Node(position=merkle.position(node), hash=value) for node, value in made)
