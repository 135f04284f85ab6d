"""Refusals and failures before sign-in: written once a minute for each address.

Otherwise anybody on the network could fill the ledger, and so the disk, by knocking.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.core.cache import cache

from kuramori.ledger import entries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.people.models import Account

WINDOW_S = 60


def address_of(request: HttpRequest) -> str:
    """The network address the request came from; no header can change it.

    All of this machine's own are one: any program on it may call from sixteen million of them.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        return "127.0.0.1" if ipaddress.ip_address(address).is_loopback else address
    except ValueError:
        return address


def may_write(request: HttpRequest, what: str) -> bool:
    """Whether an anonymous `what` from this address may be written now; true once a minute."""
    return bool(cache.add(f"knock:{what}:{address_of(request)}", True, WINDOW_S))


def record_failed_sign_in(request: HttpRequest, account: Account | None, step: str) -> None:
    """Write a failed sign-in (`step`: password or second-factor)."""
    if may_write(request, f"{step}:{account.pk if account else ''}"):
        entries.record_now(
            "signed-in",
            actor="anonymous",
            obj={"account": str(account.pk)} if account else {},
            outcome="failed",
            detail={"step": step, "address": address_of(request)},
        )
