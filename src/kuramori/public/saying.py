"""What the notice says: who films, why, where, how long, who may see, how to ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kuramori import local_time, periods
from kuramori.cameras.models import Camera
from kuramori.ledger import checkpoints
from kuramori.paper import law
from kuramori.paper.era import era_date
from kuramori.places.models import Body
from kuramori.policy import keeping, purposes, regulations
from kuramori.policy.regulations import MONTH_DAYS
from kuramori.public import figures

NOTE = "時点の法令と指針をもとに作られた告知で、法律相談ではありません。"
COUNT, SITE, PLACE = "count", "site", "place"
WHO = (
    "書面で指定され、秘密を守ることを誓い、研修を受けた管理責任者と操作取扱者だけが、決められた目的のために見ます。"
    "見たことは、断ったものも含めて、すべて記録します。"
)
GIVEN = (
    "法令に基づく場合、捜査機関から犯罪または事故の捜査のため求められた場合、人の生命、身体または財産の安全の確保その他"
    "公共の利益のために必要がある場合を除き、画像をほかの人に見せたり渡したりしません。"
)
ASK = (
    "質問や苦情は、電話、来所または書面でお寄せください。{reply}営業日以内に最初の返事をし、{answer}日以内にお答えします。"
    "ご自身が写る画像の開示は、場所、日時、服装などを示して請求できます。"
)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its paragraphs or lines."""

    title: str
    title_en: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """The whole notice. `checkpoint`: the record's signed head, or empty."""

    body: str
    made_on: str
    sections: list[Section]
    figures: figures.Figures
    regulations_version: int | None
    checkpoint: str
    note: str


def notice(coarse: str, year: int) -> Notice:
    """The notice as things stand now; `coarse`: count, site or place."""
    body = Body.objects.first()
    cameras = list(Camera.objects.filter(retired_ns=None).select_related("site").order_by("number"))
    version, head = regulations.adopted(), checkpoints.make()
    rules = "定めています。" if version else "準備中です。"
    if version:
        rules += (
            f"第{version.version}版({era_date(version.adopted_on)} {version.approved_by} 決定)を添えます。"
        )
    ask = ASK.format(reply=periods.COMPLAINT_REPLY_WORKING_DAYS, answer=periods.COMPLAINT_ANSWER_DAYS)
    sections = [
        Section("設置者", "Who films", [body.name, body.address, body.telephone] if body else []),
        Section("目的", "Why", _purposes(cameras)),
        Section("場所と台数", "Where", _places(cameras, coarse)),
        Section("保管する期間", "How long", [_longest(cameras)]),
        Section("見ることのできる人", "Who may see", [WHO, GIVEN]),
        Section("たずね方", "How to ask", [ask]),
        Section("管理・運用規程", "Regulations", [rules]),
    ]
    today = local_time.today()
    return Notice(
        body=body.name if body else "",
        made_on=era_date(today),
        sections=sections,
        figures=figures.of(year),
        regulations_version=version.version if version else None,
        checkpoint=head.note if head else "",
        note=law.in_words() + NOTE,
    )


def _purposes(cameras: list[Camera]) -> list[str]:
    known = purposes.current_of_all()
    found = [known[camera.pk].text for camera in cameras if camera.pk in known]
    return list(dict.fromkeys(found)) or ["(カメラはまだありません)"]


def _places(cameras: list[Camera], coarse: str) -> list[str]:
    if coarse == PLACE:
        return [f"{one.number} {one.site.name}・{one.place_text or one.name}" for one in cameras]
    if coarse == SITE:
        return [f"{site} {count}台" for site, count in Counter(one.site.name for one in cameras).items()]
    return [f"全部で{len(cameras)}台"]


def _longest(cameras: list[Camera]) -> str:
    known = keeping.current_of_all()
    found = [known[camera.pk] for camera in cameras if camera.pk in known]
    if not found:
        return "(カメラはまだありません)"
    if any(rule.months for rule in found):
        return "最長1か月。期日が来た画像は、復元できないように消去します。"
    most = min(max(rule.days or 0 for rule in found), MONTH_DAYS)
    return f"最長{most}日。期日が来た画像は、復元できないように消去します。"
