"""Acts are written with their change, or not at all."""

from __future__ import annotations

import hashlib
import json

import pytest
import rfc8785
from django.db import transaction

from kuramori import clock
from kuramori.ledger import entries, merkle, tree
from kuramori.ledger.models import Entry, Node


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused() -> None:
    with pytest.raises(entries.OutsideTransaction):
        entries.record("looked", actor="account:1")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_neither_entry_nor_node() -> None:
    entries.record_now("first", actor="program:work")
    with pytest.raises(RuntimeError), transaction.atomic():
        entries.record("second", actor="program:work")
        raise RuntimeError
    assert Entry.objects.count() == 1
    assert Node.objects.count() == 1
    assert entries.record_now("third", actor="program:work") == 1


@pytest.mark.django_db
def test_an_entry_says_who_did_what_when_and_how_it_ended() -> None:
    with clock.use(clock.ManualClock.at("2026-11-23T09:00:00+09:00")):
        entries.record(
            "playback-granted",
            actor="account:7",
            obj={"camera": "ab" * 16, "start_ns": 1_800_000_000_000_000_000},
            outcome="allowed",
            reason="自転車の盗難",
        )
    text = Entry.objects.get(seq=0).text
    assert json.loads(text) == {
        "v": 1,
        "seq": 0,
        "at": "2026-11-23T00:00:00.000Z",
        "act": "playback-granted",
        "actor": "account:7",
        "object": {"camera": "ab" * 16, "start_ns": "1800000000000000000"},
        "outcome": "allowed",
        "reason": "自転車の盗難",
        "detail": {},
    }
    assert rfc8785.dumps(json.loads(text)) == text.encode()


@pytest.mark.django_db
def test_each_leaf_is_the_hash_of_salt_and_text() -> None:
    for number in range(5):
        entries.record("counted", actor="program:work", detail={"number": number})
    for entry in Entry.objects.order_by("seq"):
        leaf = hashlib.sha256(b"\x00" + bytes(entry.salt) + entry.text.encode()).digest()
        assert bytes(Node.objects.get(position=merkle.position((0, entry.seq))).hash) == leaf
    assert len({bytes(entry.salt) for entry in Entry.objects.all()}) == 5


@pytest.mark.django_db
def test_appending_asks_the_same_number_of_questions_however_long_the_history(
    django_assert_max_num_queries: object,
) -> None:
    for _ in range(63):
        entries.record("counted", actor="program:work")
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        entries.record("the one that completes six subtrees", actor="program:work")
    assert tree.root(64) == tree.read([(6, 0)])[(6, 0)]
