"""The storehouse's key pairs. The private halves leave these functions only sealed to key-holders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import key_opening
from kuramori.access.key_opening import open_wraps
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair
from kuramori.cameras.models import ApprovedPicture, Camera
from kuramori.errors import BadInput
from kuramori.footage import settings_file
from kuramori.footage.models import LIVING, SealingKey, Segment
from kuramori.ledger import entries
from kuramori.vault import storehouse
from kuramori.vault.holder_token import TokenTrouble

if TYPE_CHECKING:
    from kuramori.people.models import Account

__all__ = ["create_first_pair", "discard_unused", "exists", "forget_dead_pairs", "open_wraps", "renew"]

# How long after its retirement a pair's wraps stay at least: the recorder may be slow to change over.
SETTLED_NS = 24 * 3600 * clock.NS_PER_S


def create_first_pair(account: Account) -> tuple[str, str]:
    """Make the storehouse's key pair; returns the holder's passphrase and the recovery sheet's, shown once.

    Both are 24 digits in fours. Neither is kept anywhere. Raises `BadInput` where there is a pair already.
    """
    if exists():
        raise BadInput("storehouse-key-exists")
    # Wrapping is slow on purpose, so it is done before the database is held.
    mine, passphrase = new_holder(KeyHolder.PASSPHRASE, account)
    sheet, recovery = new_holder(KeyHolder.SHEET)
    with transaction.atomic():
        mine.save()
        sheet.save()
        pair = _make_pair()
        entries.record(
            "storehouse-key-made",
            actor=f"account:{account.pk}",
            obj={"storehouse_key": pair.key_id},
            outcome="done",
            detail={"wraps": [mine.kind, sheet.kind]},
        )
        settings_file.write(f"account:{account.pk}")
    return passphrase, recovery


def new_holder(kind: str, account: Account | None = None) -> tuple[KeyHolder, str]:
    """A holder that is not saved yet, and the digits that open it: kept nowhere, shown once."""
    passphrase = storehouse.new_passphrase()
    own = storehouse.new_storehouse_key()
    try:
        locked = storehouse.wrap_private(own, passphrase)
    finally:
        own.wipe()
    holder = KeyHolder(
        kind=kind, account=account, public=own.public.hex(), locked=locked, created_ns=clock.now_ns()
    )
    return holder, passphrase


def new_token_holder(account: Account, serial: str, pin: str) -> KeyHolder:
    """A holder that is not saved yet, its private half under that token of the account's.

    Raises `WrongPassphrase` for a wrong PIN and `TokenTrouble`.
    """
    module = key_opening.tokens()
    if module is None:
        raise TokenTrouble
    own = storehouse.new_storehouse_key()
    try:
        locked = module.seal(own, serial, pin)
    finally:
        own.wipe()
    return KeyHolder(
        kind=KeyHolder.TOKEN,
        account=account,
        public=own.public.hex(),
        locked=locked,
        created_ns=clock.now_ns(),
    )


def exists() -> bool:
    """Whether the storehouse has a key pair: without one nothing is recorded."""
    return StorehouseKeyPair.objects.exists()


def renew(actor: str, why: str) -> StorehouseKeyPair:
    """A new key pair for new footage, given to everybody who is a holder now. Needs nobody present.

    Inside the caller's transaction. The old pair stays, under its remaining wraps, for its own footage.
    """
    now_ns = clock.now_ns()
    StorehouseKeyPair.objects.filter(retired_ns=None).update(retired_ns=now_ns)
    pair = _make_pair()
    entries.record(
        "storehouse-key-renewed",
        actor=actor,
        obj={"storehouse_key": pair.key_id},
        outcome="done",
        reason=why,
    )
    settings_file.write(actor)
    return pair


def forget_dead_pairs() -> int:
    """Destroy the wraps of retired pairs whose last footage is erased; returns how many pairs died."""
    now_ns = clock.now_ns()
    died = 0
    for pair in StorehouseKeyPair.objects.filter(retired_ns__lt=now_ns - SETTLED_NS):
        if Segment.objects.filter(storehouse_key=pair.key_id, state__in=LIVING).exists():
            continue
        with transaction.atomic():
            if key_opening.destroy(pair.wraps.filter(destroyed_ns=None), now_ns):
                died += 1
                # Nothing opens these any more. (Any unlocking since would have sealed them anew.)
                ApprovedPicture.objects.filter(storehouse_key=pair.key_id).delete()
                entries.record(
                    "storehouse-key-ended",
                    actor="program:work",
                    obj={"storehouse_key": pair.key_id},
                    outcome="done",
                )
    return died


def discard_unused(account: Account) -> None:
    """Take back the first pair while nothing was ever sealed to it (the page with its passphrase was lost).

    Raises `BadInput` `storehouse-key-in-use` once a camera is registered or footage exists.
    """
    with transaction.atomic():
        if Camera.objects.exists() or Segment.objects.exists():
            raise BadInput("storehouse-key-in-use")
        for pair in StorehouseKeyPair.objects.all():
            entries.record(
                "storehouse-key-discarded",
                actor=f"account:{account.pk}",
                obj={"storehouse_key": pair.key_id},
                outcome="done",
            )
        KeyWrap.objects.all().delete()
        KeyHolder.objects.all().delete()
        StorehouseKeyPair.objects.all().delete()
        SealingKey.objects.all().delete()
        settings_file.write(f"account:{account.pk}")


def _make_pair() -> StorehouseKeyPair:
    """A fresh pair, its private half sealed to the holders and then wiped."""
    key = storehouse.new_storehouse_key()
    try:
        now_ns = clock.now_ns()
        newest = SealingKey.in_force()
        since_ns = max(now_ns, newest.since_ns + 1) if newest else now_ns
        sealing = SealingKey.objects.create(key_id=key.id, public=key.public.hex(), since_ns=since_ns)
        pair = StorehouseKeyPair.objects.create(sealing_key=sealing, created_ns=now_ns)
        key_opening.seal(key, pair, now_ns)
    finally:
        key.wipe()
    return pair
