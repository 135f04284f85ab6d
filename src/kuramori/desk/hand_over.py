"""An office passes on (引継ぎ): one link by which the successor accepts, pledges and gets a key of their own.

At that instant the leaver's appointments, open sessions and key end. What only people can do (keys of rooms,
papers in the safe) is listed until it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.access import holding, storehouse_session
from kuramori.access.models import KeyHolder
from kuramori.cases import states
from kuramori.cases.models import Case
from kuramori.errors import BadInput, Refusal
from kuramori.guideline import reading_registers
from kuramori.ledger import entries
from kuramori.people import duties, enrolment
from kuramori.people.console_models import Console
from kuramori.people.roles import MANAGER, appointed, require_role
from kuramori.places.room_models import KeyAct, KeyMove

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kuramori.people.models import Account, Appointment


@dataclass(frozen=True, slots=True)
class Received:
    """What a successor got. `digits` open the storehouse, shown once; `key_left`: the leaver's stays."""

    account: Account
    digits: str
    key_left: bool


@dataclass(frozen=True, slots=True)
class Point:
    """Something that goes with the office, and where it is put in order. `found` names it."""

    words: str | _StrPromise
    href: str
    label: str | _StrPromise
    found: str = ""


def offices(leaver: Account, now_ns: int) -> list[Appointment]:
    """The appointments that a hand-over passes on; none of a firm's person, whose contract is another's."""
    return list(appointed(now_ns).filter(account=leaver, contract=None).order_by("role", "pk"))


def prepare(
    leaver: Account, username: str, full_name: str, *, post: str, ends_ns: int, by: Account
) -> tuple[Appointment, str]:
    """Appoint a new person to everything `leaver` is appointed to; returns the first and its one-time token.

    Nothing ends before they accept. Raises `Refusal` for others than managers, BadInput
    `nothing-to-hand-over`.
    """
    now_ns = clock.now_ns()
    require_role(by, now_ns, MANAGER)
    passing = offices(leaver, now_ns)
    if not passing:
        raise BadInput("nothing-to-hand-over")
    with transaction.atomic():
        account = enrolment.new_account(username, full_name)
        made = [
            enrolment.appoint(
                account,
                one.role,
                by=by,
                ends_ns=ends_ns,
                post=post,
                scope_text=one.scope_text,
                deputy=one.deputy,
                succeeds=one,
            )
            for one in passing
        ]
    return made[0]


def receive(token: str, password: str, *, version: int, answers: Mapping[str, int]) -> Received:
    """The successor accepts, pledges and takes the keys over at once: no moment without a manager.

    Raises what `enrolment.accept` and `duties.take` raise; then nothing has changed.
    """
    with transaction.atomic():
        invitation = enrolment.open_invitation(token)
        if invitation is None or invitation.appointment.succeeds is None:
            raise BadInput("invitation-not-open")
        appointment, leaver = invitation.appointment, invitation.appointment.succeeds.account
        manages = _manages(appointment)
        account = enrolment.accept(token, password)
        duties.take(account, version=version, answers=answers)
        digits, key_left = _change_keys(leaver, account, account if manages else appointment.appointed_by)
        entries.record(
            "office-handed-over",
            actor=account.actor,
            obj={"account": str(account.pk), "appointment": appointment.pk},
            detail={"leaver": str(leaver.pk), "key_given": bool(digits), "key_left": key_left},
        )
    return Received(account, digits, key_left)


def _manages(appointment: Appointment) -> bool:
    return any(one.role == MANAGER for one in enrolment.offices_of(appointment))


def _change_keys(leaver: Account, account: Account, by: Account | None) -> tuple[str, bool]:
    """A key for a new manager where the storehouse is open, then the leaver's ends where others remain.

    `by` is the manager who answers for it: the successor, or who appointed an operator.
    """
    held = KeyHolder.objects.filter(account=leaver, ended_ns=None).first()
    if held is None or by is None:
        return "", held is not None
    digits = ""
    if by == account and storehouse_session.is_unlocked() and storehouse_session.scope() is None:
        digits = holding.add_person(account, account)
    try:
        holding.end(held, by, "removed")
    except Refusal:  # the last key: it ends when another is there; without a role it opens nothing
        return digits, True
    return digits, False


def points(successor: Appointment) -> list[Point]:
    """What is still to be put in order after a hand-over: empty where nothing is."""
    leaver, since_ns = successor.succeeds.account if successor.succeeds else None, successor.accepted_at_ns
    if leaver is None or since_ns is None:
        return []
    keys, found, manages = reverse("key_holders"), [], _manages(successor)
    holders = KeyHolder.objects.filter(ended_ns=None)
    if holders.filter(account=leaver).exists():
        found.append(Point(_("The person who left still holds a key of the storehouse."), keys, _("Keys")))
    if manages and not holders.filter(account=successor.account).exists():
        words = _("The new manager has no key. Open the storehouse with the recovery sheet and give one.")
        found.append(Point(words, keys, _("Keys")))
    if manages and holders.filter(account=None, created_ns__lt=since_ns).exists():
        words = _("Recovery sheet and envelope are older than the hand-over. Make new ones, shred the old.")
        found.append(Point(words, keys, _("Keys")))
    for room, key in lent(leaver):
        words = _("A key of a room was lent to the person who left. Get it back and enter that.")
        found.append(Point(words, reverse("register", args=["keys"]), _("Keys of rooms"), f"{room} {key}"))
    if Console.objects.filter(registered_by=leaver, revoked_ns=None).exists():
        words = _("The person who left registered PCs. Look whether each stays here; take the others away.")
        found.append(Point(words, reverse("consoles"), _("Consoles")))
    return found


def lent(leaver: Account) -> list[tuple[str, str]]:
    """Room and number of every key whose last move was being lent to `leaver`."""
    last: dict[tuple[int, str], KeyMove] = {}
    for move in KeyMove.objects.standing().select_related("room").order_by("done_on", "number"):
        last[move.room.first_pk, move.key] = move
    name = "".join(leaver.full_name.split())
    return [
        (move.room.name, move.key)
        for move in last.values()
        if move.act == KeyAct.LENT and name in "".join(move.person.split())
    ]


def open_work() -> dict[str, int | list[str]]:
    """What the successor takes up: open cases by number, how many complaints and leaks wait."""
    cases = Case.objects.exclude(state=states.CLOSED).order_by("number").values_list("number", flat=True)
    return {
        "cases": list(cases),
        "complaints": len(reading_registers.answers()),
        "leaks": len(reading_registers.reports()),
    }
