"""Opening and locking: by people, by idleness, by a restart; wrong passphrases are slow and written down."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kuramori.access import storehouse_keys, storehouse_session, wrong_tries
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair
from kuramori.errors import BadInput, Refusal, WrongPassphrase
from kuramori.footage.models import SealingKey
from kuramori.ledger.models import Entry
from kuramori.vault import storehouse

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
WRONG = "0000-0000-0000-0000-0000-0000"


def test_only_the_wrapped_private_half_is_stored(world: World, data: Path) -> None:
    pair = StorehouseKeyPair.objects.get()
    private = next(iter(storehouse_keys.open_wraps(world.manager, world.passphrase).values())).private
    assert SealingKey.objects.get().public == pair.public.hex()
    for wrap in KeyWrap.objects.all():
        assert bytes(private).hex() not in wrap.sealed
    for path in data.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert bytes(private) not in held and world.passphrase.encode() not in held


def test_there_is_one_first_pair(world: World) -> None:
    with pytest.raises(BadInput, match="storehouse-key-exists"):
        storehouse_keys.create_first_pair(world.manager)


def test_the_slip_and_the_recovery_sheet_open_the_same_storehouse(world: World) -> None:
    for passphrase in (world.passphrase, world.recovery, f" {world.passphrase.replace('-', '')} "):
        storehouse_session.unlock(passphrase, world.manager)
        assert storehouse_session.is_unlocked()
        storehouse_session.lock(world.manager)
    assert Entry.objects.filter(act="storehouse-unlock", outcome="done").count() == 3
    assert Entry.objects.filter(act="storehouse-lock").count() == 3


def test_an_operator_cannot_open_it_even_with_the_passphrase(world: World) -> None:
    with pytest.raises(Refusal, match="role-needed"):
        storehouse_session.unlock(world.passphrase, world.operator)
    assert not storehouse_session.is_unlocked()


def test_it_locks_after_a_quarter_of_an_hour_without_use(world: World, now: ManualClock) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)
    now.advance_s(15 * 60 - 1)
    assert storehouse_session.is_unlocked()
    now.advance_s(1)
    assert not storehouse_session.is_unlocked()
    assert Entry.objects.get(act="storehouse-lock").actor == "program:web"


def test_it_locks_after_an_hour_in_any_case(world: World, now: ManualClock) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)
    key_id = StorehouseKeyPair.objects.get().key_id
    for _ in range(5):
        now.advance_s(11 * 60)
        private = storehouse_session.private_key(key_id)
    now.advance_s(5 * 60)
    assert not storehouse_session.is_unlocked()
    assert not any(private.private)


def test_setting_the_wall_clock_back_keeps_nothing_open(world: World, now: ManualClock) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)
    now.step_wall_s(-86_400)
    now.advance_s(15 * 60)
    assert not storehouse_session.is_unlocked()


def test_locking_overwrites_the_private_key(world: World) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)
    private = storehouse_session.private_key(StorehouseKeyPair.objects.get().key_id)
    assert any(private.private)
    storehouse_session.lock(world.manager)
    assert not any(private.private)
    with pytest.raises(Refusal, match="storehouse-locked"):
        storehouse_session.private_key(private.id)


def test_wrong_passphrases_are_answered_ever_more_slowly(world: World, now: ManualClock) -> None:
    waits = []
    for _ in range(6):
        with pytest.raises(WrongPassphrase):
            storehouse_session.unlock(WRONG, world.manager)
        wait_s = wrong_tries.wait_s(world.manager, now.wall_ns())
        waits.append(wait_s)
        if wait_s:
            with pytest.raises(Refusal, match="wait-after-wrong-passphrase"):
                storehouse_session.unlock(world.passphrase, world.manager)  # not even the right one
        now.advance_s(wait_s)
    assert waits == [0, 0, 2, 4, 8, 16]
    assert wrong_tries.delay_s(1000) == 3600
    assert Entry.objects.filter(act="storehouse-unlock", outcome="failed").count() == 6
    storehouse_session.unlock(world.passphrase, world.manager)
    assert wrong_tries.wait_s(world.manager, now.wall_ns()) == 0


def test_no_passphrase_is_ever_in_the_ledger(world: World) -> None:
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(WRONG, world.manager)
    storehouse_session.unlock(world.passphrase, world.manager)
    texts = "".join(Entry.objects.values_list("text", flat=True))
    for digits in (WRONG, world.passphrase, world.recovery):
        assert digits not in texts and digits.replace("-", "") not in texts


def test_a_damaged_wrap_does_not_hide_the_other_one(world: World) -> None:
    KeyHolder.objects.filter(kind="passphrase").update(locked={"format": 9})
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(world.passphrase, world.manager)
    storehouse_session.unlock(world.recovery, world.manager)
    assert storehouse_session.is_unlocked()


def test_a_fresh_process_is_locked(world: World, data: Path) -> None:
    """What `web` knows when it starts, with all of the data directory and nothing of our memory."""
    storehouse_session.unlock(world.passphrase, world.manager)
    code = (
        "import django; django.setup();"
        "from kuramori.access import storehouse_session as s; print(s.is_unlocked())"
    )
    environment = {**os.environ, "KURAMORI_DATA": str(data), "PYTHONPATH": "src"}
    environment["DJANGO_SETTINGS_MODULE"] = "kuramori.main.settings"
    out = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == "False"


def test_a_passphrase_of_the_wrong_shape_is_just_wrong(world: World) -> None:
    for typed in ("1", "abcd", "１２３４" * 6, storehouse.new_passphrase() + "0"):
        with pytest.raises((WrongPassphrase, Refusal)):
            storehouse_session.unlock(typed, world.manager)
    assert not storehouse_session.is_unlocked()
