"""The look at a part of a package that is open at this very console."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from kuramori import clock
from kuramori.access import viewings
from kuramori.access.models import Grant

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from kuramori.evidence.models import PackagePart
    from kuramori.people.models import Account


def grants_of(account: Account, part: PackagePart) -> QuerySet[Grant]:
    """What lets `account` look at `part` now."""
    return Grant.objects.filter(
        kind="playback",
        approval=part.approval,
        account=account.pk,
        expires_at_ns__gt=clock.now_ns(),
        ended_ns=None,
        withdrawn_ns=None,
    )


def open_look(request: HttpRequest, part: PackagePart) -> Grant | None:
    """The grant under which this person looks at `part` here and now; None where there is no look."""
    console = viewings.console_of(request)
    return next(
        (
            grant
            for grant in grants_of(cast("Account", request.user), part)
            if viewings.open_at(grant, console)
        ),
        None,
    )
