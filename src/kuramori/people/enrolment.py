"""Accounts come into being here: the first manager in the set-up, operators by appointment and invitation."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.people import contract_models, contractors, periods, sessions, setup_link
from kuramori.people.contract_models import Work
from kuramori.people.models import Account, Appointment, Invitation
from kuramori.people.roles import MANAGER, OPERATOR, appointed, in_force

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kuramori.people.contract_models import Contract

INVITATION_NS = int(timedelta(days=14).total_seconds()) * clock.NS_PER_S


def create_manager(
    username: str, full_name: str, password: str, *, operates: bool = False, stand_in: bool = False
) -> Account:
    """The first account, appointed manager by the installing body itself (and operator if they `operates`).

    Raises `BadInput("manager-exists")` when there already is an account, Django's `ValidationError` for a
    name or password that cannot be used. The second factor is chosen next, at /account/second-factor/.
    """
    with transaction.atomic():
        if Account.objects.exists():
            raise BadInput("manager-exists")
        validate_password(password, Account(username=username, full_name=full_name))
        account = Account.objects.create_user(username, password, full_name=full_name, stand_in=stand_in)
        for role in (MANAGER, OPERATOR) if operates else (MANAGER,):
            _appoint_self(account, role)
    setup_link.finish(settings.DATA)
    return account


def _appoint_self(account: Account, role: str) -> Appointment:
    now_ns = clock.now_ns()
    appointment = Appointment.objects.create(
        account=account,
        role=role,
        starts_ns=now_ns,
        ends_ns=periods.longest_appointment_ns(now_ns),
        accepted_at_ns=now_ns,
        appointed_by=account,
    )
    _record("appointed", account, appointment, by=account)
    _record("appointment-accepted", account, appointment, by=account)
    return appointment


def appoint_operator(
    username: str, full_name: str, *, ends_ns: int | None, by: Account
) -> tuple[Appointment, str]:
    """Appoint a new person as operator; as `appoint` does."""
    account = new_account(username, full_name)
    return appoint(account, OPERATOR, ends_ns=ends_ns, by=by)


def new_account(username: str, full_name: str) -> Account:
    """An account nobody can sign in to yet. Raises `ValidationError` for a name taken or unusable."""
    return Account.objects.create_user(username, None, full_name=full_name)


def appoint(
    account: Account,
    role: str,
    *,
    by: Account,
    ends_ns: int | None = None,
    post: str = "",
    scope_text: str = "",
    deputy: bool = False,
    succeeds: Appointment | None = None,
    contract: Contract | None = None,
) -> tuple[Appointment, str]:
    """Appoint a person; returns the appointment and the one-time token of its invitation.

    It counts for nothing until the person has accepted it (`accept`), and ends by itself after 13 months at
    the latest (`ends_ns` None: then). Whoever it `succeeds` leaves office at the acceptance. A firm's person
    works under a `contract` in force, at most until its end; BadInput `not-under-contract` otherwise.
    """
    now_ns = clock.now_ns()
    longest_ns = periods.longest_appointment_ns(now_ns)
    if ends_ns is not None and not now_ns < ends_ns <= longest_ns:
        raise BadInput("appointment-too-long")
    if contract is not None:
        contract = _operating(contract, account, role, now_ns)
        longest_ns = min(longest_ns, contract.until_ns)
        ends_ns = min(ends_ns or longest_ns, longest_ns)
    with transaction.atomic():
        appointment = Appointment.objects.create(
            account=account,
            role=role,
            post=post,
            scope_text=scope_text,
            deputy=deputy,
            starts_ns=now_ns,
            ends_ns=ends_ns or longest_ns,
            succeeds=succeeds,
            contract_id=contract.first_pk if contract is not None else None,
            appointed_by=by,
        )
        _record("appointed", account, appointment, by=by)
        return appointment, _fresh_token(appointment)


def _operating(contract: Contract, account: Account, role: str, now_ns: int) -> Contract:
    """The contract as it stands, if `account` may operate cameras under it."""
    found = contract_models.live(now_ns).filter(number=contract.number, work=Work.OPERATING).first()
    if found is None or role != OPERATOR or not contractors.on_list(found, [account.full_name]):
        raise BadInput("not-under-contract")
    return cast("Contract", found)


def new_invitation(appointment: Appointment, *, by: Account) -> str:
    """Another one-time token for an appointment not yet accepted; the older one stops working."""
    with transaction.atomic():
        if appointment.accepted_at_ns is not None or appointment.revoked_at_ns is not None:
            raise BadInput("invitation-not-open")
        _record("invitation-renewed", appointment.account, appointment, by=by)
        return _fresh_token(appointment)


def open_invitation(token: str) -> Invitation | None:
    """The invitation that `token` opens now, if any: known, unused, not expired, not revoked."""
    now_ns = clock.now_ns()
    return _invitations().filter(token_hash=_hash(token), expires_at_ns__gt=now_ns).first()


def accept(token: str, password: str) -> Account:
    """The invited person accepts the appointment and chooses a password. The token is used up.

    Raises `BadInput("invitation-not-open")`, or `ValidationError` for a password that cannot be used.
    """
    with transaction.atomic():
        invitation = open_invitation(token)
        if invitation is None:
            raise BadInput("invitation-not-open")
        appointment = invitation.appointment
        account = appointment.account
        set_password(account, password)
        invitation.used_at_ns = clock.now_ns()
        invitation.save(update_fields=["used_at_ns"])
        for one in offices_of(appointment):
            take_office(one)
    return account


def offices_of(appointment: Appointment) -> list[Appointment]:
    """What one acceptance takes: the appointment, or in a hand-over all that passes from the same person.

    Of a hand-over that was accepted already: what was taken with it.
    """
    if appointment.succeeds is None:
        return [appointment]
    rows = Appointment.objects.select_related("account", "succeeds__account").filter(
        account=appointment.account,
        succeeds__account=appointment.succeeds.account,
        accepted_at_ns=appointment.accepted_at_ns,
        starts_ns=appointment.starts_ns,
        revoked_at_ns=None,
    )
    return list(rows.order_by("pk")) or [appointment]


def set_password(account: Account, password: str) -> None:
    """The person's own password. Raises `ValidationError` for one that cannot be used."""
    validate_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])


