"""Errors that are not power cuts: the disk says no, or says yes and lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kuramori.errors import CannotErase
from kuramori.vault.key_table import KeyTable
from tests.vault.power_cut_files import PowerCutFiles
from tests.vault.table_samples import COPY, RECORD, a_store, live_keks, scan
from tests.vault.test_power_cut import NOW_NS, OPERATIONS, settled

if TYPE_CHECKING:
    from kuramori.vault.key_store import KeyStore
    from tests.vault.power_cut_files import Mode


def opened(files: PowerCutFiles) -> tuple[KeyStore, KeyTable]:
    store = a_store(files)
    table = store.open()
    assert table is not None
    return store, table


@pytest.mark.parametrize("mode", ["eio", "enospc"])
@pytest.mark.parametrize("step", range(OPERATIONS))
def test_an_error_at_any_step_is_told_and_trying_again_cures_it(step: int, mode: Mode) -> None:
    files, dying, living = settled()
    store, table = opened(files)
    table.bury(table.expired(NOW_NS), NOW_NS, "expired")
    files.arm(step, mode)
    in_the_copy = step in (4, 5)
    if in_the_copy:
        result = store.rotate(table)
        assert result.findings == (f"table-copy-failed:{COPY}",)
    else:
        with pytest.raises(CannotErase) as told:
            store.rotate(table)
        live = bool(told.value.values["live"])
        assert live == (step > 5)
        # What the error says is what a restart finds.
        found = opened(files.after_reboot())[1]
        assert set(found.hours) == (set(living) if live else {*living, *dying})
    files.arm(-1, "eio")
    assert store.rotate(table).verified
    assert scan(files.after_reboot().everything()) == living
    assert live_keks(files.everything()) == 1


def test_an_overwrite_that_never_reached_the_medium_is_not_called_erased() -> None:
    files, dying, _ = settled()
    store, table = opened(files)
    table.bury(table.expired(NOW_NS), NOW_NS, "expired")
    old = next(path for path in (RECORD / "slot/A", RECORD / "slot/B") if _is_current(files, path))
    files.lying_writes = {old}
    with pytest.raises(CannotErase) as told:
        store.rotate(table)
    assert (told.value.code, told.value.values["live"]) == ("slot-overwrite", True)
    files.lying_writes = set()
    store.rotate(table)
    assert not dying.keys() & scan(files.everything()).keys()


@pytest.mark.parametrize("part", ["slot/A", "slot/B", "table/A", "table/B"])
def test_a_write_that_never_reached_the_medium_keeps_the_old_table_in_force(part: str) -> None:
    files, _, living = settled()
    store, table = opened(files)
    table.bury(table.expired(NOW_NS), NOW_NS, "expired")
    files.lying_writes = {RECORD / part}
    with pytest.raises(CannotErase):
        for _ in range(2):  # within two turns each place is written as the new one
            store.rotate(table)
    assert living.keys() <= opened(files.after_reboot())[1].hours.keys()


def test_a_slot_that_cannot_be_read_does_not_hide_the_other() -> None:
    files, _, living = settled()
    spare = next(path for path in (RECORD / "slot/A", RECORD / "slot/B") if not _is_current(files, path))
    files.dead_sectors = {spare}
    assert living.keys() <= opened(files)[1].hours.keys()


def test_every_attempt_takes_a_fresh_key_even_for_the_same_table() -> None:
    files, _, _ = settled()
    store, table = opened(files)
    images = set()
    for _ in range(4):
        store.rotate(table)
        current = next(path for path in (RECORD / "slot/A", RECORD / "slot/B") if _is_current(files, path))
        images.add(files.durable[current])
    assert len(images) == 4
    assert len({image[4096:] for image in images}) == 4


def _is_current(files: PowerCutFiles, slot: object) -> bool:
    return files.durable[slot][:8] == b"KURASLOT"  # type: ignore[index]
