"""Which deviations are in force, and which reasons may be deviated from at all.

The rooms above register what may be passed (a clause knows its reasons). Some things nobody may pass, whoever
registers them: encryption before storage, the record, masks, erasure on its day, permissions, sign-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuramori.policy.deviation_models import RETENTION, Deviation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

NEVER = frozenset(
    {
        "storehouse-key-missing",  # encryption before storage
        "mask-waits",  # masks fail closed
        "purpose-missing",  # footage without a purpose or a date has no place in the tables
        "retention-missing",
        "retention-too-long",
        "unjudged",
        "manager-missing",  # nobody could permit anything
        "own-request",  # permissions
        "no-grant",
        "role-needed",  # sign-in and appointment
    }
)


@dataclass(frozen=True, slots=True)
class Passable:
    """A reason that may be deviated from: its clause, whose it is, and its name on the form."""

    code: str
    clause: str
    subject_kind: str
    label: str | _StrPromise


LONGER = Passable(RETENTION, "T6d", "camera", _("Footage is kept for more than a month"))
_passable: dict[str, Passable] = {RETENTION: LONGER}


def register(passable: Iterable[Passable]) -> None:
    """Add reasons that may be deviated from. Raises ValueError for one that nobody may pass."""
    for one in passable:
        if one.code in NEVER:
            raise ValueError(f"{one.code} can never be deviated from")
        _passable[one.code] = one


def passable() -> list[Passable]:
    """Everything that may be deviated from, by clause."""
    return sorted(_passable.values(), key=lambda one: (one.clause, one.code))


def passable_by(code: str) -> Passable | None:
    """The reason by its code; None where it may not be deviated from."""
    return _passable.get(code)


def at(now_ns: int) -> QuerySet[Deviation]:
    """All deviations in force at `now_ns`."""
    return Deviation.objects.filter(
        Q(ended_at_ns__isnull=True) | Q(ended_at_ns__gt=now_ns),
        approved_at_ns__lte=now_ns,
        ends_ns__gt=now_ns,
    )


def in_force(code: str, subject_kind: str, subject_id: str, now_ns: int) -> Deviation | None:
    """The deviation that passes `code` for this subject at `now_ns`; the one that lasts longest, or None."""
    rows = at(now_ns).filter(code=code, subject_kind=subject_kind, subject_id=subject_id, case_number="")
    return rows.order_by("-ends_ns").first()


@dataclass(frozen=True, slots=True)
class InForce:
    """All deviations of one instant, read once: for whoever asks about many subjects."""

    rows: dict[tuple[str, str, str], Deviation]

    def passing(self, code: str, subject_kind: str, subject_id: str) -> Deviation | None:
        return self.rows.get((code, subject_kind, subject_id))


ANY_CASE = "any"


def all_in_force(now_ns: int, case: str = "") -> InForce:
    """Read every deviation in force at `now_ns`, in one query.

    One that was opened for a case counts only where `case` is that case, or `ANY_CASE`.
    """
    found = at(now_ns) if case == ANY_CASE else at(now_ns).filter(case_number__in={"", case})
    rows: dict[tuple[str, str, str], Deviation] = {}
    for row in found.order_by("ends_ns"):  # the one that lasts longest stays
        rows[row.code, row.subject_kind, row.subject_id] = row
    return InForce(rows)
