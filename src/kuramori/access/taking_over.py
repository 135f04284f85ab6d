"""A new recorder takes the cameras over from the one whose backup it was made of.

The copies are opened with the storehouse's private key, so somebody has unlocked it; they go to the recorder
and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import storehouse_session
from kuramori.cameras.device_models import SealedCredentials
from kuramori.footage import datadir, recorder_socket
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.vault import credential_seal

if TYPE_CHECKING:
    from kuramori.people.models import Account


def waiting() -> int:
    """How many cameras another recorder left."""
    return _left().count()


def take_over(account: Account) -> int:
    """Give this recorder the credentials that the former one had; returns of how many cameras.

    Raises Refusal (no manager, storehouse locked, opened by the envelope), Damaged, RecorderUnreachable.
    """
    require_role(account, clock.now_ns(), MANAGER)
    storehouse_session.require_key_holder()
    taken = 0
    for copy in _left():
        key = storehouse_session.private_key(copy.storehouse_key)
        row = credential_seal.unseal(
            key.private,
            bytes.fromhex(copy.sealed),
            recorder=copy.recorder,
            camera=copy.camera_id,
            key=copy.storehouse_key,
        )
        with transaction.atomic():
            entries.record(
                "credentials-taken-over", actor=account.actor, obj={"camera": copy.camera_id}, outcome="done"
            )
            copy.delete()
            recorder_socket.put_credentials(copy.camera_id or copy.pk, row["user"], row["password"])
        taken += 1
    return taken


def _left():  # type: ignore[no-untyped-def]
    return SealedCredentials.objects.filter(camera__retired_ns=None).exclude(recorder=datadir.recorder_id())
