"""Months in which a one-person body approved its own requests (自己承認): each is read by somebody outside.

Nobody else in such a body says no. So what it allowed itself stands on a monthly sheet, and a named reader
who is not of the body signs it; a month that stays unsigned for 45 days stops handing out (T7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuramori import local_time, periods
from kuramori.access.models import Approval
from kuramori.cases.complaints import require_past
from kuramori.cases.own_models import OwnMonth
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register
from kuramori.people.models import Account
from kuramori.retention.models import Hold

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera


@dataclass(frozen=True, slots=True)
class OwnAct:
    """One request that its asker approved: footage to be seen, or footage to be kept."""

    at_ns: int
    who: str
    camera: Camera
    start_ns: int
    end_ns: int
    case_number: str
    reason: str
    kept: bool


def acts(first: date) -> list[OwnAct]:
    """Those of the month that begins at `first`, oldest first."""
    begin_ns, end_ns = local_time.begin_ns(first), local_time.begin_ns(after(first))
    within = {"created_ns__gte": begin_ns, "created_ns__lt": end_ns}
    seen = Approval.objects.filter(self_approved=True, **within).select_related("decided_by", "camera")
    kept = Hold.objects.filter(self_approved=True, made_at_ns__gte=begin_ns, made_at_ns__lt=end_ns)
    found = [
        OwnAct(
            one.created_ns,
            one.decided_by.full_name,
            one.camera,
            one.start_ns,
            one.end_ns,
            one.case_number,
            one.reason,
            kept=False,
        )
        for one in seen
    ]
    found += [
        OwnAct(
            one.made_at_ns,
            one.made_by.full_name,
            one.camera,
            one.start_ns,
            one.end_ns,
            one.case_text,
            one.reason,
            kept=True,
        )
        for one in kept.select_related("made_by", "camera")
    ]
    return sorted(found, key=lambda one: one.at_ns)


def counted() -> Counter[date]:
    """How many own approvals each month has, by its first day."""
    made = [*Approval.objects.filter(self_approved=True).values_list("created_ns", flat=True)]
    made += Hold.objects.filter(self_approved=True).values_list("made_at_ns", flat=True)
    return Counter(local_time.day_of(at_ns).replace(day=1) for at_ns in made)


def unsigned() -> dict[date, date]:
    """The months that nobody outside has signed yet, each with its last day to do so."""
    signed = set(OwnMonth.objects.standing().values_list("month", flat=True))
    return {first: sign_by(first) for first in sorted(counted()) if first not in signed}


def sign_by(first: date) -> date:
    """The last day on which the month that begins at `first` may be signed."""
    return after(first) + timedelta(days=periods.OWN_MONTH_SIGN_DAYS - 1)


def after(first: date) -> date:
    """The first day of the following month."""
    return (first + timedelta(days=31)).replace(day=1)


def check(row: OwnMonth, by: Account) -> None:
    """The month is over and has something to read; whoever signs has no account here; once a month."""
    require_past(row.signed_on)
    row.month = row.month.replace(day=1)
    if row.signed_on < after(row.month):
        raise BadInput("own-month-running")
    row.count = counted()[row.month]
    if not row.count:
        raise BadInput("own-month-empty")
    others = OwnMonth.objects.standing().filter(month=row.month)
    if others.exclude(pk=row.replaces_id).exists():
        raise BadInput("own-month-signed")
    reader = "".join(row.reader.split())
    names = Account.objects.filter(~Q(full_name="")).values_list("full_name", flat=True)
    if reader in {"".join(name.split()) for name in names}:
        raise BadInput("own-month-reader")


def lines(row: OwnMonth, steps: Sequence[Any], now_ns: int) -> list[Line]:
    """Whether more was approved in that month after it was signed (a clock set back, a restored record)."""
    now = counted()[row.month]
    state = "good" if now == row.count else "bad"
    return [Line(_("own approvals of that month, now"), str(now), state)]


OWN_MONTHS = Register(
    key="own-months",
    form="F10",
    clause="T7",
    title=_("Own approvals read by somebody outside"),
    new_words=_("Enter a signed month"),
    about=_(
        "A body of one person approves its own requests. Print the month's sheet (For an auditor), have it "
        "read and signed by somebody who is not of the body, and enter it here within 45 days of the "
        "month's end."
    ),
    model=OwnMonth,
    fields=("month", "signed_on", "reader", "reader_post", "remarks"),
    program_fields=("count",),
    enter_roles=("manager",),
    check=check,
    lines=lines,
    words={
        "own-month-running": _("A month is signed when it is over."),
        "own-month-empty": _("Nothing was approved by the asker in that month."),
        "own-month-signed": _("That month is signed already. Correct that row instead."),
        "own-month-reader": _("The reader must not be somebody with an account here."),
    },
    order=23,
)
