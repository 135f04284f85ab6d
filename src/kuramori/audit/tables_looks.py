"""Tables of requests, permissions, looks and copies (forms F07 to F12)."""

from __future__ import annotations

from kuramori.access import purposes
from kuramori.access.models import Approval, Grant, Onlooker, Viewing
from kuramori.audit.table import Table, lasting, of_model, until, within
from kuramori.cases.bases import BASES
from kuramori.cases.models import Case, CaseStep, Scope
from kuramori.evidence.models import Package, PackageCopy
from kuramori.footage.models import KeyRelease

CAMERA = {"camera.id": "カメラ(内部)", "camera.number": "カメラ"}
SPAN = {"start_ns": "映像の始め", "end_ns": "映像の終わり"}


def tables() -> list[Table]:
    """How to reach somebody, and the number of the paper that showed who they are, stay in the house."""
    return [*_cases(), *_looks()]


def _cases() -> list[Table]:
    basis = {code: str(one.words) for code, one in BASES.items()}
    return [
        of_model(
            "cases",
            "案件",
            "T7",
            Case,
            {
                "number": "番号",
                "kind": "種類",
                "basis": "根拠",
                "state": "状態",
                "asker_name": "求めた人",
                "asker_body": "所属",
                "asker_post": "職",
                "document_number": "文書番号",
                "document_date": "文書の日付",
                "summary": "事案の概要",
                "need": "必要な理由",
                "wants_copy": "写しを求める",
                "return_by": "返却・消去の期限",
                "taken_in_by.full_name": "受け付けた人",
                "received_ns": "受付",
            },
            until("received_ns"),
            values={"basis": basis},
        ),
        of_model(
            "scopes",
            "求められた範囲と決定した範囲",
            "T7",
            Scope,
            {
                "case.number": "案件",
                **CAMERA,
                "asked_start_ns": "求めの始め",
                "asked_end_ns": "求めの終わり",
                "start_ns": "決定の始め",
                "end_ns": "決定の終わり",
            },
            until("case__received_ns"),
        ),
        of_model(
            "case-steps",
            "案件の手続き",
            "T7",
            CaseStep,
            {
                "pk": "番号(内部)",
                "case.number": "案件",
                "act": "手続き",
                "before": "前の状態",
                "after": "後の状態",
                "by.full_name": "行った人",
                "second_person": "第二者",
                "at_ns": "日時",
                "words": "理由",
                "said": "内容",
            },
            within("at_ns"),
            hidden=("said",),
        ),
        of_model(
            "approvals",
            "承認",
            "T7",
            Approval,
            {
                "id": "番号(内部)",
                "case_number": "案件",
                **CAMERA,
                **SPAN,
                "purpose_code": "目的",
                "reason": "理由",
                "asked_by.full_name": "求めた職員",
                "decided_by.full_name": "決定した人",
                "second_person": "第二者",
                "self_approved": "自己承認",
                "may_copy": "複写可",
                "witness": "立会要",
                "viewings": "回数の上限",
                "created_ns": "決定日時",
                "expires_at_ns": "期限",
                "withdrawn_ns": "取消",
            },
            lasting("created_ns", "expires_at_ns"),
            values={"purpose_code": _purposes()},
        ),
    ]


def _looks() -> list[Table]:
    return [
        of_model(
            "permissions",
            "閲覧・複写の許可",
            "T1",
            Grant,
            {
                "id": "番号(内部)",
                "kind": "種類",
                "account.pk": "人(内部)",
                "account.full_name": "見る人",
                "granted_by.full_name": "許可した人",
                **CAMERA,
                **SPAN,
                "purpose_code": "目的",
                "reason": "理由",
                "case_text": "案件",
                "self_approved": "自己承認",
                "approval.id": "承認(内部)",
                "emergency.id": "非常用(内部)",
                "created_ns": "許可",
                "expires_at_ns": "期限",
                "ended_ns": "終了",
                "withdrawn_ns": "取消",
                "pc": "PC",
            },
            within("created_ns"),
            values={"purpose_code": _purposes()},
        ),
        of_model(
            "looks",
            "閲覧(記録簿)",
            "T7",
            Viewing,
            {
                "grant.id": "許可(内部)",
                "grant.camera.number": "カメラ",
                "grant.account.full_name": "見た人",
                "grant.case_text": "案件",
                "number": "回",
                "pc": "PC",
                "began_ns": "始め",
                "ended_ns": "終わり",
            },
            within("began_ns"),
        ),
        of_model(
            "onlookers",
            "同席者",
            "T8b",
            Onlooker,
            {
                "viewing.grant.id": "許可(内部)",
                "viewing.number": "回",
                "viewing.grant.case_text": "案件",
                "role": "立場",
                "name": "氏名",
                "office": "所属",
                "accepted": "条件の承諾",
                "entered_ns": "記入",
            },
            within("entered_ns"),
        ),
        of_model(
            "key-releases",
            "鍵の放出(録画の一片ごと)",
            "T7",
            KeyRelease,
            {
                "grant": "許可(内部)",
                "camera": "カメラ(内部)",
                "segment": "録画の一片",
                "at_ns": "日時",
                "verdict": "許可との照合",
            },
            within("at_ns"),
            values={"verdict": {"": "まだ", "ok": "一致"}},
        ),
        of_model(
            "packages",
            "証拠パッケージ",
            "T6a",
            Package,
            {
                "number": "番号",
                "case_number": "案件",
                "receiver": "渡す相手",
                "return_by": "返却・消去の期限",
                "made_by.full_name": "作った人",
                "created_ns": "始め",
                "state": "状態",
                "packed_ns": "作成",
                "manifest_sha256": "目録のハッシュ",
                "sealed_seq": "記録の番号",
                "time_stamp": "時刻認証",
            },
            within("created_ns"),
        ),
        of_model(
            "copies",
            "写しの書き出し",
            "T6a",
            PackageCopy,
            {
                "package.number": "パッケージ",
                "form": "形",
                "began_ns": "始め",
                "ended_ns": "終わり",
                "sha256": "ハッシュ",
                "size_bytes": "バイト",
                "made_by.full_name": "書いた人",
            },
            within("began_ns"),
        ),
    ]


def _purposes() -> dict[str, str]:
    return {code: str(words) for code, words in (purposes.ALL | purposes.PLAYBACK).items()}
