"""Which roles a person holds now: an appointment in force, a current pledge and a current training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kuramori.errors import Refusal
from kuramori.people import contract_models
from kuramori.people.duty_models import Pledge, Training
from kuramori.people.models import Account, Appointment, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

MANAGER = Role.MANAGER.value
OPERATOR = Role.OPERATOR.value


def appointed(now_ns: int) -> QuerySet[Appointment]:
    """The appointments in force at `now_ns`: accepted, begun, not ended, not revoked, account active.

    A firm's person has none but under a contract in force, with every clause, for operating the cameras.
    """
    its = Q(pk=OuterRef("contract")) | Q(first=OuterRef("contract"))
    contracts = contract_models.live(now_ns).filter(its, work=contract_models.Work.OPERATING)
    return Appointment.objects.filter(
        Q(revoked_at_ns__isnull=True) | Q(revoked_at_ns__gt=now_ns),
        Q(contract__isnull=True) | Exists(contracts),
        account__is_active=True,
        accepted_at_ns__lte=now_ns,
        starts_ns__lte=now_ns,
        ends_ns__gt=now_ns,
    )


def in_force(now_ns: int) -> QuerySet[Appointment]:
    """The appointments that give a role at `now_ns`: in force, the person pledged and trained."""
    mine = {"account": OuterRef("account")}
    pledges = Pledge.objects.filter(
        Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns), signed_ns__lte=now_ns, **mine
    )
    trainings = Training.objects.filter(done_ns__lte=now_ns, until_ns__gt=now_ns, **mine)
    return appointed(now_ns).filter(Exists(pledges), Exists(trainings))


def is_appointed(account: Account | AnonymousUser, now_ns: int) -> bool:
    """Whether `account` was appointed and has accepted; pledge or training may be missing yet."""
    return account.pk is not None and appointed(now_ns).filter(account_id=account.pk).exists()


def role_of(account: Account | AnonymousUser, now_ns: int) -> set[str]:
    """The roles ("manager", "operator") that `account` holds at `now_ns`; empty for anybody not signed in."""
    if account.pk is None:
        return set()
    return set(in_force(now_ns).filter(account_id=account.pk).values_list("role", flat=True))


def require_role(account: Account | AnonymousUser, now_ns: int, *roles: str) -> None:
    """Raise `Refusal` (T6a) unless `account` holds one of `roles` at `now_ns`."""
    if not role_of(account, now_ns) & set(roles):
        raise Refusal("role-needed", clause="T6a", kind="guideline", roles=list(roles))
