"""Who holds a key: adding, removing, losing, replacing. Each is one transaction with its ledger entry.

Whoever goes, takes with them what they could open until then; so a new key pair begins for new footage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Min

from kuramori import clock
from kuramori.access import key_opening, storehouse_keys, storehouse_session, wrong_tries
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair, StorehouseRule
from kuramori.errors import BadInput, Refusal, WrongPassphrase
from kuramori.footage import findings
from kuramori.footage.models import LIVING, Segment
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.people.models import Account
    from kuramori.vault.storehouse import StorehouseKey

ENVELOPE_NEEDED = "new-envelope-needed"
SHEET_WHILE_LOCKED = "sheet-made-while-locked"


@dataclass(frozen=True, slots=True)
class StillOpens:
    """What an old copy of an ended holder's key can open, from which footage until when (ns UTC)."""

    holder: KeyHolder
    together: bool
    """Only with the old copy of a second holder's key as well."""
    first_ns: int
    last_ns: int
    until_ns: int
    """When the last of it is erased."""


def add_person(account: Account, by: Account) -> str:
    """Make `account` a key-holder and return their digits, shown once. Needs the storehouse open."""
    _require_manager(by)
    keys = storehouse_session.opened_keys()
    if KeyHolder.objects.filter(account=account, ended_ns=None).exists():
        raise BadInput("holds-a-key-already")
    holder, passphrase = storehouse_keys.new_holder(KeyHolder.PASSPHRASE, account)
    with transaction.atomic():
        _enter(holder, keys, by)
    return passphrase


def add_token(account: Account, serial: str, pin: str, by: Account) -> None:
    """Make `account` a key-holder by a token of theirs, in place of their slip if they have one.

    Needs the storehouse open, the token plugged in and its PIN. Wrong PINs are slowed as wrong passphrases
    are: a token locks itself after a few. Raises `Refusal`, `WrongPassphrase` and `TokenTrouble`.
    """
    _require_manager(by)
    keys = storehouse_session.opened_keys()
    now_ns = clock.now_ns()
    wrong_tries.require_no_delay(by, now_ns)
    try:
        holder = storehouse_keys.new_token_holder(account, serial, pin)
    except WrongPassphrase:
        wrong_tries.add(by, now_ns)
        raise
    with transaction.atomic():
        wrong_tries.forget(by)
        _take_the_place(KeyHolder.objects.filter(account=account, ended_ns=None), holder, keys, by)


def end(holder: KeyHolder, by: Account, why: str) -> None:
    """Remove a person, or take note that a sheet or slip is lost (`why`: removed, lost). Works while locked.

    New footage is sealed to a new key pair from now on; the old pairs stay with the remaining holders.
    """
    _require_manager(by)
    remaining = [
        one for one in key_opening.holders() if one.pk != holder.pk and one.kind != KeyHolder.ENVELOPE
    ]
    if holder.kind != KeyHolder.ENVELOPE and len(remaining) < (2 if key_opening.two_together() else 1):
        raise Refusal("last-key-holder", clause="T6c", kind="security")
    with transaction.atomic():
        close(holder, by.actor, why)
        storehouse_keys.renew(by.actor, f"key-holder-{why}")
        if holder.kind == KeyHolder.ENVELOPE:
            findings.stand(ENVELOPE_NEEDED, actor=by.actor)
    storehouse_session.lock(by, f"key-holder-{why}")


def replace_sheet(by: Account, *, all_lost: bool = False) -> str:
    """A new recovery sheet; the old one opens nothing new. Returns its digits.

    Needs the storehouse open: who holds no key would otherwise give themselves one for all that is to come.
    Where every key is lost (`all_lost`), one for new footage alone is made while locked; that is a finding
    until a sheet is made with the storehouse open. Raises `Refusal`.
    """
    _require_manager(by)
    is_open = storehouse_session.is_unlocked() and storehouse_session.scope() is None
    if not is_open and not all_lost:
        raise Refusal("storehouse-locked", clause="T6c", kind="security")
    passphrase = _replace(KeyHolder.SHEET, by)
    if is_open:
        findings.clear(SHEET_WHILE_LOCKED, actor=by.actor)
    else:
        findings.stand(SHEET_WHILE_LOCKED, actor=by.actor, by=by.actor)
    return passphrase


def new_envelope(by: Account) -> str:
    """A new emergency envelope in place of the old one, if any. Needs the storehouse open. Returns digits."""
    storehouse_session.require_key_holder()
    passphrase = _replace(KeyHolder.ENVELOPE, by)
    findings.clear(ENVELOPE_NEEDED, actor=by.actor)
    return passphrase