def take_office(appointment: Appointment) -> None:
    """The appointed person accepts; their predecessor's appointment ends with it."""
    with transaction.atomic():
        appointment.accepted_at_ns = clock.now_ns()
        appointment.save(update_fields=["accepted_at_ns"])
        _record("appointment-accepted", appointment.account, appointment, by=appointment.account)
        if appointment.succeeds is not None:
            _end(appointment.succeeds, "succeeded", by=appointment.account)


def revoke(appointment: Appointment, *, by: Account, why: str = "") -> None:
    """End an appointment now. Without another role the person's open sessions end with it.

    Raises `BadInput("last-manager")` for the only manager's appointment: somebody must hold the office.
    """
    with transaction.atomic():
        if appointment.role == MANAGER and _other_managers(appointment, clock.now_ns()) == 0:
            raise BadInput("last-manager")
        _end(appointment, why, by=by)


def _end(appointment: Appointment, why: str, *, by: Account) -> None:
    """End it; who leaves the body with it reads of the lasting duty, and the record says so."""
    now_ns = clock.now_ns()
    ended = Appointment.objects.filter(pk=appointment.pk, revoked_at_ns=None)
    if not ended.update(revoked_at_ns=now_ns, ended_why=why.strip()):
        return
    appointment.refresh_from_db()
    if not appointed(now_ns).filter(account=appointment.account).exists():
        sessions.end_all(appointment.account)
        entries.record("lasting-duty", actor=by.actor, obj={"account": str(appointment.account_id)})
    _record("appointment-revoked", appointment.account, appointment, by=by)


def _other_managers(appointment: Appointment, now_ns: int) -> int:
    return in_force(now_ns).filter(role=MANAGER).exclude(account=appointment.account).count()


def _fresh_token(appointment: Appointment) -> str:
    token = secrets.token_urlsafe(24)
    Invitation.objects.update_or_create(
        appointment=appointment,
        defaults={
            "token_hash": _hash(token),
            "expires_at_ns": clock.now_ns() + INVITATION_NS,
            "used_at_ns": None,
        },
    )
    return token


def _invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("appointment__account").filter(
        used_at_ns__isnull=True,
        appointment__revoked_at_ns__isnull=True,
        appointment__accepted_at_ns__isnull=True,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(act: str, account: Account, appointment: Appointment, *, by: Account) -> None:
    entries.record(
        act,
        actor=by.actor,
        obj={"account": str(account.pk), "appointment": appointment.pk},
        reason=appointment.ended_why,
        detail={
            "role": appointment.role,
            "ends_ns": appointment.ends_ns,
            "deputy": appointment.deputy,
            **({"contract": appointment.contract.number} if appointment.contract is not None else {}),
        },
    )
