"""Several key-holders: what each opens, what a removed one no longer opens, and what two open together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from kuramori.access import holding, key_opening, storehouse_keys, storehouse_session
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair
from kuramori.errors import Damaged, KuramoriError, Refusal, WrongPassphrase
from kuramori.footage import findings, intake, settings_file
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from kuramori.vault import storehouse
from kuramori.vault.holder_wrap import open_with_holders, seal_to_holders
from tests.access.test_pages import browser
from tests.footage.world import person

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from kuramori.people.models import Account
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(world: World) -> tuple[Account, str]:
    """Another manager who holds a key, and the digits."""
    account = person("second", "manager")
    storehouse_session.unlock(world.passphrase, world.manager)
    passphrase = holding.add_person(account, world.manager)
    storehouse_session.lock(world.manager)
    return account, passphrase


def newest() -> StorehouseKeyPair:
    return StorehouseKeyPair.objects.get(retired_ns=None)


def test_two_holders_open_the_same_storehouse_each_with_their_own_digits(
    world: World, second: tuple[Account, str]
) -> None:
    for account, digits in ((world.manager, world.passphrase), second):
        storehouse_session.unlock(digits, account)
        assert storehouse_session.private_key(newest().key_id).public == newest().public
        storehouse_session.lock(account)
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(second[1], world.manager)


def test_a_key_is_given_only_while_the_storehouse_is_open(world: World) -> None:
    with pytest.raises(Refusal, match="storehouse-locked"):
        holding.add_person(person("third", "manager"), world.manager)
    assert KeyHolder.objects.count() == 2


def test_a_removed_holder_opens_nothing_new_not_even_with_an_old_copy(
    world: World, second: tuple[Account, str]
) -> None:
    """The attack: the removed person kept the digits and the whole database of the day before."""
    account, digits = second
    holder = KeyHolder.objects.get(account=account)
    stolen = storehouse.unwrap_private(holder.locked, digits)
    stolen_wraps = list(KeyWrap.objects.values_list("pair", "sealed"))
    old = newest()
    holding.end(holder, world.manager, "removed")
    assert newest() != old
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(digits, account)
    for named, sealed in [*stolen_wraps, *KeyWrap.objects.values_list("pair", "sealed")]:
        try:
            opened = open_with_holders(bytes.fromhex(sealed), [stolen], named)
        except Damaged:
            continue
        assert opened.id == old.key_id  # the control: the old copy does open what was sealed before
        break
    else:
        pytest.fail("the old copy should open the old pair")
    for sealed in newest().wraps.values_list("sealed", flat=True):
        with pytest.raises(Damaged):
            open_with_holders(bytes.fromhex(sealed), [stolen], newest().key_id)
    assert settings_file.content()["storehouse"]["key"] == newest().key_id
    storehouse_session.unlock(world.passphrase, world.manager)
    assert {old.key_id, newest().key_id} == set(storehouse_session.opened_keys())


def test_removing_works_while_locked_and_locks_what_is_open(
    world: World, second: tuple[Account, str]
) -> None:
    storehouse_session.unlock(second[1], second[0])
    holding.end(KeyHolder.objects.get(account=second[0]), world.manager, "removed")
    assert not storehouse_session.is_unlocked()
    assert Entry.objects.get(act="key-holder-ended").outcome == "done"


def test_the_last_key_is_not_taken_away(world: World) -> None:
    sheet = KeyHolder.objects.get(kind="recovery-sheet")
    holding.end(KeyHolder.objects.get(account=world.manager), world.manager, "lost")
    with pytest.raises(Refusal, match="last-key-holder"):
        holding.end(sheet, world.manager, "lost")
    storehouse_session.unlock(world.recovery, world.manager)


def test_a_new_sheet_opens_old_and_new_and_the_lost_one_nothing_new(world: World) -> None:
    old = newest()
    storehouse_session.unlock(world.passphrase, world.manager)
    fresh = holding.replace_sheet(world.manager)
    storehouse_session.lock()
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(world.recovery, world.manager)
    storehouse_session.unlock(fresh, world.manager)
    assert {old.key_id, newest().key_id} <= set(storehouse_session.opened_keys())


def test_what_an_old_copy_still_opens_is_shown_until_it_is_erased(
    world: World, second: tuple[Account, str], recorder: RunningRecorder, now: ManualClock
) -> None:
    segment, _ = recorder.segment(world.camera)
    intake.take_in()
    old = newest()
    holding.end(KeyHolder.objects.get(account=second[0]), world.manager, "removed")
    [copy] = holding.old_copies()
    row = Segment.objects.get(id=segment)
    assert (copy.holder.account, copy.first_ns, copy.until_ns) == (second[0], row.start_ns, row.erase_at_ns)
    assert "old-copies" in browser(world.manager).get("/storehouse/holders/").content.decode()
    now.advance_s(2 * 86_400)
    assert storehouse_keys.forget_dead_pairs() == 0  # its footage lives
    Segment.objects.update(state="erased")
    assert storehouse_keys.forget_dead_pairs() == 1
    assert holding.old_copies() == []
    assert not KeyWrap.objects.filter(pair=old).exclude(sealed="").exists()
    assert KeyWrap.objects.filter(pair=newest()).exclude(sealed="").exists()
    storehouse_session.unlock(world.passphrase, world.manager)


@pytest.fixture
def together(world: World, second: tuple[Account, str]) -> tuple[Account, str]:
    """Two must come together from now on."""
    storehouse_session.unlock(world.passphrase, world.manager)
    holding.set_two_together(True, world.manager)
    assert not storehouse_session.is_unlocked()
    return second


def test_two_together_open_and_neither_does_alone(world: World, together: tuple[Account, str]) -> None:
    for account, digits in ((world.manager, world.passphrase), together, (world.manager, world.recovery)):
        with pytest.raises(Refusal, match="second-holder-needed"):
            storehouse_session.unlock(digits, account)
        with pytest.raises(WrongPassphrase):
            storehouse_session.unlock(digits, account, digits)  # the same person twice is one person
    for other in (together[1], world.recovery):
        storehouse_session.unlock(world.passphrase, world.manager, other)
        assert newest().key_id in storehouse_session.opened_keys()
        storehouse_session.lock()


def test_no_wrap_in_the_database_opens_with_one_holders_key(
    world: World, together: tuple[Account, str]
) -> None:
    """The attack: one holder with the whole database and no second person."""
    for digits in (world.passphrase, together[1], world.recovery):
        keys = []
        for holder in key_opening.holders():
            try:
                keys.append(storehouse.unwrap_private(holder.locked, digits))
            except KuramoriError:
                continue
        assert len(keys) == 1
        for wrap in KeyWrap.objects.exclude(sealed=""):
            for tried in ([keys[0]], [keys[0], keys[0]]):
                with pytest.raises(Damaged):
                    open_with_holders(bytes.fromhex(wrap.sealed), tried, wrap.pair_id)


def test_a_third_holder_joins_and_leaves_two_together(world: World, together: tuple[Account, str]) -> None:
    storehouse_session.unlock(world.passphrase, world.manager, together[1])
    third = person("third", "manager")
    digits = holding.add_person(third, world.manager)
    storehouse_session.lock()
    storehouse_session.unlock(digits, third, world.passphrase)
    holding.end(KeyHolder.objects.get(account=third), world.manager, "removed")
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(world.passphrase, world.manager, digits)


def test_seals_are_bound_to_pair_and_order() -> None:
    key, a, b = (storehouse.new_storehouse_key() for _ in range(3))
    sealed = seal_to_holders(key, [a.public, b.public])
    assert open_with_holders(sealed, [a, b], key.id).private == key.private
    for holders, named in (([b, a], key.id), ([a, b], a.id), ([a, a], key.id), ([a], key.id)):
        with pytest.raises(Damaged):
            open_with_holders(sealed, holders, named)


def test_a_holder_from_before_is_changed_over_when_it_opens(world: World) -> None:
    """A row of the first version: the storehouse key itself under the digits, and no wrap."""
    key = key_opening.with_digits(world.passphrase)
    holder = KeyHolder.objects.get(account=world.manager)
    KeyWrap.objects.filter(holder=holder).delete()
    KeyHolder.objects.filter(pk=holder.pk).update(
        public="", locked=storehouse.wrap_private(key, world.passphrase)
    )
    for _ in range(2):
        storehouse_session.unlock(world.passphrase, world.manager)
        assert newest().key_id in storehouse_session.opened_keys()
        storehouse_session.lock()
    assert KeyHolder.objects.get(pk=holder.pk).public
    assert KeyWrap.objects.get(holder=holder).sealed


def test_the_page_gives_takes_and_prints(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    third = person("third", "manager")
    page.post("/storehouse/unlock/", {"passphrase": world.passphrase})
    shown = page.post("/storehouse/holders/add/", {"account": third.pk}).content.decode()
    assert 'id="passphrase"' in shown
    assert 'id="passphrase"' not in page.get("/storehouse/holders/").content.decode()
    assert "application/pdf;base64," in page.post("/storehouse/holders/envelope/").content.decode()
    holder = KeyHolder.objects.get(account=third)
    assert page.post(f"/storehouse/holders/{holder.pk}/end/", {"why": "removed"}).status_code == 302
    assert KeyHolder.objects.get(pk=holder.pk).ended_why == "removed"
    assert (
        "application/pdf;base64,"
        in page.post("/storehouse/holders/sheet/", {"all_lost": "yes"}).content.decode()
    )


@pytest.mark.parametrize("path", ["add/", "sheet/", "envelope/", "two/", "1/end/", ""])
def test_an_operator_does_nothing_with_keys(world: World, now: ManualClock, path: str) -> None:
    page = browser(world.operator)
    ask = page.post if path else page.get
    before = KeyWrap.objects.count()
    assert ask(f"/storehouse/holders/{path}", {"account": world.operator.pk, "why": "lost"}).status_code in (
        302,
        403,
        404,
    )
    assert KeyWrap.objects.count() == before and KeyHolder.objects.filter(ended_ns=None).count() == 2


def test_the_schema_takes_one_living_wrap_of_a_pair_per_holder(
    world: World, second: tuple[Account, str]
) -> None:
    wrap = KeyWrap.objects.filter(second=None, destroyed_ns=None).first()
    assert wrap is not None
    other = KeyHolder.objects.exclude(pk=wrap.holder_id).first()
    same = {"pair": wrap.pair, "holder": wrap.holder, "sealed": "00", "created_ns": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyWrap.objects.create(**same)
    KeyWrap.objects.create(**same, second=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyWrap.objects.create(**same, second=other)
    KeyWrap.objects.create(**same | {"sealed": ""}, destroyed_ns=2)


def test_a_sheet_is_not_made_while_locked_unless_all_keys_are_lost_and_then_everybody_is_told(
    world: World,
) -> None:
    with pytest.raises(Refusal, match="storehouse-locked"):
        holding.replace_sheet(world.manager)
    old = newest()
    fresh = holding.replace_sheet(world.manager, all_lost=True)
    assert [one.code for one in findings.standing()] == [holding.SHEET_WHILE_LOCKED]
    storehouse_session.unlock(fresh, world.manager)
    assert old.key_id not in storehouse_session.opened_keys()
    holding.replace_sheet(world.manager)
    assert findings.standing() == []
