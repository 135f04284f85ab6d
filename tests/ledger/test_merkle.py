"""The tree agrees with RFC 6962's own recursive definitions at every size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pytest

from kuramori.ledger import merkle

LARGEST = 130


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, written straight from its text."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def inclusion_by_definition(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*inclusion_by_definition(index, leaves[:k]), by_definition(leaves[k:])]
    return [*inclusion_by_definition(index - k, leaves[k:]), by_definition(leaves[:k])]


def consistency_by_definition(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [by_definition(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if old <= k:
        return [*consistency_by_definition(old, leaves[:k], whole), by_definition(leaves[k:])]
    return [*consistency_by_definition(old - k, leaves[k:], False), by_definition(leaves[:k])]


LEAVES = [f"entry {number}".encode() for number in range(LARGEST)]


@pytest.fixture(scope="module")
def stored() -> list[bytes]:
    """All nodes in the order of their positions."""
    nodes: list[bytes] = []
    kept: dict[merkle.Node, bytes] = {}
    for size, data in enumerate(LEAVES):
        siblings = {node: kept[node] for node in merkle.left_siblings(size)}
        for node, value in merkle.append(size, merkle.leaf_hash(data), siblings):
            assert merkle.position(node) == len(nodes)
            kept[node] = value
            nodes.append(value)
    return nodes


def reader(stored: list[bytes]) -> merkle.Reader:
    def read(nodes: Iterable[merkle.Node]) -> dict[merkle.Node, bytes]:
        return {node: stored[merkle.position(node)] for node in nodes}

    return read


def test_roots_at_every_size(stored: list[bytes]) -> None:
    for size in range(LARGEST + 1):
        assert merkle.root(size, reader(stored)) == by_definition(LEAVES[:size])


def test_inclusion_proofs_of_every_leaf_at_some_sizes(stored: list[bytes]) -> None:
    for size in (1, 2, 3, 7, 8, 63, 64, 65, LARGEST):
        for index in range(size):
            assert merkle.inclusion_proof(index, size, reader(stored)) == inclusion_by_definition(
                index, LEAVES[:size]
            )


def test_consistency_proofs_between_all_pairs_of_sizes(stored: list[bytes]) -> None:
    for size in range(1, 70):
        for old in range(1, size + 1):
            assert merkle.consistency_proof(old, size, reader(stored)) == consistency_by_definition(
                old, LEAVES[:size]
            )


def test_proofs_outside_the_tree_are_refused(stored: list[bytes]) -> None:
    with pytest.raises(ValueError, match="outside"):
        merkle.inclusion_proof(5, 5, reader(stored))
    with pytest.raises(ValueError, match="older"):
        merkle.consistency_proof(0, 5, reader(stored))
