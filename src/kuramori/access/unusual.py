"""Unusual looks: much, at night, into one's own request. A finding until somebody else has asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access.models import Viewing
from kuramori.errors import BadInput, Refusal
from kuramori.footage import findings
from kuramori.footage.models import Finding
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places import bodies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.people.models import Account

MOST_LOOKS_A_DAY = 20
MOST_FOOTAGE_A_DAY_S = 8 * 3600
DAY_BEGINS_H, DAY_ENDS_H = 6, 22
BACK_NS = 2 * 24 * 3600 * clock.NS_PER_S
VOLUME, NIGHT, OWN = "unusual-volume", "unusual-hour", "unusual-own-case"
CODES = (VOLUME, NIGHT, OWN)


@dataclass(frozen=True, slots=True)
class Look:
    """What the rules ask of one viewing: whose, on which local day and hour, how much, by own approval."""

    viewing: int
    account: int
    day: str
    hour: int
    footage_s: int
    own: bool


def judge(looks: Iterable[Look]) -> set[tuple[str, str, int]]:
    """(code, subject, account) of everything unusual. Pure; the subject is told once for ever."""
    found: set[tuple[str, str, int]] = set()
    count: dict[tuple[int, str], int] = {}
    length_s: dict[tuple[int, str], int] = {}
    for look in looks:
        key = (look.account, look.day)
        count[key] = count.get(key, 0) + 1
        length_s[key] = length_s.get(key, 0) + look.footage_s
        if count[key] > MOST_LOOKS_A_DAY or length_s[key] > MOST_FOOTAGE_A_DAY_S:
            found.add((VOLUME, f"{look.account}:{look.day}", look.account))
        if not DAY_BEGINS_H <= look.hour < DAY_ENDS_H:
            found.add((NIGHT, f"{look.account}:{look.day}", look.account))
        if look.own:
            found.add((OWN, f"{look.account}:{look.viewing}", look.account))
    return found


def look() -> int:
    """Write what is unusual among the looks of the last two days; returns how many are new."""
    since_ns = clock.now_ns() - BACK_NS
    rows = Viewing.objects.filter(began_ns__gt=since_ns).select_related("grant")
    new = 0
    for code, subject, account in sorted(judge(map(_read, rows))):
        if not Finding.objects.filter(code=code, subject=subject).exists():
            new += findings.stand(code, subject, viewer=f"account:{account}")
    return new


def seen(by: Account, finding: Finding, words: str, second_person: str = "") -> None:
    """Somebody else than the one who looked has asked and understood why. Raises `Refusal`, `BadInput`."""
    require_role(by, clock.now_ns(), MANAGER, OPERATOR)
    second = second_person.strip()
    own = finding.detail.get("viewer") == by.actor
    if own and (not second or second in (by.full_name, by.username)):
        raise Refusal("own-request", clause="T5", kind="regulations")
    if not words.strip():
        raise BadInput("reason-missing")
    with transaction.atomic():
        entries.record(
            "unusual-look-seen",
            actor=by.actor,
            obj={"code": finding.code, "subject": finding.subject},
            reason=words.strip(),
            detail={"second": second},
        )
        findings.clear(finding.code, finding.subject, actor=by.actor)


def _read(viewing: Viewing) -> Look:
    local = bodies.local(viewing.began_ns)
    grant = viewing.grant
    length_s = ((grant.end_ns or 0) - (grant.start_ns or 0)) // clock.NS_PER_S
    day = local.date().isoformat()
    return Look(viewing.pk, grant.account_id, day, local.hour, length_s, grant.self_approved)
