"""Acts with media. Each is a new row and a ledger entry; nothing is edited."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from kuramori import clock, local_time
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.retention.media_models import Act, Medium, MediumAct

if TYPE_CHECKING:
    from datetime import date

    from kuramori.people.models import Account

EVERYDAY = (Act.STOCK_TAKE, Act.MISSED, Act.TAKEN_OUT, Act.RETURNED, Act.MOVED)
MANAGERS_OWN = (Act.TAKEN_OUT,)
TOO_LONG = ("photo_jpeg", "erasing")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a medium is and how it stands, from its acts."""

    medium: Medium
    place: str
    out: bool
    missing: bool
    retired: bool
    destroyed: bool
    counted_on: date | None


def standing(medium: Medium) -> Standing:
    """How `medium` stands after all its acts; `counted_on` is the last stock-take that found it."""
    acts = list(medium.acts.defer("photo_jpeg"))
    said = {one.act for one in acts}
    place = next((one.place for one in reversed(acts) if one.place), "")
    moved = [one.act for one in acts if one.act in (Act.TAKEN_OUT, Act.RETURNED)]
    counted = [one for one in acts if one.act in (Act.STOCK_TAKE, Act.MISSED)]
    found = [one.done_on for one in counted if one.act == Act.STOCK_TAKE]
    return Standing(
        medium,
        place,
        out=moved[-1:] == [Act.TAKEN_OUT],
        missing=bool(counted) and counted[-1].act == Act.MISSED,
        retired=Act.RETIRED in said,
        destroyed=Act.DESTROYED in said,
        counted_on=max(found, default=None),
    )


def register(
    by: Account, *, kind: str, make: str, serial: str, since: date, place: str, store: str = ""
) -> Medium:
    """Enter a medium under the next free number. Raises BadInput `medium-known` for a serial number twice."""
    require_role(by, clock.now_ns(), MANAGER)
    not_to_come(since)
    with transaction.atomic():
        if Medium.objects.filter(make=make, serial=serial).exists():
            raise BadInput("medium-known")
        number = (Medium.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        medium = Medium.objects.create(
            number=number, kind=kind, make=make, serial=serial, store=store, in_use_since=since
        )
        note(medium, Act.REGISTERED, by, since, place=place)
    return medium


def everyday(by: Account, medium: Medium, act: Act, done_on: date, **said: str) -> MediumAct:
    """Stock-take, taking out, bringing back, moving.

    `said`: place, person, second, reason. Raises BadInput `medium-gone`, `medium-not-out`, `medium-is-out`,
    `same-person`.
    """
    needed = (MANAGER,) if act in MANAGERS_OWN else (MANAGER, OPERATOR)
    require_role(by, clock.now_ns(), *needed)
    if act not in EVERYDAY:
        raise ValueError(f"no everyday act: {act}")
    not_to_come(done_on)
    with transaction.atomic():
        now = standing(medium)
        if now.destroyed:
            raise BadInput("medium-gone")
        if now.out and act in (Act.TAKEN_OUT, Act.MOVED):
            raise BadInput("medium-is-out")
        if not now.out and act == Act.RETURNED:
            raise BadInput("medium-not-out")
        if act == Act.TAKEN_OUT:
            different(said.get("person", ""), said.get("second", ""))
        return note(medium, act, by, done_on, **said)


def note(medium: Medium, act: Act, by: Account | None, done_on: date, **said: Any) -> MediumAct:
    """The row of an act and its ledger entry, which holds the photo's hash. Inside a transaction."""
    row = MediumAct.objects.create(
        medium=medium, act=act.value, at_ns=clock.now_ns(), by=by, done_on=done_on, **said
    )
    photo, told = said.get("photo_jpeg"), {key: said[key] for key in said if key not in TOO_LONG}
    if photo:
        told["photo_sha256"] = hashlib.sha256(photo).hexdigest()
    if act == Act.REGISTERED:
        told |= {"kind": medium.kind, "make": medium.make, "serial": medium.serial, "store": medium.store}
    entries.record(
        f"medium-{act.value}",
        actor=by.actor if by else "program:work",
        obj={"medium": medium.number},
        outcome="failed" if act == Act.MISSED else "done",
        reason=str(told.pop("reason", "")),
        detail={"done_on": done_on.isoformat(), **{key: one for key, one in told.items() if one}},
    )
    return row


def different(one: str, other: str) -> None:
    """Raises BadInput `same-person` unless these are names of two."""
    names = [_plain(one), _plain(other)]
    if not all(names) or names[0] == names[1]:
        raise BadInput("same-person")


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def not_to_come(day: date) -> None:
    """Raises BadInput `day-to-come` for a day after today."""
    if day > local_time.today():
        raise BadInput("day-to-come")
