"""A key-holder who opens by a security token and its PIN (SoftHSM2), in the browser's own way."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from kuramori.access import holding, key_opening, storehouse_keys, storehouse_session
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair
from kuramori.errors import Refusal, WrongPassphrase
from kuramori.ledger.models import Entry
from kuramori.vault.holder_token import HolderTokens, TokenTrouble
from tests.access.test_pages import browser
from tests.footage.world import person
from tests.vault.slot_rig import PIN, SOFTHSM, new_token, softhsm_home

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.people.models import Account
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def module(tmp_path: Path, settings: object) -> None:
    """A machine with a token reader in which nothing is plugged in yet."""
    softhsm_home(tmp_path / "softhsm")
    settings.TOKEN_MODULE = SOFTHSM  # type: ignore[attr-defined]


def plugged_in(tmp_path: Path) -> str:
    """A new token; its serial number."""
    label = f"token-{next(_numbers)}"
    new_token(label, tmp_path)
    return next(one.serial for one in HolderTokens(SOFTHSM).seen() if one.label == label)


def held(world: World, tmp_path: Path, account: Account | None = None) -> str:
    """`account` (the manager) holds by a token from now on; its serial number."""
    serial = plugged_in(tmp_path)
    storehouse_session.unlock(world.passphrase, world.manager)
    holding.add_token(account or world.manager, serial, PIN, world.manager)
    storehouse_session.lock(world.manager)
    return serial


def test_the_pages_offer_the_token_take_its_pin_and_open_with_it(world: World, tmp_path: Path) -> None:
    page = browser(world.manager)
    page.post("/storehouse/unlock/", {"passphrase": world.passphrase})
    assert "new-token" not in page.get("/storehouse/holders/").content.decode()  # nothing is plugged in
    serial = plugged_in(tmp_path)
    assert serial in page.get("/storehouse/holders/").content.decode()
    wanted = {"account": world.manager.pk, "token": serial}
    wrong = page.post("/storehouse/holders/token/", {**wanted, "pin": "000000"}).content.decode()
    assert (
        "このトークンのPINではありません。" in wrong and not KeyHolder.objects.filter(kind="token").exists()
    )
    assert page.post("/storehouse/holders/token/", {**wanted, "pin": PIN}).status_code == 302
    page.post("/storehouse/lock/")
    assert "PIN" in page.get("/storehouse/unlock/").content.decode()
    page.post("/storehouse/unlock/", {"passphrase": PIN})
    assert storehouse_session.is_unlocked()
    assert storehouse_session.private_key(StorehouseKeyPair.objects.get(retired_ns=None).key_id).private
    assert Entry.objects.filter(act="key-holder-added", outcome="done").count() == 1
    assert PIN not in str(list(Entry.objects.values()))


def test_the_slip_that_a_token_replaces_opens_nothing_new(world: World, tmp_path: Path) -> None:
    before = StorehouseKeyPair.objects.get(retired_ns=None)
    held(world, tmp_path)
    assert StorehouseKeyPair.objects.get(retired_ns=None) != before
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(world.passphrase, world.manager)
    storehouse_session.unlock(PIN, world.manager)
    assert before.key_id in storehouse_session.opened_keys()


def test_without_the_token_its_pin_opens_nothing_not_even_with_the_database(
    world: World, tmp_path: Path
) -> None:
    """The attack: the whole data directory and the PIN, on a machine where another token is plugged in."""
    held(world, tmp_path)
    softhsm_home(tmp_path / "elsewhere")
    plugged_in(tmp_path)
    with pytest.raises(TokenTrouble):
        storehouse_session.unlock(PIN, world.manager)
    said = browser(world.manager).post("/storehouse/unlock/", {"passphrase": PIN}).content.decode()
    assert "トークンが応答しません" in said
    storehouse_session.unlock(world.recovery, world.manager)  # the control: the sheet still opens


def test_wrong_pins_are_slowed_as_wrong_passphrases_are(world: World, tmp_path: Path) -> None:
    held(world, tmp_path)
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            storehouse_session.unlock("111111", world.manager)
    with pytest.raises(Refusal, match="wait-after-wrong-passphrase"):
        storehouse_session.unlock(PIN, world.manager)


def test_digits_are_never_offered_to_a_token(world: World, tmp_path: Path, monkeypatch: object) -> None:
    """A sheet's 24 digits would count there as a wrong PIN, and a few of these end the token."""
    held(world, tmp_path)

    def never(*_: object) -> object:
        raise AssertionError("the token was asked")

    monkeypatch.setattr(HolderTokens, "open", never)  # type: ignore[attr-defined]
    storehouse_session.unlock(world.recovery, world.manager)


def test_two_together_by_two_tokens_each_with_its_own_pin(world: World, tmp_path: Path) -> None:
    second = person("second", "manager")
    storehouse_session.unlock(world.passphrase, world.manager)
    mine, theirs = plugged_in(tmp_path), plugged_in(tmp_path)
    holding.add_token(second, theirs, PIN, world.manager)
    holding.add_token(world.manager, mine, PIN, world.manager)
    holding.set_two_together(True, world.manager)
    with pytest.raises(Refusal, match="second-holder-needed"):
        storehouse_session.unlock(PIN, world.manager)
    storehouse_session.unlock(PIN, world.manager, PIN)
    assert storehouse_session.is_unlocked()


def test_whose_pin_it_is_must_be_plain(world: World, tmp_path: Path) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)
    for name in ("one", "two"):
        holding.add_token(person(name, "manager"), plugged_in(tmp_path), PIN, world.manager)
    holding.set_two_together(True, world.manager)
    with pytest.raises(TokenTrouble, match="holder-tokens-several"):
        storehouse_session.unlock(world.passphrase, world.manager, PIN)


def test_a_removed_token_opens_nothing_new(world: World, tmp_path: Path) -> None:
    second = person("second", "manager")
    held(world, tmp_path, second)
    holder = KeyHolder.objects.get(kind="token")
    stolen = HolderTokens(SOFTHSM).open(holder.locked, PIN)
    holding.end(holder, world.manager, "lost")
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(PIN, second)
    assert not KeyWrap.objects.filter(holder=holder).exclude(sealed="").exists()
    assert KeyHolder.objects.get(pk=holder.pk).locked == {} and stolen.public.hex() == holder.public


def test_a_lost_sheet_opens_nothing_that_is_recorded_after_the_new_one(world: World) -> None:
    """The attack: the old sheet and the database of the day before."""
    old = storehouse_keys.storehouse.unwrap_private(
        KeyHolder.objects.get(kind="recovery-sheet").locked, world.recovery
    )
    kept = {wrap.pair_id: wrap.sealed for wrap in KeyWrap.objects.filter(holder__kind="recovery-sheet")}
    storehouse_session.unlock(world.passphrase, world.manager)
    holding.replace_sheet(world.manager)
    now = StorehouseKeyPair.objects.get(retired_ns=None).key_id
    assert now not in kept
    for named, sealed in kept.items():
        assert key_opening.open_with_holders(bytes.fromhex(sealed), [old], named)  # what it opened before
