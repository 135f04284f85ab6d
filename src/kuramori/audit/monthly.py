"""The report of a month: its figures, what was approved by its own asker, and the record's checkpoint.

A one-person body has it read and signed by somebody outside (`cases.own_months`); for any other it is a short
report, and a proof of the record on paper.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone, translation

from kuramori import clock, local_time
from kuramori.access.models import Grant
from kuramori.cases import own_months
from kuramori.cases.own_months import OwnAct
from kuramori.ledger import checkpoints
from kuramori.paper.era import era_date
from kuramori.paper.sheets import Sheet, Table, sheet_pdf
from kuramori.places import bodies
from kuramori.public import figures

HEAD = ["日時", "した人", "カメラ", "映像の区間", "したこと", "案件", "理由"]
TO_READ = (
    "この設置者は一人で運営しているため、下の「自己承認」は、求めた本人が許可したものです。外部の確認者は、理由と区間が目的に"
    "合っているかを読み、気づいたことを書いて署名してください。管理責任者は登録簿「自己承認の月次確認」に入力します。"
)


def report(first: date) -> bytes:
    """The month that begins at `first`, until now where it is not over. Raises BadInput `faces-missing`."""
    body, own, after = bodies.current(), own_months.acts(first), own_months.after(first)
    today = local_time.today()
    alone = bool(own) or bool(body and body.one_person)
    by = era_date(own_months.sign_by(first))
    with translation.override("ja"):
        return sheet_pdf(
            Sheet(
                title=f"{first.year}年{first.month}月 防犯カメラ月次報告",
                title_en="Monthly report on the security cameras",
                form="F10・F17",
                body=body.name if body else "",
                printed=era_date(today),
                lead=TO_READ if alone else "",
                rows=[
                    ("期間", f"{era_date(first)} から1か月"),
                    *([("署名の期限", f"{by}(過ぎると、映像を渡せなくなります)")] if own else []),
                    *(
                        [("まだ終わっていません", "月が終わってから印刷し直して署名します")]
                        if today < after
                        else []
                    ),
                ],
                tables=[
                    *([Table("自己承認", HEAD, [_own(one) for one in own])] if alone else []),
                    Table("件数", ["事項", "件数"], _counted(first, after)),
                ],
                signs=["外部の確認者(氏名・職)", "管理責任者"] if alone else ["管理責任者"],
                checkpoint=checkpoints.printed(),
            )
        )


def _own(one: OwnAct) -> list[str]:
    looks = Grant.objects.filter(case_text=one.case_number, self_approved=True, camera=one.camera).count()
    return [
        f"{_at(one.at_ns):%m-%d\n%H:%M}",
        one.who,
        str(one.camera),
        f"{_at(one.start_ns):%m-%d\n%H:%M:%S} 〜\n{_at(one.end_ns):%H:%M:%S}",
        "保全" if one.kept else f"閲覧の許可({looks}回分を発行)",
        one.case_number,
        one.reason,
    ]


def _counted(first: date, after: date) -> list[list[str]]:
    return [[label, str(number)] for label, _english, number in figures.between(first, after)]


def _at(at_ns: int) -> datetime:
    return timezone.localtime(clock.utc(at_ns))
