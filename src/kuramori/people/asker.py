"""Who asks, where only a manager may."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from kuramori import clock
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from django.http import HttpRequest


def manager_of(request: HttpRequest) -> Account:
    """The signed-in manager. Raises `Refusal` (T6a) for anybody else."""
    account = cast("Account", request.user)
    require_role(account, clock.now_ns(), MANAGER)
    return account
