"""The yearly report (年次管理状況報告, F17), filled from the year's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone, translation

from kuramori import clock, local_time
from kuramori.audit.period import Period
from kuramori.cameras.models import Camera
from kuramori.cases.models import Complaint, Round
from kuramori.cases.round_models import Seen
from kuramori.cases.rounds import LOOKED_AT
from kuramori.guideline import deviation_register
from kuramori.health.models import CameraDay
from kuramori.ledger import checkpoints
from kuramori.paper.era import era_date
from kuramori.paper.sheets import Sheet, Table, sheet_pdf
from kuramori.places import bodies
from kuramori.policy import keeping, regulations
from kuramori.public import figures

NOTE = "数は、録画機の記録と登録簿から数えたものです。"

ROUND_HEAD = ["日", "場所", "点検者", "よくない点", "処置", "次回"]


def year_period(year: int) -> Period:
    """April of `year` to March of the next."""
    first = date(year, figures.FIRST_MONTH, 1)
    return Period(first, first.replace(year=year + 1) - timedelta(days=1))


def report(year: int) -> bytes:
    """The report of a fiscal year, until today where it is not over. Raises BadInput `faces-missing`."""
    period, body, version = year_period(year), bodies.current(), regulations.adopted()
    now_ns = clock.now_ns()
    today = local_time.day_of(now_ns)
    rules = f"第{version.version}版({era_date(version.adopted_on)})" if version else "なし"
    until = min(period.last, today)
    with translation.override("ja"):
        return sheet_pdf(
            Sheet(
                title=f"{year}年度 防犯カメラ管理状況報告",
                title_en="Annual report on the security cameras",
                form="F17",
                body=body.name if body else "",
                printed=era_date(today),
                lead=NOTE,
                rows=[
                    ("期間", f"{era_date(period.first)} 〜 {era_date(until)}"),
                    ("設置者の所在地・電話", f"{body.address} {body.telephone}" if body else ""),
                    ("管理・運用規程", rules),
                ],
                tables=[
                    Table("カメラごとの録画", ["カメラ", "保管", "録画", "録画のない日", "時刻のずれ(最大)"],
                          list(_cameras(period))),
                    Table("見回り点検", ROUND_HEAD, list(_rounds(period))),
                    Table("件数", ["事項", "件数"], _counted(year)),
                    Table("問い合わせ・苦情", ["受付", "方法", "内容", "カメラ"], list(_complaints(period))),
                    Table("効力のある逸脱", ["条項", "内容", "理由", "期限"], _deviations(now_ns)),
                ],
                signs=["管理責任者", "設置者の代表"],
                checkpoint=checkpoints.printed(),
            )
        )  # fmt: skip


def _counted(year: int) -> list[list[str]]:
    return [[label, str(number)] for label, _english, number in figures.of(year).rows]


def _cameras(period: Period) -> Iterable[list[str]]:
    days = CameraDay.objects.filter(day__gte=period.first, day__lte=period.last)
    found = {
        one["camera"]: one
        for one in days.values("camera").order_by("camera").annotate(
            expected=Sum("expected_ms"), covered=Sum("covered_ms"), error=Max("clock_error_ms"),
            dark=Count("id", filter=Q(covered_ms=0, expected_ms__gt=0)),
        )
    }  # fmt: skip
    for camera in Camera.objects.filter(created_ns__lt=period.end_ns):
        one, rule = found.get(camera.pk), keeping.current(camera)
        kept = (f"{rule.days}日" if rule.days else "1か月") if rule else "—"
        if not one or not one["expected"]:
            yield [str(camera), kept, "記録なし", "—", "—"]
            continue
        error = "測っていない" if one["error"] is None else f"{one['error'] / 1000:.1f}秒"
        yield [
            str(camera),
            kept,
            f"{100 * one['covered'] / one['expected']:.1f} %",
            f"{one['dark']}日",
            error,
        ]


def _rounds(period: Period) -> Iterable[list[str]]:
    rows = Round.objects.standing().filter(done_on__gte=period.first, done_on__lte=period.last)
    for row in rows.select_related("site").order_by("done_on"):
        poor = [
            str(row._meta.get_field(name).verbose_name)
            for name in LOOKED_AT
            if getattr(row, name) == Seen.POOR
        ]
        said = [era_date(row.done_on), row.site.name, row.who, "、".join(poor) or "なし", row.measures or "—"]
        yield [*said, era_date(row.next_on)]


def _complaints(period: Period) -> Iterable[list[str]]:
    within = {"received_at__gte": clock.utc(period.begin_ns), "received_at__lt": clock.utc(period.end_ns)}
    for row in Complaint.objects.standing().filter(**within).select_related("camera").order_by("received_at"):
        day = era_date(timezone.localtime(row.received_at).date())
        yield [day, row.get_channel_display(), row.content, str(row.camera or "—")]


def _deviations(now_ns: int) -> list[list[str]]:
    return [
        [row.deviation.clause, f"{row.what} {row.about}", row.deviation.reason,
         era_date(local_time.day_of(row.deviation.over_at_ns))]
        for row in deviation_register.in_force(now_ns)
    ]  # fmt: skip
