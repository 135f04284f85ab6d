"""Wrong passphrases are answered more and more slowly.

The delay is in the database, so a restart does not end it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access.models import WrongTries
from kuramori.errors import Refusal
from kuramori.ledger import entries

if TYPE_CHECKING:
    from kuramori.people.models import Account

FREE_TRIES = 2
LONGEST_S = 3600


def delay_s(count: int) -> int:
    """Seconds until the next try after `count` wrong ones in a row: 0, 0, 2, 4, 8 … at most an hour."""
    return 0 if count <= FREE_TRIES else min(2 ** (count - FREE_TRIES), LONGEST_S)


def wait_s(account: Account, now_ns: int) -> int:
    """Whole seconds until `account` may try again; 0 for now."""
    tries = WrongTries.objects.filter(account=account).first()
    return max(0, -(-(tries.not_before_ns - now_ns) // clock.NS_PER_S)) if tries else 0


def require_no_delay(account: Account, now_ns: int) -> None:
    """Raise `Refusal` while `account` has to wait; the passphrase is then not even tried."""
    if seconds := wait_s(account, now_ns):
        raise Refusal("wait-after-wrong-passphrase", clause="T6a", kind="security", seconds=seconds)


def add(account: Account, now_ns: int) -> int:
    """Count one more wrong passphrase, in the ledger too; returns the seconds to wait now."""
    with transaction.atomic():
        tries, _ = WrongTries.objects.select_for_update().get_or_create(account=account)
        tries.count += 1
        delay = delay_s(tries.count)
        tries.not_before_ns = now_ns + delay * clock.NS_PER_S
        tries.save()
        entries.record(
            "storehouse-unlock",
            actor=f"account:{account.pk}",
            obj={},
            outcome="failed",
            reason="wrong-passphrase",
            detail={"wrong_in_a_row": tries.count, "wait_s": delay},
        )
    return delay


def forget(account: Account) -> None:
    """The passphrase was right."""
    WrongTries.objects.filter(account=account).delete()
