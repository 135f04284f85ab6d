"""The regulations as one paper: articles, closing words, tables, ranges. Draft or adopted version."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation

from kuramori import clock, local_time
from kuramori.cameras import hours_words
from kuramori.cameras.models import ApprovedRange
from kuramori.guideline import deviation_register, regulation_text
from kuramori.guideline.form_names import FORMS
from kuramori.guideline.regulation_terms import kept_for, span
from kuramori.paper import law
from kuramori.paper.era import era_date
from kuramori.paper.regulations import Drawing, RegulationsPaper
from kuramori.paper.sheets import Table
from kuramori.policy import regulations
from kuramori.policy.regulation_models import Regulations
from kuramori.policy.regulations import Terms

TITLE = "防犯カメラ管理・運用規程"


def paper(
    terms: Terms, *, version: int, adopted: tuple[str, str] | None, history: list[Regulations]
) -> RegulationsPaper:
    """`adopted`: by whom and on which day (era date); None prints a draft."""
    with translation.override("ja"):
        return RegulationsPaper(
            title=TITLE,
            body=terms["body"]["name"],
            version=f"第{version}版",
            adopted=f"{adopted[1]} {adopted[0]} 決定" if adopted else "",
            sha256=regulations.digest(terms),
            draft=adopted is None,
            note=(
                f"この規程の文言は{law.in_words()}時点の法令と指針をもとに作られています。"
                "法律相談ではありません。内容は設置者の責任で確かめて決定してください。"
            ),
            chapters=regulation_text.chapters(terms),
            closing=_closing(adopted, version, history),
            tables=[_cameras(terms), _periods(terms), _forms(), _deviations()],
            drawings=_drawings(terms),
        )


def _closing(adopted: tuple[str, str] | None, version: int, history: list[Regulations]) -> list[str]:
    said = [f"第{one.version}版 {era_date(one.adopted_on)} {one.approved_by} 決定" for one in history]
    day = adopted[1] if adopted else "令和  年  月  日"
    return [f"この規程(第{version}版)は、{day}から施行する。", *said]


def _cameras(terms: Terms) -> Table:
    rows = [
        [
            str(one["number"]),
            one["name"],
            "・".join(dict.fromkeys(word for word in (one["site"], one["place"]) if word)),
            one["purpose"] + (f"(撮影:{hours_words.of(one['hours'])})" if one.get("hours") else ""),
            kept_for(one),
            "あり" if one["masked"] else "なし",
        ]
        for one in terms["cameras"]
    ]
    return Table("別表第1 カメラ一覧", ["番号", "名称", "設置場所", "目的", "保管期間", "隠す部分"], rows)


def _periods(terms: Terms) -> Table:
    said = terms["periods"]
    rows = [
        ["管理責任者および操作取扱者の指定", f"{said['appointment_months']}か月以内"],
        ["秘密保持誓約", "就任のとき、文言が変わったとき"],
        ["研修", f"{said['training_months']}か月以内ごと"],
        [
            "表示の写真",
            f"掲示から{said['sign_photo_days']}日以内、{span(said['sign_photo_again_days'])}以内ごと",
        ],
        ["巡回点検", f"{said['walk_round_days']}日以内ごと"],
        ["施錠・鍵の点検", f"{said['room_check_days']}日以内ごと"],
        ["パソコンの点検", f"{said['pc_check_days']}日以内ごと"],
        ["影響の評価の見直し", f"{span(said['privacy_review_days'])}以内ごと、重要な変更のとき"],
        ["設置時の説明の確認書", f"設置または交換から{said['explanation_days']}日以内"],
        ["苦情等への最初の返事", f"{said['reply_days']}営業日以内"],
        ["苦情等への回答", f"{said['answer_days']}日以内"],
        ["申請受付時の一時保全", f"{said['protect_days']}日間(最長{said['protect_most_days']}日)"],
        ["提供した画像の受領書", f"引渡しから{said['receipt_days']}日以内"],
        ["緊急時の書面による確認", f"{said['confirm_days']}日以内"],
        ["規程の改正(設定が変わったとき)", f"{said['regulations_days']}日以内"],
    ]
    return Table("別表第2 期間および期限", ["事項", "期間・期限"], rows)


def _forms() -> Table:
    return Table("別表第3 様式一覧", ["番号", "名称"], [list(one) for one in FORMS])


def _deviations() -> Table:
    today = local_time.today()
    rows = [
        [row.deviation.clause, row.what, row.about, row.deviation.reason, _day(row.deviation.over_at_ns)]
        for row in deviation_register.in_force(clock.now_ns())
    ]
    head = ["条項", "異なる取扱い", "対象", "理由", "終わり"]
    return Table(f"別表第4 逸脱({era_date(today)}現在)", head, rows)


def _day(ns: int) -> str:
    return era_date(local_time.day_of(ns))


def _drawings(terms: Terms) -> list[Drawing]:
    ranges = {row.camera_id: row for row in ApprovedRange.objects.filter(revoked_ns=None).order_by("version")}
    return [
        Drawing(f"{one['number']} {one['name']}", ranges[one["id"]].polygon, ranges[one["id"]].mask_polygons)
        for one in terms["cameras"]
        if one["id"] in ranges
    ]


def coarser(terms: Terms) -> Terms:
    """The terms as the public reads them: a camera's place is its site, not the corner where it hangs."""
    cameras = [{**one, "place": "", "name": "防犯カメラ"} for one in terms["cameras"]]
    return {**terms, "cameras": cameras}


def as_public(made: RegulationsPaper, sha256: str) -> RegulationsPaper:
    """The public copy: no drawings, no deviations in progress; the number is that of the adopted version."""
    return replace(
        made, sha256=sha256, version=f"{made.version}(公開用)", drawings=[], tables=made.tables[:3]
    )
