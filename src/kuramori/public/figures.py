"""The figures of one year (April to March) as the public reads them: numbers, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from kuramori import clock, local_time
from kuramori.access.models import Grant
from kuramori.cases import bases, states
from kuramori.cases.complaint_models import Complaint
from kuramori.cases.models import Case
from kuramori.policy.deviation_models import Deviation
from kuramori.retention.models import ErasedOnDay

FIRST_MONTH = 4
HANDED = (states.HANDED, states.RECEIPTED, states.RETURNED)


@dataclass(frozen=True, slots=True)
class Figures:
    """One year's numbers, in the order in which they are printed: Japanese label, English label, number."""

    year: int
    rows: list[tuple[str, str, int]]


def year_of(day: date) -> int:
    """The fiscal year that `day` lies in, by the year of its April."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def of(year: int) -> Figures:
    """The numbers of April of `year` to March of the next."""
    return Figures(year, between(date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1)))


def between(first: date, after: date) -> list[tuple[str, str, int]]:
    """The numbers from `first` to the day before `after`."""
    begin_ns, end_ns = local_time.begin_ns(first), local_time.begin_ns(after)
    within = {"received_ns__gte": begin_ns, "received_ns__lt": end_ns}
    cases = list(Case.objects.filter(**within).values_list("basis", "state", "wants_copy"))
    outside = [one for one in cases if bases.BASES[one[0]].outside]
    days = ErasedOnDay.objects.filter(day__gte=first, day__lt=after)
    erased = days.aggregate(sum=Sum("hours"))["sum"] or 0
    complaints = Complaint.objects.standing().filter(
        received_at__gte=clock.utc(begin_ns), received_at__lt=clock.utc(end_ns)
    )
    deviations = Deviation.objects.filter(approved_at_ns__gte=begin_ns, approved_at_ns__lt=end_ns)
    looks = Grant.objects.filter(created_ns__gte=begin_ns, created_ns__lt=end_ns)
    return [
        ("外部からの求め", "Requests from outside", len(outside)),
        ("うち捜査機関・裁判所等", "of these by authorities", _by(outside, states.INVESTIGATORS)),
        ("うち本人からの請求", "of these by persons filmed", _by(outside, states.PERSON_FILMED)),
        ("断ったもの", "Refused", sum(state == states.REFUSED for _b, state, _c in outside)),
        ("画像を提供したもの", "Footage handed out", sum(state in HANDED for _b, state, _c in outside)),
        ("設置者の案件", "Incidents of our own", len(cases) - len(outside)),
        ("閲覧の許可(作動確認を含む)", "Permissions to look (checks included)", looks.count()),
        ("問い合わせ・苦情", "Questions and complaints", complaints.count()),
        ("消去(カメラ・時間の数)", "Erasures (hours of a camera)", erased),
        ("逸脱の承認", "Deviations approved", deviations.count()),
    ]


def _by(cases: list[tuple[str, str, bool]], kind: str) -> int:
    return sum(bases.BASES[basis].kind == kind for basis, _state, _copy in cases)
