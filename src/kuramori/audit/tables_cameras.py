"""Tables of the body, its places and cameras, and what was decided for them."""

from __future__ import annotations

from kuramori.audit.table import Table, lasting, of_model, until, within
from kuramori.cameras.models import ApprovedRange, Camera, Device, DeviceAttestation, DeviceCheck
from kuramori.guideline.registry import all_words
from kuramori.places.models import Body, Sign, Site
from kuramori.policy.models import (
    Deviation,
    Filing,
    GuidelineChoice,
    Purpose,
    Regulations,
    RetentionRule,
    VerdictChange,
)

BY = {"decided_by.full_name": "決定した人", "decided_at_ns": "決定日時"}
CAMERA = {"camera.id": "カメラの番号(内部)", "camera.number": "カメラ"}


def tables() -> list[Table]:
    """What is filmed, why, where, how long, and how the clauses stood."""
    return [
        of_model(
            "body",
            "設置者",
            "P3",
            Body,
            {
                "name": "名称",
                "representative": "代表者",
                "address": "所在地",
                "telephone": "電話",
                "one_person": "一人運営",
                "created_ns": "登録",
            },
        ),
        of_model("sites", "場所", "T2a", Site, {"name": "名称", "address": "所在地", "created_ns": "登録"}),
        of_model(
            "cameras",
            "カメラ",
            "T2a",
            Camera,
            {
                "id": "番号(内部)",
                "number": "番号",
                "name": "名称",
                "site.name": "場所",
                "place_text": "設置位置",
                "width": "横の画素",
                "height": "縦の画素",
                "password_checked_ns": "パスワードの確認",
                "created_ns": "登録",
                "retired_ns": "廃止",
            },
            until("created_ns"),
        ),
        of_model(
            "devices",
            "ネットワークで見つかった機器",
            "P4",
            Device,
            {
                "manufacturer": "メーカー",
                "model": "型式",
                "serial": "製造番号",
                "firmware": "ファームウェア",
                "support_until": "サポート期限",
                "state": "判断",
                "reason": "対象でない理由",
                "decided_by.full_name": "決定した人",
                "found_ns": "発見",
                "password_set_ns": "パスワードの設定",
            },
            until("found_ns"),
        ),
        of_model(
            "device-checks",
            "カメラの接続試験",
            "T6g",
            DeviceCheck,
            {**CAMERA, "at_ns": "日時", "findings": "結果"},
            within("at_ns"),
        ),
        of_model(
            "device-attestations",
            "カメラについての申告",
            "T6g",
            DeviceAttestation,
            {
                **CAMERA,
                "check_name": "項目",
                "words": "確かめ方",
                "by.full_name": "申告した人",
                "at_ns": "日時",
                "until_ns": "有効期限",
            },
            lasting("at_ns", "until_ns"),
        ),
        of_model(
            "purposes",
            "設置目的",
            "T1",
            Purpose,
            {**CAMERA, "version": "版", "text": "目的", "code": "区分", **BY},
            until("decided_at_ns"),
        ),
        of_model(
            "keeping",
            "保管期間",
            "T6d",
            RetentionRule,
            {
                **CAMERA,
                "version": "版",
                "days": "日数",
                "months": "月数",
                "longer_months": "延長の月数",
                "reason": "理由",
                **BY,
            },
            until("decided_at_ns"),
        ),
        of_model(
            "ranges",
            "承認した撮影範囲",
            "T2b",
            ApprovedRange,
            {
                **CAMERA,
                "version": "版",
                "polygon": "範囲",
                "mask_polygons": "塗りつぶし",
                "hours": "撮影する時間",
                "approved_by.full_name": "承認した人",
                "approved_at_ns": "承認日時",
                "revoked_ns": "取消",
            },
            until("approved_at_ns"),
            hidden=("polygon", "mask_polygons"),
        ),
        of_model(
            "signs",
            "表示",
            "T3",
            Sign,
            {
                "site.name": "場所",
                "place_text": "掲げた位置",
                "wording_version": "文言の版",
                "hung_on": "掲げた日",
                "declared_by.full_name": "申告した人",
                "declared_at_ns": "申告日時",
                "photo_at_ns": "写真の日時",
                "removed_ns": "撤去",
            },
            lasting("declared_at_ns", "removed_ns"),
        ),
        *_rules(),
    ]


def _rules() -> list[Table]:
    findings = {code: str(words.title) for code, words in all_words().items()}
    return [
        of_model(
            "deviations",
            "逸脱",
            "P2",
            Deviation,
            {
                "pk": "番号",
                "clause": "条項",
                "code": "内容",
                "subject_kind": "対象の種類",
                "subject_id": "対象",
                "reason": "理由",
                "case_number": "案件",
                "longer_months": "保管の月数",
                "asked_by.full_name": "求めた人",
                "asked_at_ns": "求めた日時",
                "approved_by.full_name": "承認した人",
                "approved_at_ns": "承認日時",
                "self_approved": "自己承認",
                "ends_ns": "期限",
                "ended_at_ns": "早めた終了",
                "end_reason": "終了の理由",
            },
            lasting("asked_at_ns", "ends_ns"),
            values={"code": findings},
        ),
        of_model(
            "regulations",
            "管理・運用規程",
            "T14",
            Regulations,
            {
                "version": "版",
                "sha256": "設定のハッシュ",
                "approved_by": "決定",
                "adopted_on": "施行日",
                "changes": "変更点",
                "entered_by.full_name": "入力した人",
                "entered_ns": "入力日時",
            },
            until("entered_ns"),
        ),
        of_model(
            "verdicts",
            "条項ごとの判定の移り変わり",
            "T12",
            VerdictChange,
            {
                "clause": "条項",
                "subject_kind": "対象の種類",
                "subject_id": "対象",
                "gate": "閉じるもの",
                "code": "理由",
                "at_ns": "この時から",
                "over": "対象が無くなった",
            },
            until("at_ns"),
            values={"code": findings},
        ),
        of_model(
            "filings",
            "市町村への届出",
            "P2",
            Filing,
            {
                "kind": "届出",
                "camera.number": "カメラ",
                "filed_on": "届出日",
                "office": "届出先",
                "number": "受付番号",
                "entered_by.full_name": "入力した人",
                "entered_ns": "入力日時",
            },
            until("entered_ns"),
        ),
        of_model(
            "guidelines",
            "従う指針",
            "P2",
            GuidelineChoice,
            {"name": "指針", "since_ns": "この時から", "decided_by.full_name": "決定した人"},
            until("since_ns"),
        ),
    ]
