"""The attacks of the order proof, one function each; `why` is what the recorder must answer."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from kuramori import clock
from kuramori.footage import intake, orders, settings_file
from kuramori.footage.models import Order, Segment
from kuramori.policy.models import RetentionRule
from kuramori.recorder import exact_json
from kuramori.recorder.orders import sign_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from proofs.order_bench import Bench

EVERYTHING = {"from_s": 0, "until_s": 4_000_000_000}


@dataclass(frozen=True)
class Attack:
    """`why`: code of the refusal; "" where there is nothing to refuse; `order-done` for the control."""

    name: str
    why: str
    act: Callable[[Bench], None]


def _drop(bench: Bench, name: str, data: bytes) -> None:
    (bench.spool / f"{name}.json").write_bytes(data)


def _genuine(bench: Bench, kind: str, **fields: Any) -> tuple[str, bytes]:
    """Signed with the key that only the pages' side has, but never decided by anybody."""
    key = Ed25519PrivateKey.from_private_bytes((bench.data / "keys/orders.key").read_bytes())
    return sign_order(key, kind, clock.now_ns(), **fields)


def _all_of_it(bench: Bench) -> dict[str, Any]:
    return {"camera": bench.world.camera.id, **EVERYTHING, "reason": ""}


def _unsigned(bench: Bench) -> None:
    name, data = _genuine(bench, "erase", **_all_of_it(bench))
    _drop(bench, name, exact_json.dumps({**exact_json.loads(data), "signature": "00" * 64}))


def _strange_key(bench: Bench) -> None:
    _drop(bench, *sign_order(Ed25519PrivateKey.generate(), "erase", clock.now_ns(), **_all_of_it(bench)))


def _changed(bench: Bench) -> None:
    name, data = _genuine(bench, "erase", camera=bench.world.camera.id, from_s=0, until_s=9, reason="")
    envelope = exact_json.loads(data)
    envelope["order"].update(EVERYTHING)
    _drop(bench, name, exact_json.dumps(envelope))


def _rubbish(bench: Bench) -> None:
    _drop(bench, "ab" * 16, b'{"order":')


def _later_date(bench: Bench) -> None:
    _drop(bench, *_genuine(bench, "extend", camera=bench.world.camera.id, until_ns=4 * 10**18))


def _date_slipped_in(bench: Bench) -> None:
    _drop(bench, *_genuine(bench, "erase", **_all_of_it(bench), erase_at_ns=4 * 10**18))


def _beyond_the_journal(bench: Bench) -> None:
    _drop(bench, *_genuine(bench, "ack", through_seq=10**9))


def _old_clock(bench: Bench) -> None:
    wall_ns = clock.now_ns() - 3_600 * clock.NS_PER_S
    _drop(bench, *_genuine(bench, "confirm-clock", wall_ns=wall_ns, by="account:1"))


def _replayed(bench: Bench) -> None:
    """A genuine order is taken, and its file put back."""
    _drop(bench, *_taken(bench))


def _put_back_while_dead(bench: Bench) -> None:
    name, data = _taken(bench)
    bench.kill()
    _drop(bench, name, data)
    bench.start()


def _replayed_after_a_kill(bench: Bench) -> None:
    name, data = _taken(bench)
    bench.kill()
    bench.start()
    _drop(bench, name, data)


def _taken(bench: Bench) -> tuple[str, bytes]:
    """An order that the recorder has carried out."""
    name, data = _genuine(bench, "confirm-clock", wall_ns=clock.now_ns(), by="account:1")
    _drop(bench, name, data)
    bench.look()
    bench.begin()
    return name, data


def _dates_in_the_database(bench: Bench) -> None:
    """Somebody with SQL makes every date later; the settings are written again from the rows."""
    RetentionRule.objects.update(days=31)
    Segment.objects.update(erase_at_ns=4 * 10**18)
    settings_file.write_now()
    bench.look()
    bench.rotate()


def _dates_in_the_settings(bench: Bench) -> None:
    """Somebody who may write files makes the settings say a month."""
    path = bench.data / "record/settings.json"
    document = json.loads(path.read_bytes())
    for camera in document["cameras"]:
        camera["retention"] = {"months": 1}
    document["serial"] = document["serial"] + 1
    path.write_text(json.dumps(document))
    bench.look()
    assert bench.status()["serial"] == document["serial"], f"does not arrive: {bench.status()}"
    bench.rotate()


def _restored_database(bench: Bench) -> None:
    """The database of before the recorder's answer is put back, and with it the order that "waits"."""
    taken: list[tuple[str, bytes]] = []
    with transaction.atomic():
        name = orders.issue("confirm-clock", wall_ns=clock.now_ns(), by="account:1")
        taken.append((name, (bench.spool / f"{name}.json{orders.WAITING}").read_bytes()))
    before = sqlite3.connect(":memory:")
    connection.connection.backup(before)
    bench.look()
    intake.take_in()
    before.backup(connection.connection)
    before.close()
    assert Order.objects.get(id=name).state == "issued"
    orders.finish_spooling()  # signs nothing again
    assert not list(bench.spool.iterdir())
    _drop(bench, *taken[0])


def _obeyed(bench: Bench) -> None:
    """The control."""
    at_s = bench.now_s()
    orders.issue("erase", camera=bench.world.camera.id, from_s=at_s, until_s=at_s + 1, reason="court")


ATTACKS = [
    Attack("no signature", "order-unsigned", _unsigned),
    Attack("signed by another key", "order-unsigned", _strange_key),
    Attack("changed after signing", "order-unsigned", _changed),
    Attack("half a file", "order-unreadable", _rubbish),
    Attack("a later date, genuinely signed", "order-later-date", _later_date),
    Attack("a later date inside an erasure, genuinely signed", "order-field", _date_slipped_in),
    Attack("acknowledging what was never journalled", "no-such-entry", _beyond_the_journal),
    Attack("confirming a clock that showed another hour", "clock-has-moved", _old_clock),
    Attack("replayed", "order-replayed", _replayed),
    Attack("replayed after kill -9", "order-replayed", _replayed_after_a_kill),
    Attack("put back while the recorder was dead", "", _put_back_while_dead),
    Attack("an older database put back, its order replayed", "order-replayed", _restored_database),
    Attack("every date in the database made later", "", _dates_in_the_database),
    Attack("the settings file made to say a month", "", _dates_in_the_settings),
    Attack("control: a genuine order to erase this hour", "order-done", _obeyed),
]