def set_two_together(on: bool, by: Account) -> None:  # noqa: FBT001  the rule's two states
    """Two must open together from now on, or each alone again. Needs the storehouse open.

    Old copies still hold what one alone could open: a new key pair begins for new footage.
    """
    _require_manager(by)
    keys = storehouse_session.opened_keys()
    people = [one for one in key_opening.holders() if one.kind != KeyHolder.ENVELOPE]
    if on and (len(people) < 2 or any(not one.public for one in people)):
        raise BadInput("too-few-key-holders")
    now_ns = clock.now_ns()
    with transaction.atomic():
        StorehouseRule.objects.update_or_create(id=1, defaults={"two_together": on})
        for key_id, key in keys.items():
            pair = StorehouseKeyPair.objects.get(pk=key_id)
            key_opening.destroy(pair.wraps.filter(destroyed_ns=None), now_ns)
            key_opening.seal(key, pair, now_ns)
        entries.record("two-together", actor=by.actor, obj={"on": on}, outcome="done")
        storehouse_keys.renew(by.actor, "two-together")
    storehouse_session.lock(by, "two-together")


def close(holder: KeyHolder, actor: str, why: str) -> None:
    """End a holding inside the caller's transaction and empty its wraps; a new pair must follow."""
    now_ns = clock.now_ns()
    if not KeyHolder.objects.filter(pk=holder.pk, ended_ns=None).update(
        ended_ns=now_ns, ended_why=why, locked={}
    ):
        raise BadInput("holding-ended-already")
    key_opening.destroy(key_opening.wraps_of(holder), now_ns)
    entries.record("key-holder-ended", actor=actor, obj=_names(holder), outcome="done", reason=why)


def old_copies() -> list[StillOpens]:
    """What ended holders could still open with an old copy of their key; empty once all of it is erased."""
    found = []
    for holder in KeyHolder.objects.exclude(ended_ns=None).select_related("account"):
        for together in (False, True):
            wraps = KeyWrap.objects.filter(
                holder=holder, second__isnull=not together
            ) | KeyWrap.objects.filter(second=holder, second__isnull=not together)
            alive = Segment.objects.filter(storehouse_key__in=wraps.values("pair"), state__in=LIVING)
            span = alive.aggregate(
                first=Min("start_ns"), last=Max("end_ns"), begun=Max("start_ns"), until=Max("erase_at_ns")
            )
            if span["first"] is not None:
                last_ns = max(span["last"] or 0, span["begun"])
                found.append(StillOpens(holder, together, span["first"], last_ns, span["until"]))
    return found


def _replace(kind: str, by: Account) -> str:
    _require_manager(by)
    keys = {}
    if storehouse_session.is_unlocked() and storehouse_session.scope() is None:
        keys = storehouse_session.opened_keys()
    holder, passphrase = storehouse_keys.new_holder(kind)
    with transaction.atomic():
        _take_the_place(KeyHolder.objects.filter(kind=kind, ended_ns=None), holder, keys, by)
    return passphrase


def _take_the_place(
    former: Iterable[KeyHolder], holder: KeyHolder, keys: dict[str, StorehouseKey], by: Account
) -> None:
    """Enter `holder`. Whose place it takes may have left an old copy: then another pair begins as well."""
    ended = list(former)
    for old in ended:
        close(old, by.actor, "replaced")
    before = StorehouseKeyPair.objects.get(retired_ns=None)
    _enter(holder, keys, by)
    if ended and StorehouseKeyPair.objects.filter(pk=before.pk, retired_ns=None).exists():
        storehouse_keys.renew(by.actor, "key-holder-replaced")


def _enter(holder: KeyHolder, keys: dict[str, StorehouseKey], by: Account) -> None:
    """Save the holder and give it the opened keys.

    Where the newest pair is not among them, another one begins that it has a part in.
    """
    holder.save()
    now_ns = clock.now_ns()
    for key_id, key in keys.items():
        key_opening.seal(key, StorehouseKeyPair.objects.get(pk=key_id), now_ns, only=holder)
    entries.record("key-holder-added", actor=by.actor, obj=_names(holder), outcome="done")
    if not any(wrap.pair.retired_ns is None for wrap in key_opening.wraps_of(holder)):
        storehouse_keys.renew(by.actor, "key-holder-added")


def _require_manager(by: Account) -> None:
    require_role(by, clock.now_ns(), MANAGER)


def _names(holder: KeyHolder) -> dict[str, object]:
    named: dict[str, object] = {"holder": holder.kind}
    return named | ({"person": f"account:{holder.account_id}"} if holder.account_id else {})
