"""The storehouse's key pair and its wraps. The private half leaves these functions only wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access.models import KeyWrap, StorehouseKeyPair
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Damaged, WrongPassphrase
from kuramori.footage import settings_file
from kuramori.footage.models import SealingKey, Segment
from kuramori.ledger import entries
from kuramori.vault import storehouse

if TYPE_CHECKING:
    from kuramori.people.models import Account


def create_first_pair(account: Account) -> tuple[str, str]:
    """Make the storehouse's key pair; returns the holder's passphrase and the recovery sheet's, shown once.

    Both are 24 digits in fours. Neither is kept anywhere. Raises `BadInput` where there is a pair already.
    """
    if StorehouseKeyPair.objects.exists():
        raise BadInput("storehouse-key-exists")
    passphrase, recovery = storehouse.new_passphrase(), storehouse.new_passphrase()
    key = storehouse.new_storehouse_key()
    try:
        # Wrapping is slow on purpose, so it is done before the database is held.
        mine = storehouse.wrap_private(key, passphrase)
        sheet = storehouse.wrap_private(key, recovery)
        with transaction.atomic():
            pair = _write_pair(key)
            now_ns = clock.now_ns()
            KeyWrap.objects.create(
                pair=pair, holder=account, kind="passphrase", wrapped=mine, created_ns=now_ns
            )
            KeyWrap.objects.create(pair=pair, kind="recovery-sheet", wrapped=sheet, created_ns=now_ns)
            entries.record(
                "storehouse-key-made",
                actor=f"account:{account.pk}",
                obj={"storehouse_key": pair.key_id},
                outcome="done",
                detail={"wraps": ["passphrase", "recovery-sheet"]},
            )
            settings_file.write(f"account:{account.pk}")
    finally:
        key.wipe()
    return passphrase, recovery


def exists() -> bool:
    """Whether the storehouse has a key pair: without one nothing is recorded."""
    return StorehouseKeyPair.objects.exists()


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
        StorehouseKeyPair.objects.all().delete()
        SealingKey.objects.all().delete()
        settings_file.write(f"account:{account.pk}")


def open_wraps(account: Account, passphrase: str) -> dict[str, storehouse.StorehouseKey]:
    """The private keys, by id, that `passphrase` opens: the account's own wraps, else the recovery sheet's.

    Raises `WrongPassphrase` when it opens nothing, `BadInput` when there is nothing to open.
    """
    own = KeyWrap.objects.filter(holder=account)
    sheets = KeyWrap.objects.filter(kind="recovery-sheet")
    if not own.exists() and not sheets.exists():
        raise BadInput("no-storehouse-key")
    opened: dict[str, storehouse.StorehouseKey] = {}
    for wraps in (own, sheets):
        for wrap in wraps.order_by("-created_ns"):
            try:
                key = storehouse.unwrap_private(wrap.wrapped, passphrase)
            except (WrongPassphrase, Damaged):
                continue
            opened[key.id] = key
            KeyWrap.objects.filter(pk=wrap.pk).update(used_ns=clock.now_ns())
        if opened:
            return opened
    raise WrongPassphrase


def _write_pair(key: storehouse.StorehouseKey) -> StorehouseKeyPair:
    now_ns = clock.now_ns()
    sealing = SealingKey.objects.create(key_id=key.id, public=key.public.hex(), since_ns=now_ns)
    return StorehouseKeyPair.objects.create(sealing_key=sealing, created_ns=now_ns)
