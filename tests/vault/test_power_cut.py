"""Power cut at every write and sync of a rotation, and again while recovering.

Promise: never an unreadable table, never a lost live hour, never an expired key after the next rotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kuramori.vault.key_table import KeyTable
from tests.vault.power_cut_files import PowerCut, PowerCutFiles
from tests.vault.table_samples import a_store, live_keks, scan, secrets_of, table_of

if TYPE_CHECKING:
    from tests.vault.power_cut_files import Mode

NOW_NS = 3 * 3600 * 10**9
MODES: tuple[Mode, ...] = ("before", "torn", "torn-pages")


def settled() -> tuple[PowerCutFiles, dict[str, bytes], dict[str, bytes]]:
    """A box in its third rotation: its files, the hours about to expire, the hours that must live."""
    files = PowerCutFiles()
    store, table = a_store(files), table_of(40)
    assert store.open() is None
    store.rotate(table)
    store.rotate(table)
    dying = {row.hour: bytes(row.secret) for row in table.expired(NOW_NS)}
    assert len(dying) == 4
    living = {hour: secret for hour, secret in secrets_of(table).items() if hour not in dying}
    return files, dying, living


def start_and_rotate(files: PowerCutFiles) -> KeyTable:
    """What the recorder does at each start: open, drop the expired, rotate."""
    store = a_store(files)
    table = store.open()
    assert table is not None, "the table could not be read"
    assert table.damaged_chunks == 0
    table.bury(table.expired(NOW_NS), NOW_NS, "expired")
    store.rotate(table)
    return table


def operations_of_a_rotation() -> int:
    files = settled()[0]
    files.arm(-1, "torn")
    start_and_rotate(files)
    return len(files.operations)


OPERATIONS = operations_of_a_rotation()


def test_every_step_of_a_rotation_is_under_test() -> None:
    files = settled()[0]
    files.arm(-1, "torn")
    start_and_rotate(files)
    steps = [name.split()[0] + " " + "/".join(name.split("/")[-2:-1]) for name in files.operations]
    assert steps == [
        "write slot",
        "sync slot",
        "write table",
        "sync table",
        "write table-copy",
        "sync table-copy",
        "write slot",
        "sync slot",
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("first", range(OPERATIONS))
def test_two_power_cuts_lose_no_live_hour_and_revive_no_expired_one(first: int, mode: Mode) -> None:
    for second in range(-1, OPERATIONS):
        for second_mode in MODES:
            files, dying, living = settled()
            files.arm(first, mode)
            with pytest.raises(PowerCut):
                start_and_rotate(files)
            files = files.after_reboot(seed=first * 31 + second)
            files.arm(second, second_mode)
            if second >= 0:
                with pytest.raises(PowerCut):
                    start_and_rotate(files)
                files = files.after_reboot(seed=second)
            table = start_and_rotate(files)
            assert secrets_of(table) == living
            assert set(table.tombstones) == set(dying)
            left = scan(files.after_reboot().everything())
            assert left == living
            assert live_keks(files.everything()) == 1


@pytest.mark.parametrize("mode", MODES)
def test_a_power_cut_in_the_very_first_rotation_is_no_alarm(mode: Mode) -> None:
    counting = PowerCutFiles()
    store = a_store(counting)
    store.open()
    store.rotate(table_of(3))
    for cut in range(len(counting.operations)):
        files = PowerCutFiles(seed=cut)
        store = a_store(files)
        assert store.open() is None
        files.arm(cut, mode)
        with pytest.raises(PowerCut):
            store.rotate(table_of(3))
        files = files.after_reboot()
        store = a_store(files)
        found = store.open()  # does not raise: no hour was ever promised to be durable
        assert found is None or set(found.hours) in (set(), set(table_of(3).hours))
        store.rotate(table_of(3))
        assert secrets_of(a_store(files.after_reboot()).open() or KeyTable()) == secrets_of(table_of(3))


@pytest.mark.parametrize("seed", range(12))
def test_hours_confirmed_before_a_cut_are_there_after_it(seed: int) -> None:
    """A growing table: each rotation adds an hour, power fails at a wandering step."""
    files = PowerCutFiles(seed=seed)
    store = a_store(files)
    confirmed: set[str] = set()
    table = store.open() or KeyTable()
    for turn in range(25):
        row = next(iter(table_of(1, seed=1000 * seed + turn).hours.values()))
        table.hours[row.hour] = row
        files.arm((turn * 7 + seed) % 16, "torn")
        try:
            store.rotate(table)
            confirmed = set(table.hours)
        except PowerCut:
            files = files.after_reboot(seed=turn)
            store = a_store(files)
            table = store.open() or KeyTable()
            assert confirmed <= set(table.hours)
            confirmed = set(table.hours)
    assert len(confirmed) > 10
