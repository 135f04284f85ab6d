"""The Merkle tree of RFC 6962 over stored nodes: appending, roots, proofs. Pure; knows no database.

A node is named (level, index): level 0 holds the leaves, node (l, i) covers the leaves i·2^l … (i+1)·2^l - 1.
Only nodes of complete subtrees are stored; what lies across their edge is folded when it is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

Node = tuple[int, int]
Nodes = Mapping[Node, bytes]
Reader = Callable[[Iterable[Node]], Nodes]
"""Reads many stored nodes at once; raises KeyError or leaves out what is not stored."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def position(node: Node) -> int:
    """The place of `node` in the order in which nodes are completed: 0 for the first leaf, no gaps.

    Nodes completed by leaf n come after the leaf itself, from the lowest level up, so the table of nodes
    only ever grows at its end.
    """
    level, index = node
    last_leaf = ((index + 1) << level) - 1
    return 2 * last_leaf - last_leaf.bit_count() + level


def left_siblings(size: int) -> list[Node]:
    """The stored nodes that appending a leaf to a tree of `size` leaves combines with, lowest first."""
    found: list[Node] = []
    level, index = 0, size
    while index & 1:
        found.append((level, index - 1))
        level, index = level + 1, index >> 1
    return found


def append(size: int, leaf: bytes, siblings: Nodes) -> list[tuple[Node, bytes]]:
    """All nodes that the leaf hash `leaf` completes in a tree of `size` leaves, the leaf first."""
    level, index, value = 0, size, leaf
    made = [((level, index), value)]
    while index & 1:
        value = inner_hash(siblings[level, index - 1], value)
        level, index = level + 1, index >> 1
        made.append(((level, index), value))
    return made


def complete_parts(first: int, end: int) -> list[Node]:
    """The complete subtrees, left to right, that make up leaves `first` ≤ i < `end` of an aligned range."""
    parts: list[Node] = []
    while first < end:
        level = (end - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        parts.append((level, first >> level))
        first += 1 << level
    return parts


def fold(parts: list[Node], nodes: Nodes) -> bytes:
    """The RFC 6962 hash over a list of complete subtrees of falling size."""
    value = nodes[parts[-1]]
    for part in reversed(parts[:-1]):
        value = inner_hash(nodes[part], value)
    return value


def root(size: int, read: Reader) -> bytes:
    """The tree head of the first `size` leaves."""
    if size == 0:
        return EMPTY_ROOT
    parts = complete_parts(0, size)
    return fold(parts, read(parts))


def inclusion_proof(index: int, size: int, read: Reader) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 §2.1.1: proves that leaf `index` is in the tree of `size` leaves."""
    if not 0 <= index < size:
        raise ValueError("leaf outside the tree")
    return _hashes(_path(index, 0, size), read)


def consistency_proof(old: int, size: int, read: Reader) -> list[bytes]:
    """PROOF(old, D[size]) of RFC 6962 §2.1.2: proves that the older tree is a prefix of the newer."""
    if not 0 < old <= size:
        raise ValueError("no such older tree")
    return _hashes(_subproof(old, 0, size, whole=True), read)


def _path(index: int, first: int, end: int) -> list[list[Node]]:
    if end - first == 1:
        return []
    middle = first + _split(end - first)
    if index < middle:
        return [*_path(index, first, middle), complete_parts(middle, end)]
    return [*_path(index, middle, end), complete_parts(first, middle)]


def _subproof(old: int, first: int, end: int, *, whole: bool) -> list[list[Node]]:
    if old == end:
        return [] if whole else [complete_parts(first, end)]
    middle = first + _split(end - first)
    if old <= middle:
        return [*_subproof(old, first, middle, whole=whole), complete_parts(middle, end)]
    return [*_subproof(old, middle, end, whole=False), complete_parts(first, middle)]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _hashes(ranges: list[list[Node]], read: Reader) -> list[bytes]:
    nodes = read({part for parts in ranges for part in parts})
    return [fold(parts, nodes) for parts in ranges]
