"""Looks by a grant: who sits at the screen, at which console, how often. All of it before the first frame."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check
from kuramori.access.models import Grant, Onlooker, Viewing
from kuramori.errors import BadInput, Refusal
from kuramori.ledger import entries
from kuramori.places.models import Body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from kuramori.people.models import Account

WITHOUT_A_CASE = 3
"""How often a grant that stands on no case (envelope, check of a camera) may be looked at."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody without an account at the screen, as they were entered."""

    role: str
    name: str
    paper: str
    accepted: str
    office: str = ""


def console_of(request: HttpRequest) -> str:
    """Which console asks: this browser session, at this address, in this program.

    A session's cookie taken to another machine or program is therefore another console.
    """
    said = (
        request.session.session_key or "",
        _machine(request.META.get("REMOTE_ADDR", "")),
        request.headers.get("User-Agent", ""),
    )
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


def _machine(address: str) -> str:
    """An address as the machine it stands for: one browser reaches localhost by IPv4 and by IPv6."""
    try:
        return "this machine" if ipaddress.ip_address(address).is_loopback else address
    except ValueError:
        return address


def begin(
    grant: Grant,
    account: Account,
    console: str,
    present: Sequence[Present] = (),
    pc: int | None = None,
) -> Viewing:
    """Begin a look: checked, and in the ledger with everybody present before the first byte.

    `pc` is the registered PC; None is the recorder's own screen. A look of the same grant that is open is
    ended by it. Raises `Refusal`; `BadInput` for a nameless one.
    """
    now_ns = clock.now_ns()
    grant_check.require_playback(grant, account, now_ns, pc)
    if any(not (one.name.strip() and one.paper.strip() and one.accepted) for one in present):
        raise BadInput("onlooker-incomplete")
    _require_witness(grant, present)
    with transaction.atomic(durable=True):
        taken = _taken(grant)
        if taken >= (grant.approval.viewings if grant.approval else WITHOUT_A_CASE):
            raise Refusal("viewings-used-up", clause="T7", grant=grant.id, count=taken)
        Viewing.objects.filter(grant=grant, ended_ns=None).update(ended_ns=now_ns)
        viewing = Viewing.objects.create(
            grant=grant, number=taken + 1, console=console, pc=pc, began_ns=now_ns
        )
        for one in present:
            Onlooker.objects.create(
                viewing=viewing,
                role=one.role,
                name=one.name.strip(),
                office=one.office.strip(),
                paper=one.paper.strip(),
                accepted=one.accepted,
                entered_ns=now_ns,
            )
        entries.record(
            "playback-look",
            actor=account.actor,
            obj={"grant": grant.id, "camera": grant.camera_id, "case": grant.case_text},
            outcome="allowed",
            reason=grant.reason,
            detail={
                "at": clock.iso(grant.start_ns or 0),
                "viewing": viewing.number,
                "console": console,
                **({"pc": pc} if pc is not None else {}),
                "present": [
                    f"{one.role}: {one.office} {one.name} ({one.paper}; {one.accepted})" for one in present
                ],
            },
        )
    return viewing


def require(grant: Grant, console: str) -> None:
    """Raise `Refusal` unless a look of `grant` has begun at this very console and is not over."""
    viewing = Viewing.objects.filter(grant=grant, ended_ns=None).first()
    if viewing is None:
        raise Refusal("viewing-not-begun", clause="T7", grant=grant.id)
    if viewing.console != console:
        raise Refusal("grant-other-console", clause="T6a", grant=grant.id)


def open_at(grant: Grant, console: str) -> bool:
    """Whether a look of `grant` is open at this console."""
    return Viewing.objects.filter(grant=grant, ended_ns=None, console=console).exists()


def close(grant: Grant) -> None:
    """The look is over; inside the caller's transaction."""
    Viewing.objects.filter(grant=grant, ended_ns=None).update(ended_ns=clock.now_ns())


def left(grant: Grant) -> int:
    """How many looks are left."""
    return max(0, (grant.approval.viewings if grant.approval else WITHOUT_A_CASE) - _taken(grant))


def _taken(grant: Grant) -> int:
    """Looks are counted over all grants of the same approval: another grant makes none new."""
    if grant.approval_id:
        return Viewing.objects.filter(grant__approval=grant.approval_id).count()
    return Viewing.objects.filter(grant=grant).count()


def _require_witness(grant: Grant, present: Sequence[Present]) -> None:
    if not any(one.role == Onlooker.ASKER for one in present):
        return
    if grant.approval is None:
        raise Refusal("onlookers-need-a-case", clause="T7")
    body = Body.objects.first()
    alone = bool(body and body.one_person)
    if grant.approval.witness and not alone and not any(one.role == Onlooker.WITNESS for one in present):
        raise Refusal("witness-missing", clause="T7", kind="regulations")
